import AWSClient
import ArgumentParser
import Foundation
import Runs
import Synchronization
import Testing
import TestSupport
import TrailIntegrity

@testable import parapet

/// The verb as a user runs it.
@Suite(.timeLimit(.minutes(10))) struct VerifyCommandTests {
    /// What `--format json` prints.
    private struct Answer: Decodable {
        struct Count: Decodable, Equatable {
            var valid: Int
            var invalid: Int
        }
        struct Stretch: Decodable {
            var account: String
            var region: String
            var from: String
            var to: String
        }
        struct Problem: Decodable {
            var kind: String
            var object: String
            var message: String
        }

        var schema: String
        var digests: Count
        var logs: Count
        var coverage: [Stretch]
        var problems: [Problem]
    }

    private static let times = ["--start-time", "2026-01-31T21:00:00Z", "--end-time", "2026-02-01T03:00:00Z"]

    private func keysFile(_ copy: LocalCopy) throws -> String {
        let keys = SigningKey.known.map { ["Fingerprint": $0.fingerprint, "Value": $0.value] }
        let file = copy.path + "/keys.json"
        try JSONSerialization.data(withJSONObject: ["PublicKeyList": keys]).write(to: URL(filePath: file))
        return file
    }

    private func verify(
        _ scene: TamperingCase.Scene, _ more: [String] = [], times: [String] = VerifyCommandTests.times
    ) async throws -> Subprocess.Outcome {
        let copy = try LocalCopy(scene)
        return try await Subprocess.run(
            Repository.parapet,
            ["verify", "--path", copy.path, "--public-keys", try keysFile(copy), "--s3-bucket", scene.trail.bucket]
                + times + more + (more.contains("--format") ? [] : ["--format", "json"]))
    }

    private func answer(_ outcome: Subprocess.Outcome) throws -> Answer {
        try JSONDecoder().decode(Answer.self, from: Data(outcome.standardOutput.utf8))
    }

    private var sound: TamperingCase.Scene { TamperingCase.Scene(SampleTrail(bucket: "case-command")) }

    private var tampered: TamperingCase.Scene {
        var scene = sound
        scene[scene.trail.logKey(2, 1)] = nil
        scene[scene.trail.logKey(4, 1, unique: "planted")] = scene[scene.trail.logKey(4, 1)]
        return scene
    }

    @Test func aSoundCopyIsProvedWithoutACall() async throws {
        let outcome = try await verify(sound, ["--trail-arn", sound.trail.arn])
        #expect(outcome.status == 0, Comment(rawValue: outcome.standardError))
        let answer = try answer(outcome)
        #expect(answer.schema == "parapet.verify/1")
        #expect(answer.digests == .init(valid: 6, invalid: 0))
        #expect(answer.logs == .init(valid: 12, invalid: 0))
        #expect(answer.problems.isEmpty)
        let stretch = try #require(answer.coverage.first)
        #expect(answer.coverage.count == 1)
        #expect(
            [stretch.account, stretch.region, stretch.from, stretch.to]
                == ["111122223333", "us-east-1", "2026-01-31T21:00:00Z", "2026-02-01T03:00:00Z"])
        #expect(outcome.standardError.isEmpty)
    }

    @Test func whatWasTamperedWithIsNamedAndTheExitCodeIsTwo() async throws {
        let outcome = try await verify(tampered, ["--trail-arn", sound.trail.arn])
        #expect(outcome.status == 2)
        let problems = try answer(outcome).problems
        #expect(Set(problems.map(\.kind)) == ["log-not-found", "log-not-in-digest"])
        #expect(
            problems.contains {
                $0.kind == "log-not-found" && $0.object == "s3://case-command/" + sound.trail.logKey(2, 1)
            })
    }

    @Test func whatOnlyInformsLeavesTheExitCode() async throws {
        var scene = sound
        scene[scene.trail.logKey(4, 1, unique: "planted")] = scene[scene.trail.logKey(4, 1)]
        let outcome = try await verify(scene, ["--trail-arn", sound.trail.arn])
        #expect(outcome.status == 0)
        #expect(try answer(outcome).problems.map(\.kind) == ["log-not-in-digest"])
    }

    @Test(arguments: ["table", "json", "junit", "csv"])
    func aTimeWithoutDigestsIsSaidAndIsNotGreen(format: String) async throws {
        let outcome = try await verify(
            sound, ["--trail-arn", sound.trail.arn, "--format", format],
            times: ["--start-time", "2026-05-01", "--end-time", "2026-05-02"])
        #expect(outcome.status == 3)
        let warning =
            "warning: csv cannot contain findings that were not determined: No digest file was found for this time"
        #expect(outcome.standardError.hasPrefix("warning: No digest file was found for this time"))
        #expect(outcome.standardError.contains(warning) == (format == "csv"))
        let says = ["table": "No digest file was found", "json": #""verified" : "nothing""#, "junit": "<skipped"]
        if let says = says[format] { #expect(outcome.standardOutput.contains(says)) }
    }

    /// A trail in two Regions, and the folder of the second one's digests is gone.
    private var halved: TamperingCase.Scene {
        var scene = sound
        var other = scene.trail
        other.region = "eu-west-1"
        other.write(into: &scene.buckets)
        for key in scene.buckets.objects[scene.trail.bucket, default: [:]].keys
        where key.contains("CloudTrail-Digest/eu-west-1") { scene[key] = nil }
        return scene
    }

    @Test func aRegionWhoseDigestsAreGoneIsAGap() async throws {
        let outcome = try await verify(halved)
        #expect(outcome.status == 0 && outcome.standardError.isEmpty)
        let gaps = try answer(outcome).problems
        #expect(gaps.map(\.kind) == ["gap"] && gaps[0].object.hasSuffix("CloudTrail-Digest/eu-west-1/"))
        let junit = try await verify(halved, ["--format", "junit"])
        #expect(junit.standardOutput.contains("<skipped message=\"gap: "), "\(junit.standardOutput)")
    }

    @Test(arguments: [
        (["--region", "us-east-1", "--region", "eu-west-1"], "eu-west-1"),
        (["--account-id", "111122223333,444455556666"], "444455556666"),
    ])
    func whatWasAskedForAndVerifiedNothingIsSaid(arguments: [String], place: String) async throws {
        let outcome = try await verify(halved, arguments)
        #expect(outcome.status == 3)
        let sentence = "No digest file of this time in \(place), so nothing is verified there."
        #expect(outcome.standardError == "warning: \(sentence)\n")
        #expect(outcome.standardOutput.contains(#""unverified""#))
        let junit = try await verify(halved, arguments + ["--format", "junit"])
        #expect(junit.standardOutput.contains("<skipped message=\"\(sentence)\""), "\(junit.standardOutput)")
    }

    @Test func aCopyThatCannotBeVerifiedSaysWhatItLacks() async throws {
        var bare = sound
        for key in sound.buckets.objects[sound.trail.bucket, default: [:]].keys { bare[key]?.metadata = [:] }
        for (scene, arguments, why) in [
            (bare, [], "the copy lacks the metadata of the digests"),
            (sound, ["--s3-bucket", "other"], "the digests name the bucket case-command, not other"),
        ] as [(TamperingCase.Scene, [String], String)] {
            let outcome = try await verify(scene, arguments)
            #expect(outcome.status == 1 && outcome.standardError.contains(why), "\(outcome.standardError)")
        }
        let copy = try LocalCopy(sound)
        let digests = copy.path + "/AWSLogs/111122223333/CloudTrail-Digest"
        try FileManager.default.removeItem(atPath: digests + "/us-east-1")
        let outcome = try await Subprocess.run(
            Repository.parapet,
            ["verify", "--path", copy.path, "--public-keys", try keysFile(copy), "--s3-bucket", "case-command"]
                + Self.times)
        #expect(outcome.status == 1)
        #expect(
            outcome.standardError.contains("only empty folders: AWSLogs/111122223333/CloudTrail-Digest"),
            "\(outcome.standardError)")
    }

    @Test func withoutATrailEveryTrailOfTheCopyIsVerified() async throws {
        var scene = sound
        var other = scene.trail
        other.name = "other"
        other.region = "eu-west-1"
        other.account = "444455556666"
        other.write(into: &scene.buckets)
        let outcome = try await verify(scene)
        #expect(outcome.status == 0)
        let answer = try answer(outcome)
        #expect(answer.digests == .init(valid: 12, invalid: 0))
        #expect(answer.logs == .init(valid: 24, invalid: 0))
        #expect(answer.coverage.map(\.account) == ["111122223333", "444455556666"])
        let one = try await verify(scene, ["--account-id", "444455556666"])
        #expect(try self.answer(one).digests == .init(valid: 6, invalid: 0))
        let region = try await verify(scene, ["--region", "us-east-1"])
        #expect(try self.answer(region).coverage.map(\.region) == ["us-east-1"])
    }

    @Test func theSameCopyGivesTheSameReport() async throws {
        let scene = tampered
        let first = try await verify(scene, ["--threads", "1"])
        let second = try await verify(scene, ["--threads", "7"])
        #expect(first.standardOutput == second.standardOutput)
    }

    @Test func theTableSaysWhatWasProvedAndWhatEachProblemMeans() async throws {
        let outcome = try await verify(tampered, ["--trail-arn", sound.trail.arn, "--format", "table"])
        for text in [
            "2026-01-31T21:00:00Z to 2026-02-01T03:00:00Z", "Log file missing (1 × log-not-found)",
            "s3://case-command/" + sound.trail.logKey(2, 1), "6 of 6 digest files valid",
            "11 of 12 log files valid, 1 INVALID",
            "Log file not listed in any digest",
        ] {
            #expect(outcome.standardOutput.contains(text), Comment(rawValue: outcome.standardOutput))
        }
    }

    @Test func otherFormatsHoldTheSame() async throws {
        let lines = try await verify(tampered, ["--format", "ndjson"]).standardOutput.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.last?.contains("\"schema\":\"parapet.verify/1\"") == true)
        let junit = try await verify(tampered, ["--format", "junit"]).standardOutput
        let document = try XMLDocumentCheck.failures(in: junit)
        #expect(document == ["log-not-found"])
    }

    // MARK: Over the network

    @Test func withoutAnythingNamedAllTrailsOfTheAccountAreVerified() async throws {
        let trail = SampleTrail(bucket: "case-command-all")
        let stage = try await IntegrityStage.shared.value
        try await stage.put(TamperingCase.Scene(trail))
        let upstream = stage.endpoint
        let transport = AsyncHTTPTransport()
        // Each region shows the trail: its home, and the others its shadow.
        let (arn, name, home, bucket) = (trail.arn, trail.name, trail.home, trail.bucket)
        let server = try await TestServer.start { request in
            guard request[header: "X-Amz-Target"]?.hasSuffix(".DescribeTrails") == true else {
                return await TestServer.forward(request, to: upstream, over: transport)
            }
            return .json([
                "trailList": [
                    [
                        "TrailARN": arn, "Name": name, "HomeRegion": home, "S3BucketName": bucket,
                        "IsMultiRegionTrail": true,
                    ]
                ]
            ])
        }
        let environment = stage.environment.merging(["AWS_ENDPOINT_URL": server.endpoint]) { $1 }
        let outcome = try await Subprocess.run(
            Repository.parapet, ["verify", "--format", "json"] + Self.times, environment: environment)
        #expect(outcome.status == 0, Comment(rawValue: outcome.standardError))
        #expect(try answer(outcome).digests == .init(valid: 6, invalid: 0))
        // The last 24 hours hold nothing of the sample trail.
        let recent = try await Subprocess.run(
            Repository.parapet, ["verify", "--format", "table"], environment: environment)
        #expect(recent.status == 3, Comment(rawValue: recent.standardError))
        #expect(recent.standardOutput.contains("No digest file was found for this time"))
    }

    @Test func overS3TheTrailTellsItsBucket() async throws {
        var trail = SampleTrail(bucket: "case-command-s3")
        trail.name = "command"
        let scene = TamperingCase.Scene(trail)
        let stage = try await IntegrityStage.shared.value
        try await stage.put(scene)
        stage.describe(trail)
        let outcome = try await Subprocess.run(
            Repository.parapet, ["verify", "--trail-arn", trail.arn, "--format", "json"] + Self.times,
            environment: stage.environment)
        #expect(outcome.status == 0, Comment(rawValue: outcome.standardError))
        #expect(try answer(outcome).logs == .init(valid: 12, invalid: 0))
        let named = try await Subprocess.run(
            Repository.parapet,
            ["verify", "--s3-bucket", trail.bucket, "--account-id", trail.account, "--format", "json"] + Self.times,
            environment: stage.environment)
        #expect(try answer(named).logs == .init(valid: 12, invalid: 0))
        let elsewhere = try await Subprocess.run(
            Repository.parapet,
            ["verify", "--trail-arn", trail.arn, "--s3-bucket", trail.bucket, "--s3-prefix", "nowhere"] + Self.times,
            environment: stage.environment)
        #expect(elsewhere.status == 1)
        #expect(elsewhere.standardError.contains("no digest of the trail command"), "\(elsewhere.standardError)")
        #expect(elsewhere.standardError.contains("there are digests in "))
    }

    @Test(arguments: [
        (["--trail-arn", "arn:aws:cloudtrail:us-east-1:111122223333:trail/nobodys"], "the trail does not exist"),
        (
            [
                "--trail-arn", "arn:aws:cloudtrail:us-east-1:111122223333:trail/x", "--s3-bucket",
                "no-such-bucket-anywhere",
            ], "NoSuchBucket"
        ),
    ])
    func whatCannotBeDoneIsSaidInOneLine(arguments: [String], why: String) async throws {
        let stage = try await IntegrityStage.shared.value
        let outcome = try await Subprocess.run(
            Repository.parapet, ["verify"] + arguments + Self.times, environment: stage.environment)
        #expect(outcome.status == 1)
        #expect(outcome.standardOutput.isEmpty)
        #expect(outcome.standardError.hasPrefix("error: "))
        #expect(outcome.standardError.split(separator: "\n").count == 1)
        #expect(outcome.standardError.contains(why), Comment(rawValue: outcome.standardError))
    }

    /// Killed in its midst and run again, it says what a run that nobody disturbed says, and leaves nothing behind.
    @Test func aKilledRunLeavesNothingAndTheNextOneSaysTheSame() async throws {
        var scene = TamperingCase.Scene(SampleTrail(bucket: "case-command-killed"))
        scene[scene.trail.logKey(1, 1)] = nil
        let stage = try await IntegrityStage.shared.value
        try await stage.put(scene)
        let isSlow = Mutex(true)
        let slow = "/case-command-killed/" + scene.trail.logKey(2, 1)
        stage.add { request in
            guard request.path == slow, isSlow.withLock({ $0 }) else { return nil }
            return .answer(.xml("<Error><Code>SlowDown</Code></Error>", status: 503, [.init("Retry-After", "15")]))
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "parapet-killed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = folder.appending(path: "verify.json").path
        let arguments =
            ["verify", "--trail-arn", scene.trail.arn, "--s3-bucket", scene.trail.bucket, "--format", "json"]
            + Self.times
        let killed = try await Subprocess.run(
            "/usr/bin/timeout", ["-s", "KILL", "3", Repository.parapet] + arguments + ["--output", report],
            environment: stage.environment)
        #expect(killed.status != 0 && killed.status != 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)

        isSlow.withLock { $0 = false }
        let again = try await Subprocess.run(
            Repository.parapet, arguments + ["--output", report], environment: stage.environment)
        let undisturbed = try await Subprocess.run(Repository.parapet, arguments, environment: stage.environment)
        #expect(again.status == 2, Comment(rawValue: again.standardError))
        #expect(try String(contentsOfFile: report, encoding: .utf8) == undisturbed.standardOutput)
        #expect(try answer(undisturbed).logs == .init(valid: 11, invalid: 1))
    }

    @Test func aDeniedLogFileIsNeitherValidNorInvalid() async throws {
        let scene = TamperingCase.Scene(SampleTrail(bucket: "case-command-denied"))
        let stage = try await IntegrityStage.shared.value
        try await stage.put(scene)
        let denied = "/case-command-denied/" + scene.trail.logKey(2, 1)
        stage.add { $0.path == denied ? .refusal(403, "AccessDenied") : nil }
        let outcome = try await Subprocess.run(
            Repository.parapet,
            ["verify", "--trail-arn", scene.trail.arn, "--s3-bucket", scene.trail.bucket] + Self.times,
            environment: stage.environment)
        #expect(outcome.status == 1)
        #expect(outcome.standardOutput.isEmpty)
        #expect(
            outcome.standardError.contains("allow the caller s3:GetObject"), Comment(rawValue: outcome.standardError))
    }

    // MARK: Usage

    @Test(arguments: [
        ["--trail-arn", "main"], ["--start-time", "yesterday"],
        ["--start-time", "2026-02-02", "--end-time", "2026-02-01"],
        ["--path", "."], ["--path", ".", "--public-keys", "k"], ["--public-keys", "k"], ["--account-id", "12"],
        ["--organization-id", "x"], ["--s3-prefix", "p"], ["--threads", "0"], ["--format", "sarif"],
    ])
    func nonsenseIsAUsageError(arguments: [String]) {
        #expect(throws: (any Error).self) { _ = try Verify.parseAsRoot(arguments) }
    }

    @Test func theFilesThatTheUserNamesAreChecked() async throws {
        let copy = try LocalCopy(sound)
        try Data("{\"PublicKeyList\": []}".utf8).write(to: URL(filePath: copy.path + "/none.json"))
        try Data("keys".utf8).write(to: URL(filePath: copy.path + "/garbage.json"))
        for (keys, why) in [
            ("none.json", "no public key"), ("garbage.json", "list-public-keys"), ("missing.json", "does not exist"),
        ] {
            let outcome = try await Subprocess.run(
                Repository.parapet,
                ["verify", "--path", copy.path, "--public-keys", copy.path + "/" + keys, "--s3-bucket", "case-command"]
                    + Self.times)
            #expect(outcome.status == 1)
            #expect(outcome.standardError.contains(why), Comment(rawValue: outcome.standardError))
        }
    }

    @Test func progressSaysHowMuchIsDoneAndHowLongItWillTake() {
        var state = VerifyProgressLineTests.state
        #expect(VerificationProgress.State().line(after: 0) == "looking for digest files")
        #expect(state.line(after: 10).hasSuffix("12/24 digests · 72 log files · 1.5 MB · 10 s left"))
        state.logs = 0
        #expect(!state.line(after: 10).contains("left"))
    }
}
