import AWSClient
import Basics
import Foundation
import Reports
import Runs
import Synchronization
import Testing
import TestSupport
import TrailIntegrity

/// A verification as a program calls it, without a command line.
@Suite(.timeLimit(.minutes(10))) struct VerifyRunTests {
    private static let range =
        Date(timeIntervalSince1970: 1_769_893_200)...Date(timeIntervalSince1970: 1_769_914_800)  // 21:00 to 03:00

    private var sound: TamperingCase.Scene { TamperingCase.Scene(SampleTrail(bucket: "case-run")) }

    /// - Parameter work: is given the run over a copy of the scene.
    private func over<Value>(
        _ scene: TamperingCase.Scene, _ work: (VerifyRun, LocalCopy) async throws -> Value
    ) async throws -> Value {
        let copy = try LocalCopy(scene)
        let keys = copy.path + "/keys.json"
        let list = SigningKey.known.map { ["Fingerprint": $0.fingerprint, "Value": $0.value] }
        try JSONSerialization.data(withJSONObject: ["PublicKeyList": list]).write(to: URL(filePath: keys))
        let run = VerifyRun(
            TrailSelection(), in: Self.range,
            copy: VerifyRun.Copy(folder: copy.path, bucket: scene.trail.bucket, keys: [keys]))
        return try await work(run, copy)
    }

    @Test func aSoundCopyIsCleanAndATamperedOneIsFound() async throws {
        let states = Mutex<[VerificationProgress.State]>([])
        let result = try await over(sound) { run, _ in
            try await run.run { state in states.withLock { $0.append(state) } }
        }
        #expect(result.exitStatus == .clean)
        #expect(result.report.verification.logs == .init(valid: 12, invalid: 0))
        #expect(!states.withLock { $0.isEmpty })
        var tampered = sound
        tampered[tampered.trail.logKey(2, 1)] = nil
        let found = try await over(tampered) { run, _ in try await run.run() }
        #expect(found.exitStatus == .found)
        #expect(found.report.verification.problems.map(\.kind) == [.logNotFound])
    }

    // MARK: S3

    /// A server that says who asks and what time it has, and then what `reply` says.
    private func server(
        _ reply: @escaping TestServer.Handler
    ) async throws -> (TestServer, RunEnvironment) {
        let server = try await TestServer.start { request in
            guard String(decoding: request.body, as: UTF8.self).contains("GetCallerIdentity") else {
                return await reply(request)
            }
            return .answer(
                .xml(
                    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
                        + "<Arn>arn:aws:iam::123456789012:user/x</Arn></GetCallerIdentityResult>"
                        + "</GetCallerIdentityResponse>", status: 200,
                    [.init("Date", "Thu, 01 Jan 2026 12:00:00 GMT")]))
        }
        let variables = [
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": server.endpoint,
        ]
        let slow: @Sendable () -> Date = { Date(timeIntervalSince1970: 1_400_000_000) }
        return (server, RunEnvironment(AWSEnvironment(variables: variables, now: slow)))
    }

    private func overS3(_ start: Date?, timeout: Int? = nil) throws -> VerifyRun {
        try VerifyRun(
            TrailSelection(
                trail: nil, accounts: ["123456789012"], regions: ["us-east-1"], bucket: "logs", prefix: nil,
                organizationID: nil), from: start, to: nil,
            copy: nil, keys: [], timeout: timeout)
    }

    @Test func aVerificationThatIsNotFinishedInTimeIsAFailureThatSaysHowFarItCame() async throws {
        let (server, environment) = try await server { _ in
            try? await Task.sleep(for: .seconds(3600))
            return .hangUp
        }
        defer { withExtendedLifetime(server) {} }
        var run = try overS3(nil, timeout: 4)
        let failure = await #expect(throws: Failure.self) { try await run.run(in: environment) }
        #expect(failure?.what == "the verification was not finished")
        #expect(failure?.why == "the time was up (--timeout) after 0 of 0 digests and 0 of 0 log files that these list")
        run.timeout = .zero
        let early = await #expect(throws: Failure.self) { try await run.run(in: environment) }
        #expect(early?.why == "the time was up (--timeout)")
        #expect(throws: InvalidInput.self) { try overS3(nil, timeout: 0) }
        #expect(throws: InvalidInput.self) {
            try VerifyRun(TrailSelection(), from: nil, to: nil, copy: "/tmp", keys: ["keys"], timeout: 9)
        }
    }

    @Test func thePresentIsAWSs() async throws {
        let (server, environment) = try await server { request in
            let isLocation = request.query.contains { $0.name == "location" }
            let list = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
            return .answer(.xml(isLocation ? "<LocationConstraint></LocationConstraint>" : list))
        }
        defer { withExtendedLifetime(server) {} }
        // 2025-12-31, which has not come by this machine's clock, and 2026-02-01, which has not come by AWS's.
        let earlier = try overS3(Date(timeIntervalSince1970: 1_767_139_200))
        let failure = await #expect(throws: Failure.self) { try await earlier.run(in: environment) }
        #expect(failure?.why.contains("no digest of any trail") == true, "\(failure?.why ?? "")")
        let later = try overS3(Date(timeIntervalSince1970: 1_769_904_000))
        let future = await #expect(throws: Failure.self) { try await later.run(in: environment) }
        #expect(future?.why == "the start time 2026-02-01T00:00:00Z is yet to come")
    }

    @Test func whatIsNotThereIsAFailure() async throws {
        try await over(sound) { run, copy in
            var withoutFolder = run
            withoutFolder.copy?.folder = "/nonexistent"
            var withoutKeys = run
            withoutKeys.copy?.keys = [copy.path + "/missing.json"]
            for (run, words) in [
                (withoutFolder, "folder"), (withoutKeys, "file"),
            ] {
                let failure = await #expect(throws: Failure.self) { try await run.run() }
                #expect(failure?.why == "the \(words) does not exist")
            }
        }
    }

    @Test func aCopyThatCannotHoldADigestOfTheTrailIsAFailureThatSaysWhatIsThere() async throws {
        let trail = sound.trail
        let wrong: [(words: String, change: (inout VerifyRun, LocalCopy) -> Void)] = [
            (
                "main of us-east-1",
                { run, _ in run.trails.trail = TrailARN(trail.arn.replacing("/main", with: "/other")) }
            ),
            ("AWSLogs/\(trail.account)/CloudTrail-Digest", { run, _ in run.trails.accounts = ["444455556666"] }),
            ("AWSLogs/\(trail.account)/CloudTrail-Digest", { run, _ in run.trails.regions = ["eu-west-1"] }),
            ("AWSLogs/\(trail.account)/CloudTrail-Digest", { run, _ in run.trails.prefix = "nowhere" }),
            ("AWSLogs/\(trail.account)/CloudTrail-Digest", { run, _ in run.trails.organizationID = "o-other" }),
            ("\(trail.account)/CloudTrail-Digest", { run, copy in run.copy?.folder = copy.path + "/AWSLogs" }),
            ("CloudTrail-Digest", { run, copy in run.copy?.folder = copy.path + "/AWSLogs/\(trail.account)" }),
            (
                "there is no folder",
                { run, copy in
                    let empty = copy.path + "/empty"
                    try? FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
                    run.copy?.folder = empty
                }
            ),
        ]
        for (words, change) in wrong {
            try await over(sound) { run, copy in
                var run = run
                run.trails.bucket = trail.bucket
                change(&run, copy)
                let wrong = run
                let failure = await #expect(throws: Failure.self) { try await wrong.run() }
                #expect(failure?.why.contains(words) == true, "\(words): \(failure?.why ?? "")")
            }
        }
        // A time without digests is another thing.
        let result = try await over(sound) { run, _ in
            var run = run
            (run.from, run.to) = (
                Date(timeIntervalSince1970: 1_800_000_000), Date(timeIntervalSince1970: 1_800_003_600)
            )
            return try await run.run()
        }
        #expect(result.exitStatus == .undetermined)
    }

    /// Log files of Insights, network activity and aggregated events that no digest lists.
    @Test func plantedFilesAreFoundInEveryFolderOfATrail() async throws {
        for kind in ["CloudTrail", "CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"] {
            var scene = sound
            let key = scene.trail.logKey(4, 1, unique: "planted")
            scene[key.replacing("/CloudTrail/", with: "/\(kind)/").replacing("_CloudTrail_", with: "_\(kind)_")] =
                scene[scene.trail.logKey(4, 1)]
            let result = try await over(scene) { run, _ in try await run.run() }
            #expect(result.report.verification.problems.map(\.kind) == [.logNotInDigest], "\(kind)")
            #expect(result.exitStatus == .clean)
        }
    }

    /// CloudTrail puts a file into the folder of its day, so one in another folder is not CloudTrail's.
    @Test(arguments: [
        ("/2026/02/01/", "/2026/02/02/"), ("/2026/02/01/", "/2026/01/31/"), ("_20260201T", "_20200201T"),
    ])
    func plantedFilesAreFoundInTheFolderOfAnotherDay(part: String, other: String) async throws {
        var scene = sound
        let key = scene.trail.logKey(4, 1, unique: "planted")
        scene[key.replacing(part, with: other)] = scene[scene.trail.logKey(4, 1)]
        let result = try await over(scene) { run, _ in try await run.run() }
        #expect(result.report.verification.problems.map(\.kind) == [.logNotInDigest])
    }

    @Test func aCancelledVerificationHasNoResult() async throws {
        try await over(sound) { run, _ in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await run.run()
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}
