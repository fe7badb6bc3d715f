import AWSClient
import Basics
import Inventory
import Posture

/// Management events are the changes to the account: a trail that leaves them out records nothing that counts.
struct ManagementEventsRecorded: Check {
    let about = About(
        id: "cloudtrail-management-events",
        title: "Read and write management events are recorded in every region",
        practice: .auditTrail, severity: .low,
        risk: """
            Who created a user, opened a port or listed every secret is a management event. Where reads or writes are \
            left out, half of an intrusion cannot be reconstructed.
            """,
        judges: """
            The logging trails that cover a region must together record reads and writes, by basic or advanced event \
            selectors. An advanced selector counts by its fields, never by its name; one that is narrowed by anything \
            but the exclusion of AWS KMS or RDS Data API events does not count. Those exclusions pass and are named in \
            the evidence.
            """,
        remedy: "Set the trail's management events to read and write, in every region.",
        references: [
            .prowler("cloudtrail_multi_region_enabled_logging_management_events"), .securityHub("CloudTrail.1"),
            .config("multi-region-cloudtrail-enabled"),
        ],
        sources: [
            "AWS CloudTrail User Guide: Logging management events",
            "AWS CloudTrail API Reference: AdvancedFieldSelector",
        ],
        reads: [.regions, .trails, .trailStatus, .eventSelectors])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEachRegion { region throws(Unknown) in try judge(region, of: reading) }
    }

    private func judge(_ region: String, of reading: Reading) throws(Unknown) -> Judgement {
        let covering = reading.trails.filter { $0.covers(region) }
        var recorded = RecordedManagementEvents()
        var evidence = [Evidence("trailList", JSON(covering.map(\.trailARN)), from: .describeTrails)]
        for trail in covering {
            guard case .known(let status) = trail.status.state else { continue }
            evidence.append(Evidence("IsLogging", .bool(status.isLogging), from: .getTrailStatus))
            guard status.isLogging, case .known(let events) = trail.recordedManagementEvents.state else { continue }
            recorded.formUnion(events)
            evidence.append(Evidence("ManagementEvents", events.description, from: .getEventSelectors))
        }
        if recorded.isComplete {
            let without = recorded.excludedSources.sorted().joined(separator: ", ")
            return .pass(
                "Read and write management events are recorded" + (without.isEmpty ? "" : ", without \(without)"),
                evidence)
        }
        for trail in covering where try trail.status.value.isLogging {
            _ = try trail.recordedManagementEvents.value
        }
        if let doubt = recorded.doubt { throw doubt }
        _ = try reading[.trails][region].value
        return .fail(recorded.shortcoming, evidence)
    }
}

extension RecordedManagementEvents {
    fileprivate var description: JSON {
        .object([
            "reads": .bool(reads), "writes": .bool(writes),
            "ExcludeManagementEventSources": JSON(excludedSources.sorted()),
        ])
    }

    /// What is missing, in words.
    fileprivate var shortcoming: String {
        switch (reads, writes) {
        case (true, _): "No logging trail records write management events here"
        case (_, true): "No logging trail records read management events here"
        default: "No logging trail records management events here"
        }
    }
}
