import Foundation
import LogSources
import Testing
import TestSupport

@testable import TrailIntegrity

/// Trails that are spread over buckets, prefixes, accounts and regions.
@Suite(.timeLimit(.minutes(10))) struct ManyPlacesTests {
    private let range = SampleTrail.hour(0)...SampleTrail.hour(6)

    private func verify(
        _ place: TrailPlace, _ store: any LogStore, _ keys: any PublicKeySource = SampleKeys(),
        accounts: Set<String> = [], regions: Set<String> = []
    ) async throws -> Verification {
        let tasks = try await TrailDiscovery(store: store, accounts: accounts, regions: regions).tasks(for: [place])
        return try await TrailVerifier(
            reader: ObjectReader(store: store, threads: 2, fetches: 8), keys: keys, range: range,
            now: SampleTrail.hour(48)
        ).verify(tasks)
    }

    private func place(
        _ trail: SampleTrail, organization: TrailPlace.Organization = .find
    ) -> TrailPlace {
        TrailPlace(
            trail: TrailName(name: trail.name, homeRegion: trail.home), account: trail.account, bucket: trail.bucket,
            prefix: trail.prefix, organization: organization)
    }

    /// A trail whose first three hours went to another bucket, below another prefix.
    private func moved(_ bucket: String) -> (trail: SampleTrail, buckets: Buckets) {
        var buckets = Buckets()
        var old = SampleTrail(bucket: bucket + "-old")
        old.prefix = "old"
        old.hours = 0..<3
        let last = old.write(into: &buckets)
        var new = SampleTrail(bucket: bucket)
        new.hours = 3..<6
        new.write(into: &buckets, after: last)
        return (new, buckets)
    }

    @Test func aChainIsFollowedIntoTheBucketBefore() async throws {
        let (trail, buckets) = moved("case-moved")
        let stage = try await IntegrityStage.shared.value
        var scene = TamperingCase.Scene(trail)
        scene.buckets = buckets
        try await stage.put(scene)
        let store = S3LogStore(client: stage.client, baseRegion: "us-east-1")
        let verification = try await verify(place(trail), store, CloudTrailKeys(client: stage.client))
        #expect(verification.digests == .init(valid: 6))
        #expect(verification.logs == .init(valid: 12))
        #expect(verification.problems.isEmpty)
        #expect(verification.coverage.map(\.from) == [SampleTrail.hour(0)])
    }

    @Test func aCopyOfOneBucketSaysWhereTheChainLeavesIt() async throws {
        let (trail, buckets) = moved("case-moved-copy")
        var scene = TamperingCase.Scene(trail)
        scene.buckets = buckets
        let copy = try LocalCopy(scene)
        let verification = try await verify(place(trail), FolderLogStore(root: copy.path, bucket: trail.bucket))
        #expect(verification.digests == .init(valid: 3))
        #expect(verification.problems.map(\.kind) == [.gap])
        #expect(verification.coverage.map(\.from) == [SampleTrail.hour(3)])
    }

    @Test func allAccountsAndRegionsOfAnOrganizationAreVerifiedInOneRun() async throws {
        var scene = TamperingCase.Scene(SampleTrail(bucket: "case-many"))
        scene.buckets = Buckets()
        var trail = scene.trail
        trail.organizationID = "o-sample12345"
        for account in ["111122223333", "444455556666", "777788889999"] {
            for region in ["us-east-1", "eu-west-1"] {
                trail.account = account
                trail.region = region
                trail.write(into: &scene.buckets)
            }
        }
        scene[trail.logKey(1, 0)] = nil
        let copy = try LocalCopy(scene)
        let store = FolderLogStore(root: copy.path, bucket: "case-many")
        let all = try await verify(place(scene.trail), store)
        #expect(all.digests == .init(valid: 36))
        #expect(all.logs == .init(valid: 71, invalid: 1))
        #expect(all.coverage.count == 6)
        #expect(all.problems.map(\.account) == ["777788889999"])
        let some = try await verify(
            place(scene.trail, organization: .id("o-sample12345")), store, accounts: ["444455556666"],
            regions: ["eu-west-1"])
        #expect(some.digests == .init(valid: 6))
        #expect(some.coverage.map(\.region) == ["eu-west-1"])
    }

    @Test func aTrailThatNeverDeliveredIsNamed() async throws {
        let scene = TamperingCase.Scene(SampleTrail(bucket: "case-never"))
        let copy = try LocalCopy(scene)
        var place = place(scene.trail)
        place.trail?.name = "nobodys"
        let verification = try await verify(place, FolderLogStore(root: copy.path, bucket: "case-never"))
        #expect(verification.digests.total == 0)
        #expect(verification.withoutDigests == [.init(account: "111122223333", region: "us-east-1")])
    }
}
