import AWSClient
import Basics
import Inventory
import Posture

/// Management events are the changes to the account: a trail that leaves them out records nothing that counts.
struct ManagementEventsRecorded: Check {
    let about = About(
        id: "cloudtrail-management-events",
        title: "Read and write management events are recorded in every region",
        practice: .auditTrail,
        severity: .low,
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
        var evidence = [Evidence("trailList", JSON(covering.map(\.arn)), from: .describeTrails)]
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
        _ = try reading[.trails][region].value
        return .fail(recorded.shortcoming, evidence)
    }

    var examples: [Example] {
        [
            .passes("a basic selector records all management events") { $0.hold(trails: .sample) },
            .passes("an advanced selector says Management, whatever its name") {
                $0.hold(trails: recording(advanced: [selector("mine", [field("eventCategory", equals: "Management")])]))
            },
            .passes("one trail records reads, another writes") {
                $0.hold(
                    trails: recording(basic: .readOnly),
                    .sample(named: "east", in: "us-east-1") {
                        $0.eventSelectors = .known(EventSelectors(advanced: [writes]))
                    })
            },
            .passes("only AWS KMS events are left out") {
                $0.hold(
                    trails: recording(advanced: [
                        selector(
                            nil,
                            [
                                field("eventCategory", equals: "Management"),
                                .init(field: "eventSource", notEquals: ["kms.amazonaws.com"]),
                            ])
                    ]))
            },
            .fails("only writes are recorded") { $0.hold(trails: recording(basic: .writeOnly)) },
            .fails("a selector is named for management events and records data events") {
                $0.hold(
                    trails: recording(advanced: [
                        selector("Management events selector", [field("eventCategory", equals: "Data")])
                    ]))
            },
            .fails("the selector is narrowed to one service") {
                $0.hold(
                    trails: recording(advanced: [
                        selector(
                            nil,
                            [
                                field("eventCategory", equals: "Management"),
                                field("eventSource", equals: "iam.amazonaws.com"),
                            ])
                    ]))
            },
            .fails("the trail that records them is stopped") {
                $0.hold(trails: .sample { $0.status = .known(.stopped) })
            },
            .fails("no trail covers the region") { $0.holdNoTrails() },
            .unknown("CloudTrail states no selector of either form") { $0.hold(trails: recording()) },
            .unknown("the selectors cannot be read") {
                $0.hold(trails: .sample { $0.eventSelectors = .denied(.getEventSelectors) })
            },
            .unknown("whether the trail is logging cannot be read") {
                $0.hold(trails: .sample { $0.status = .denied(.getTrailStatus) })
            },
            .unknown("the trails cannot be listed") { $0[.trails]["us-east-1"] = .denied(.describeTrails) },
        ]
    }

    private func recording(
        basic: EventSelector.ReadWriteType? = nil, advanced: [AdvancedEventSelector] = []
    ) -> Trail {
        let basic = basic.map { [EventSelector(readWriteType: $0, includesManagementEvents: true)] } ?? []
        return .sample { $0.eventSelectors = .known(EventSelectors(basic: basic, advanced: advanced)) }
    }

    private var writes: AdvancedEventSelector {
        selector(nil, [field("eventCategory", equals: "Management"), field("readOnly", equals: "false")])
    }

    private func selector(
        _ name: String?, _ fields: [AdvancedEventSelector.FieldSelector]
    ) -> AdvancedEventSelector {
        AdvancedEventSelector(name: name, fieldSelectors: fields)
    }

    private func field(_ name: String, equals value: String) -> AdvancedEventSelector.FieldSelector {
        AdvancedEventSelector.FieldSelector(field: name, equals: [value])
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
