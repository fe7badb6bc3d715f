import Basics
import AWSClient
import Inventory
import TrailIntegrity

/// The trails that CloudTrail describes, with the places that they deliver to.
struct DescribedTrails {
    private let session: AWSSession
    /// The Regions that the user named; empty for all enabled ones.
    private let regions: [String]

    init(_ session: AWSSession, regions: [String]) {
        self.session = session
        self.regions = regions
    }

    /// - Throws: ``Failure`` if a Region does not answer, or there is no such trail.
    func places(_ selection: TrailSelection) async throws(Failure) -> [TrailPlace] {
        let trails: [Trail]
        if let arn = selection.trail {
            trails = try await describe(in: arn.name.homeRegion).filter { $0.trailARN == arn.text }
            guard !trails.isEmpty else {
                throw Failure(
                    "trail \(arn.text) cannot be verified", why: "the trail does not exist",
                    advice:
                        "check the ARN and --profile; for a deleted trail, set its bucket with --s3-bucket")
            }
        } else {
            trails = try await all()
            guard !trails.isEmpty else {
                throw Failure(
                    "no trail to verify", why: "account \(session.accountID) has no trail",
                    advice: "create one, or set a bucket with --s3-bucket")
            }
        }
        return trails.compactMap { trail in
            guard !trail.s3BucketName.isEmpty, let arn = TrailARN(trail.trailARN) else { return nil }
            return TrailPlace(
                trail: arn.name, account: arn.account, bucket: trail.s3BucketName,
                prefix: TrailSelection.prefix(trail.s3KeyPrefix),
                organization: trail.isOrganizationTrail
                    ? selection.organizationID.map(TrailPlace.Organization.id) ?? .find : .none)
        }
    }

    /// Returns the trails of all Regions, each once.
    private func all() async throws(Failure) -> [Trail] {
        var all: [String: Trail] = [:]
        let regions = try await self.regions.isEmpty ? enabledRegions() : self.regions
        let answers = await withTaskGroup(of: Result<[Trail], Failure>.self) { group in
            for region in regions {
                group.addTask {
                    do throws(Failure) {
                        return .success(try await describe(in: region))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for answer in answers {
            for trail in try answer.get() { all[trail.trailARN] = trail }
        }
        return all.values.sorted { $0.trailARN < $1.trailARN }
    }

    private func describe(in region: String) async throws(Failure) -> [Trail] {
        do throws(AWSError) {
            return try await session.client.send(CloudTrail.describeTrails(), in: region).trailList
        } catch {
            throw Failure("the trails of \(region) cannot be listed", error)
        }
    }

    private func enabledRegions() async throws(Failure) -> [String] {
        let collector = Collector(
            client: session.client, accountID: session.accountID, partition: session.partition,
            baseRegion: session.baseRegion, facets: [.regions])
        do throws(Unknown) {
            return try await collector.enabledRegions().value
        } catch {
            throw Failure(
                "the account's regions cannot be listed", why: error.explanation, advice: "set them with --region")
        }
    }
}
