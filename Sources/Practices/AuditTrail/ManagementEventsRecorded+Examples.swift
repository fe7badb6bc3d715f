import AWSClient
import Inventory
import Posture

extension ManagementEventsRecorded {
    var examples: [Example] {
        [
            .passes("a basic selector records all management events") { $0.hold(trails: .sample) },
            .passes("an advanced selector says Management, whatever its name") {
                $0.hold(trails: recording(advanced: [selector("mine", [field("eventCategory", equals: "Management")])]))
            },
            .passes("one trail records reads, another writes") {
                $0.hold(
                    trails: recording(basic: "ReadOnly"),
                    .sample(named: "east", in: "us-east-1") {
                        $0.eventSelectors = .known(EventSelectors(advanced: [writes]))
                    })
            },
            .passes("only AWS KMS events are excluded") {
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
            .passes("the trail of another Region excludes global service events") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.hold(trails: .sample(named: "east", in: "us-east-1"), local("eu-west-1"))
            },
            .fails("every Region has a trail of its own, and none includes global service events") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.hold(trails: local("us-east-1"), local("eu-west-1"))
            },
            .fails("the trail that includes global service events records writes only") {
                $0.hold(trails: local("us-east-1"), recording(basic: "WriteOnly"))
            },
            .unknown("CloudTrail does not say whether global service events are included") {
                $0.hold(trails: .sample { $0.includeGlobalServiceEvents = nil })
            },
            .fails("only writes are recorded") { $0.hold(trails: recording(basic: "WriteOnly")) },
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
            .fails("no trail covers the Region") { $0.holdNoTrails() },
            .passes("one selector is of an unknown type, and another records everything") {
                $0.hold(trails: recording(basic: "Everything", "All"))
            },
            .unknown("one selector is of an unknown type, and another records writes only") {
                $0.hold(trails: recording(basic: "Everything", "WriteOnly"))
            },
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

    /// A trail of one region, without the events of global services.
    private func local(_ region: String) -> Trail {
        .sample(named: region, in: region) { $0.includeGlobalServiceEvents = false }
    }

    private func recording(
        basic types: String..., advanced: [AdvancedEventSelector] = []
    ) -> Trail {
        let basic = types.map { EventSelector(readWriteType: $0, includeManagementEvents: true) }
        return .sample { $0.eventSelectors = .known(EventSelectors(basic, advanced: advanced)) }
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
