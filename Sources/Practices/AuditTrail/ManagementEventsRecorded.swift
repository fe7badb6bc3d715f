import AWSClient
import Basics
import Inventory
import Posture

/// Management events record changes to the account: a trail that excludes them misses the most important ones.
struct ManagementEventsRecorded: Check {
    let about = About(
        id: "cloudtrail-management-events",
        title: "CloudTrail should record read and write management events",
        practice: .auditTrail, severity: .low,
        risk: """
            Management events record who created users, opened ports or listed secrets. If read or write events are \
            excluded, an intrusion cannot be fully reconstructed.
            """,
        judges: """
            The logging trails that cover a Region must together record read and write events, by basic or advanced \
            event selectors. An advanced event selector is evaluated by its fields, not by its name. A selector with \
            any restriction other than the exclusion of AWS KMS or RDS Data API events does not count. These \
            exclusions pass and are listed in the evidence, unless another trail records the events. Global service \
            events (AWS IAM, AWS STS, Amazon CloudFront) occur in one Region, us-east-1 in the AWS standard partition: \
            the trails that cover it must also include global service events.
            """,
        remedy: """
            Configure the trail to record read and write management events in every Region. A trail in us-east-1 must \
            include global service events; a multi-Region trail always does.
            """,
        references: [
            .prowler("cloudtrail_multi_region_enabled_logging_management_events"), .securityHub("CloudTrail.1"),
            .config("multi-region-cloudtrail-enabled"),
        ],
        sources: [
            "AWS CloudTrail User Guide: Logging management events",
            "AWS CloudTrail User Guide: Enabling and disabling global service event logging",
            "AWS CloudTrail API Reference: AdvancedFieldSelector",
        ],
        reads: [.regions, .trails, .trailStatus, .eventSelectors])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEachRegion { region throws(Unknown) in try judge(region, of: reading) }
    }

    private func judge(_ region: String, of reading: Reading) throws(Unknown) -> Judgement {
        let covering = reading.trails.filter { $0.covers(region) }
        let hasGlobalEvents = region == Self.regionOfGlobalEvents(reading.partition)
        var recorded = RecordedManagementEvents()
        /// Recorded management events of global services.
        var recordedGlobally = RecordedManagementEvents()
        var evidence = [Evidence("trailList", JSON(covering.map(\.trailARN)), from: .describeTrails)]
        for trail in covering {
            guard case .known(let status) = trail.status.state else { continue }
            evidence.append(
                Evidence("IsLogging", .bool(status.isLogging), from: .getTrailStatus).about(trail.trailARN))
            guard status.isLogging, case .known(let events) = trail.recordedManagementEvents.state else { continue }
            recorded.formUnion(events)
            evidence.append(
                Evidence("ManagementEvents", events.description, from: .getEventSelectors).about(trail.trailARN).at(""))
            guard hasGlobalEvents else { continue }
            if trail.includeGlobalServiceEvents == true { recordedGlobally.formUnion(events) }
            evidence.append(
                Evidence("IncludeGlobalServiceEvents", JSON(trail.includeGlobalServiceEvents), from: .describeTrails)
                    .about(trail.trailARN))
        }
        if recorded.isComplete && (!hasGlobalEvents || recordedGlobally.isComplete) {
            let without = recorded.excludedSources.sorted().joined(separator: ", ")
            return .pass(
                "Read and write management events are recorded" + (without.isEmpty ? "" : ", except \(without)"),
                evidence)
        }
        for trail in covering where try trail.status.value.isLogging {
            _ = try trail.recordedManagementEvents.value
            guard !hasGlobalEvents || trail.includeGlobalServiceEvents != nil else {
                throw Unknown(
                    .failed, call: Operation.describeTrails.description,
                    detail: "CloudTrail did not report whether \(trail.name) includes global service events")
            }
        }
        if let doubt = recorded.doubt { throw doubt }
        _ = try reading[.trails][region].value
        return .fail(
            recorded.isComplete ? recordedGlobally.shortcoming("of global services") : recorded.shortcoming("here"),
            evidence)
    }

    /// Returns the region in which events of global services are recorded.
    ///
    /// Source: AWS CloudTrail User Guide, "Enabling and disabling global service event logging"; for the other
    /// partitions, the region of IAM's endpoint: AWS General Reference, "AWS Identity and Access Management endpoints".
    private static func regionOfGlobalEvents(_ partition: String) -> String? {
        partition == Partition.awsChina.id ? "cn-north-1" : Partition.named(partition)?.globalRegion
    }
}

extension RecordedManagementEvents {
    fileprivate var description: JSON {
        .object([
            "reads": .bool(reads), "writes": .bool(writes),
            "ExcludeManagementEventSources": JSON(excludedSources.sorted()),
        ])
    }

    /// Returns the missing events as the message names them.
    fileprivate func shortcoming(_ place: String) -> String {
        let which =
            switch (reads, writes) {
            case (true, _): "write "
            case (_, true): "read "
            default: ""
            }
        guard !narrowing.isEmpty else { return "No logging trail records \(which)management events \(place)" }
        let fields = narrowing.sorted().joined(separator: ", ")
        return
            "No logging trail records all \(which)management events \(place) (narrowed by \(fields))"
    }
}
