import Foundation
import LogSources
import Testing
import TestSupport

@testable import TrailIntegrity

/// Each way to tamper with a trail, over a local copy, over S3, and as the AWS CLI sees it.
@Suite(.timeLimit(.minutes(10))) struct TamperingTests {
    @Test(arguments: TamperingCase.all)
    func isFoundInALocalCopy(_ tampering: TamperingCase) async throws {
        let scene = tampering.scene(tampering.bucket)
        let copy = try LocalCopy(scene)
        let store = VanishingStore(
            base: FolderLogStore(root: copy.path, bucket: scene.trail.bucket), vanished: scene.vanished)
        expect(try await verify(scene, tampering, store, SampleKeys()), tampering)
    }

    @Test(arguments: TamperingCase.all)
    func isFoundInS3(_ tampering: TamperingCase) async throws {
        let scene = tampering.scene(tampering.bucket + "-s3")
        let stage = try await IntegrityStage.shared.value
        try await stage.put(scene)
        let store = S3LogStore(client: stage.client, baseRegion: "us-east-1")
        expect(try await verify(scene, tampering, store, CloudTrailKeys(client: stage.client)), tampering)
    }

    private func verify(
        _ scene: TamperingCase.Scene, _ tampering: TamperingCase, _ store: any LogStore, _ keys: any PublicKeySource
    ) async throws -> Verification {
        let trail = scene.trail
        let place = TrailPlace(
            trail: TrailName(name: trail.name, homeRegion: trail.home), account: trail.account, bucket: trail.bucket,
            prefix: trail.prefix, organization: .find)
        let tasks = try await TrailDiscovery(store: store, accounts: [], regions: []).tasks(for: [place])
        let verifier = TrailVerifier(
            reader: ObjectReader(store: store, threads: 2, fetches: 8), keys: keys, range: tampering.range,
            now: SampleTrail.hour(48))
        return try await verifier.verify(tasks)
    }

    private func expect(_ verification: Verification, _ tampering: TamperingCase) {
        let told = Comment(
            rawValue: verification.problems.map { "\($0.kind.rawValue) \($0.object): \($0.message)" }.joined(
                separator: "\n"))
        #expect(verification.digests == tampering.digests, told)
        #expect(verification.logs == tampering.logs, told)
        #expect(Dictionary(grouping: verification.problems, by: \.kind).mapValues(\.count) == tampering.problems, told)
        #expect(verification.hasFailed == (tampering.digests.invalid + tampering.logs.invalid > 0))
        for problem in verification.problems {
            #expect(problem.object.hasPrefix("s3://case-"))
            #expect(problem.message.hasSuffix("."))
        }
    }
}

extension TamperingCase {
    var range: ClosedRange<Date> { SampleTrail.hour(hours.lowerBound)...SampleTrail.hour(hours.upperBound) }
}
