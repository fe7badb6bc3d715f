import Foundation
import Testing
import TestSupport
import TrailIntegrity

/// What `aws cloudtrail validate-logs` counts, in each case: the same, or less where Parapet is stricter on purpose.
@Suite(.timeLimit(.minutes(10))) struct SecondOpinionTests {
    @Test(arguments: TamperingCase.all)
    func theAWSCLICountsTheSameOrLess(_ tampering: TamperingCase) async throws {
        let scene = tampering.scene(tampering.bucket + "-aws")
        let stage = try await IntegrityStage.shared.value
        try await stage.put(scene)
        stage.describe(scene.trail)
        let opinion = try await ValidateLogs.run(scene.trail, tampering.range, stage)
        switch tampering.awsCLI {
        case .agrees:
            #expect(opinion.digests == tampering.digests, opinion.told)
            #expect(opinion.logs == tampering.logs, opinion.told)
        case .laxer(let digests, let logs, _):
            #expect(opinion.digests == digests, opinion.told)
            #expect(opinion.logs == logs, opinion.told)
            #expect(opinion.digests.invalid + opinion.logs.invalid < tampering.digests.invalid + tampering.logs.invalid)
        }
    }
}

/// What the AWS CLI printed.
struct ValidateLogs {
    var digests = Verification.Count()
    var logs = Verification.Count()
    var told: Comment

    /// So many run at a time: each takes a core for a second or two.
    private static let lane = Turnstile(width: 3)

    static func run(_ trail: SampleTrail, _ range: ClosedRange<Date>, _ stage: IntegrityStage) async throws
        -> ValidateLogs
    {
        var arguments = [
            "cloudtrail", "validate-logs", "--trail-arn", trail.arn, "--region", trail.region, "--start-time",
            range.lowerBound.formatted(.iso8601), "--end-time", range.upperBound.formatted(.iso8601),
        ]
        if trail.organizationID == nil {
            arguments += ["--s3-bucket", trail.bucket] + (trail.prefix.isEmpty ? [] : ["--s3-prefix", trail.prefix])
        } else {
            // Only without a bucket does it look into an organization's folder, and the trail's ARN tells the bucket.
            arguments += ["--account-id", trail.account]
        }
        let outcome = try await lane.through { [arguments] in
            try await Subprocess.run(Repository.file(".venv/bin/aws").path, arguments, environment: stage.environment)
        }
        return ValidateLogs(outcome)
    }

    private init(_ outcome: Subprocess.Outcome) {
        told = Comment(rawValue: outcome.standardOutput + outcome.standardError)
        // 5/6 digest files valid, 1/6 digest files INVALID
        for line in outcome.standardOutput.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let ratio = words.first?.split(separator: "/").compactMap({ Int($0) }), ratio.count == 2 else {
                continue
            }
            let count = Verification.Count(valid: ratio[0], invalid: ratio[1] - ratio[0])
            if line.contains("log files") {
                logs = count
            } else {
                digests = .init(valid: digests.valid + count.valid, invalid: digests.invalid + count.invalid)
            }
        }
    }
}

/// Lets so many through at a time.
actor Turnstile {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(width: Int) { free = width }

    func through<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
        defer { if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() } }
        return try await body()
    }
}
