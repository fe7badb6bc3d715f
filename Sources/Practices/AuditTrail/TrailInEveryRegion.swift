import AWSClient
import Basics
import Inventory
import Posture

/// What happens in a region without a trail leaves no record.
struct TrailInEveryRegion: Check {
    let about = About(
        id: "cloudtrail-all-regions",
        title: "Every region is covered by a trail that is logging",
        practice: .auditTrail, severity: .high,
        risk: """
            Attackers like the regions that nobody uses. Without a trail there, what they start, copy or delete is \
            recorded nowhere that you keep.
            """,
        judges: """
            Every region of the scan is judged on its own. A trail covers its home region, and all others if it is a \
            multi-region trail; it must be logging. An organization's trail counts, also when it is seen from a member \
            account.
            """,
        remedy: "Create a multi-region trail, or switch an existing one to all regions, and start its logging.",
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
            return .pass("Trail \(trail.name) covers the region and is logging", evidence(of: trail, isLogging: true))
        }
        for trail in covering {
            _ = try trail.status.value
        }
        _ = try reading[.trails][region].value
        guard let stopped = covering.first else {
            return .fail("No trail covers the region", Evidence("trailList", [], from: .describeTrails))
        }
        return .fail("Trail \(stopped.name) covers the region but is stopped", evidence(of: stopped, isLogging: false))
    }

    private func evidence(of trail: Trail, isLogging: Bool) -> [Evidence] {
        [
            Evidence("TrailARN", .string(trail.trailARN), from: .describeTrails),
            Evidence("HomeRegion", .string(trail.homeRegion), from: .describeTrails),
            Evidence("IsMultiRegionTrail", .bool(trail.isMultiRegionTrail), from: .describeTrails),
            Evidence("IsLogging", .bool(isLogging), from: .getTrailStatus),
        ]
    }
}
