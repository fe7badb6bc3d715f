import AWSClient
import Basics
import Inventory
import Posture

/// Activity in a region without a trail leaves no record.
struct TrailInEveryRegion: Check {
    let about = About(
        id: "cloudtrail-all-regions",
        title: "CloudTrail should be logging in every Region",
        practice: .auditTrail, severity: .high,
        risk: """
            Attackers often work in unused Regions. Without a trail there, their activity leaves no lasting record.
            """,
        judges: """
            Each scanned Region is evaluated separately. A trail covers its home Region, and a multi-Region trail \
            covers all Regions. The trail must be logging. An organization trail also counts in a member account.
            """,
        remedy: """
            Create a multi-Region trail, or convert an existing trail to a multi-Region trail, and start logging.
            """,
        references: [
            .prowler("cloudtrail_multi_region_enabled"), .securityHub("CloudTrail.1"), .securityHub("CloudTrail.3"),
            .cis("1.4", "3.1"), .cis("3.0", "3.1"), .cis("5.0", "3.1"),
            .config("multi-region-cloudtrail-enabled"), .config("cloudtrail-enabled"),
        ],
        sources: ["AWS CloudTrail User Guide: Understanding multi-Region trails and opt-in Regions"],
        reads: [.regions, .trails, .trailStatus])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEachRegion { region throws(Unknown) in try judge(region, of: reading) }
    }

    private func judge(_ region: String, of reading: Reading) throws(Unknown) -> Judgement {
        let covering = reading.trails.filter { $0.covers(region) }
        if let trail = covering.first(where: \.isKnownToLog) {
            return .pass("Trail \(trail.name) covers the Region and is logging", evidence(of: trail, isLogging: true))
        }
        for trail in covering {
            _ = try trail.status.value
        }
        _ = try reading[.trails][region].value
        guard let stopped = covering.first else {
            return .fail("No trail covers the Region", Evidence("trailList", [], from: .describeTrails))
        }
        return .fail("Trail \(stopped.name) covers the Region but is stopped", evidence(of: stopped, isLogging: false))
    }

    private func evidence(of trail: Trail, isLogging: Bool) -> [Evidence] {
        [
            Evidence("TrailARN", .string(trail.trailARN), from: .describeTrails),
            Evidence("HomeRegion", .string(trail.homeRegion), from: .describeTrails),
            Evidence("IsMultiRegionTrail", .bool(trail.isMultiRegionTrail), from: .describeTrails),
            Evidence("IsLogging", .bool(isLogging), from: .getTrailStatus),
        ].map { $0.about(trail.trailARN) }
    }
}
