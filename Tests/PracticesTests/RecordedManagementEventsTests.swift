import Inventory
import Posture
import Testing

@testable import Practices

@Suite struct RecordedManagementEventsTests {
    @Test(
        "an advanced selector records what all its fields leave over",
        arguments: [
            ([management], "reads writes"),
            ([management, field("readOnly", equals: "true")], "reads"),
            ([management, field("readOnly", equals: "false")], "writes"),
            ([management, field("readOnly", equals: "true", "false")], "reads writes"),
            ([field("readOnly", equals: "true"), management], "reads"),
            (
                [management, .init(field: "eventSource", notEquals: ["kms.amazonaws.com"])],
                "reads writes kms.amazonaws.com"
            ),
            ([management, .init(field: "eventSource", notEquals: ["s3.amazonaws.com"])], ""),
            ([management, field("eventSource", equals: "iam.amazonaws.com")], ""),
            ([management, .init(field: "eventSource", notStartsWith: ["kms"])], ""),
            ([management, .init(field: "eventName", notEquals: ["Decrypt"])], ""),
            ([management, .init(field: "readOnly", startsWith: ["t"])], ""),
            ([field("eventCategory", equals: "Data")], ""),
            ([field("eventCategory", equals: "NetworkActivity")], ""),
            ([field("readOnly", equals: "true")], ""),
            ([], ""),
        ] as [([AdvancedEventSelector.FieldSelector], String)])
    func advanced(_ fields: [AdvancedEventSelector.FieldSelector], _ recorded: String) {
        let events = RecordedManagementEvents(AdvancedEventSelector(fieldSelectors: fields))
        #expect(text(of: events) == recorded)
    }

    @Test(
        "what narrows a selector is said, and it is not said that nothing is recorded",
        arguments: ["eventType", "sessionCredentialFromConsole"])
    func narrowed(_ field: String) throws {
        var account = Account.sample
        account.hold(
            trails: .sample {
                $0.eventSelectors = .known(
                    EventSelectors(advanced: [
                        AdvancedEventSelector(fieldSelectors: [
                            Self.management, Self.field(field, equals: "AwsApiCall"),
                        ])
                    ]))
            })
        let findings = try Catalogue.check("cloudtrail-management-events").findings(in: account)
        #expect(findings.contains { $0.status == .fail })
        for finding in findings where finding.status == .fail {
            #expect(finding.message.contains("all management events"))
            #expect(finding.message.contains("(narrowed by \(field))"))
        }
    }

    @Test(
        "a basic selector records by its type",
        arguments: [
            (EventSelector(readWriteType: "All", includeManagementEvents: true), "reads writes"),
            (EventSelector(), "reads writes"),
            (EventSelector(readWriteType: "ReadOnly", includeManagementEvents: true), "reads"),
            (EventSelector(readWriteType: "WriteOnly", includeManagementEvents: true), "writes"),
            (EventSelector(readWriteType: "All", includeManagementEvents: false), ""),
        ])
    func basic(_ selector: EventSelector, _ recorded: String) {
        #expect(text(of: RecordedManagementEvents(selector)) == recorded)
    }

    @Test("several selectors record together")
    func together() throws {
        let selectors = EventSelectors(advanced: [
            AdvancedEventSelector(fieldSelectors: [Self.management, Self.field("readOnly", equals: "true")]),
            AdvancedEventSelector(fieldSelectors: [Self.management, Self.field("readOnly", equals: "false")]),
        ])
        #expect(try RecordedManagementEvents(selectors).isComplete)
    }

    @Test("what one selector leaves out another may record")
    func exclusions() throws {
        func events(_ sources: [String], _ type: String = "All") -> EventSelector {
            EventSelector(readWriteType: type, excludeManagementEventSources: sources)
        }
        let (kms, data) = ("kms.amazonaws.com", "rdsdata.amazonaws.com")
        for (selectors, left) in [
            ([events([kms])], [kms]), ([events([kms]), events([])], []), ([events([kms]), events([data])], []),
            ([events([kms, data]), events([data])], [data]),
            ([events([kms]), events([], "ReadOnly")], [kms]),
            ([events([kms]), events([], "ReadOnly"), events([], "WriteOnly")], []),
        ] {
            #expect(try RecordedManagementEvents(EventSelectors(selectors)).excludedSources == Set(left))
        }
        #expect(try !RecordedManagementEvents(EventSelectors([events(["iam.amazonaws.com"])])).isComplete)
    }

    @Test("where CloudTrail states no selector, what is recorded is not known")
    func unset() {
        #expect(throws: Unknown.self) { try RecordedManagementEvents(EventSelectors()) }
    }

    @Test("a trail that states no selector spoils nothing where another records everything")
    func unsetBesideAnother() throws {
        var account = Account.sample
        account.hold(
            trails: .sample, .sample(named: "silent", in: "us-east-1") { $0.eventSelectors = .known(EventSelectors()) })
        let findings = try Catalogue.check("cloudtrail-management-events").findings(in: account)
        #expect(findings.map(\.status) == [.pass])
    }

    private static let management = field("eventCategory", equals: "Management")

    private static func field(_ name: String, equals values: String...) -> AdvancedEventSelector.FieldSelector {
        AdvancedEventSelector.FieldSelector(field: name, equals: values)
    }

    private func text(of events: RecordedManagementEvents) -> String {
        let parts = (events.reads ? ["reads"] : []) + (events.writes ? ["writes"] : [])
        return (parts + events.excludedSources.sorted()).joined(separator: " ")
    }
}
