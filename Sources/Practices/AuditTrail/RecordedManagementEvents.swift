import AWSClient
import Inventory

/// Which management events a trail's selectors record.
///
/// Source: AWS CloudTrail User Guide, "Logging management events" and "Filtering CloudTrail events by using advanced
/// event selectors".
struct RecordedManagementEvents: Hashable {
    var reads = false
    var writes = false
    /// Services whose events some selector leaves out. CloudTrail admits two: AWS KMS and the RDS Data API.
    var excludedSources: Set<String> = []
    /// A selector that is not understood, and may record more.
    var doubt: Unknown?

    var isComplete: Bool { reads && writes }

    /// What several selectors, or several trails, record together.
    mutating func formUnion(_ other: RecordedManagementEvents) {
        reads = reads || other.reads
        writes = writes || other.writes
        excludedSources.formUnion(other.excludedSources)
        doubt = doubt ?? other.doubt
    }

    init() {}

    /// - Throws: `Unknown` if there is no selector of either form. CloudTrail states one also for a trail that nobody
    ///   set any for, so that silence says nothing.
    init(_ selectors: EventSelectors) throws(Unknown) {
        guard !(selectors.eventSelectors.isEmpty && selectors.advancedEventSelectors.isEmpty) else {
            throw Unknown(
                .failed, call: Operation.getEventSelectors.description,
                detail: "CloudTrail did not say which events are recorded")
        }
        selectors.eventSelectors.forEach { formUnion(RecordedManagementEvents($0)) }
        selectors.advancedEventSelectors.forEach { formUnion(RecordedManagementEvents($0)) }
    }

    init(_ selector: EventSelector) {
        guard selector.includeManagementEvents ?? true else { return }
        let type = selector.readWriteType ?? "All"
        guard ["All", "ReadOnly", "WriteOnly"].contains(type) else {
            doubt = Unknown(
                .failed, call: Operation.getEventSelectors.description,
                detail: "an event selector is of the unknown type \(type)")
            return
        }
        reads = type != "WriteOnly"
        writes = type != "ReadOnly"
        excludedSources = Set(selector.excludeManagementEventSources)
    }

    /// Judged by its field selectors: the selector's name decides nothing. One that leaves out more than CloudTrail's
    /// two services records too little to count.
    init(_ selector: AdvancedEventSelector) {
        var recorded = RecordedManagementEvents()
        recorded.reads = true
        recorded.writes = true
        var isAboutManagementEvents = false
        for field in selector.fieldSelectors {
            switch field.field {
            case "eventCategory" where field.onlyEquals:
                isAboutManagementEvents = field.equals == ["Management"]
            case "readOnly" where field.onlyEquals:
                recorded.reads = recorded.reads && field.equals.contains("true")
                recorded.writes = recorded.writes && field.equals.contains("false")
            case "eventSource" where field.onlyNotEquals && Self.excludable.isSuperset(of: field.notEquals):
                recorded.excludedSources.formUnion(field.notEquals)
            default:
                return
            }
        }
        if isAboutManagementEvents { self = recorded }
    }

    private static let excludable: Set<String> = ["kms.amazonaws.com", "rdsdata.amazonaws.com"]
}

extension Trail {
    var recordedManagementEvents: Fact<RecordedManagementEvents> {
        eventSelectors.map { selectors throws(Unknown) in try RecordedManagementEvents(selectors) }
    }
}

extension AdvancedEventSelector.FieldSelector {
    fileprivate var onlyEquals: Bool { !equals.isEmpty && notEquals.isEmpty && hasNoPatterns }
    fileprivate var onlyNotEquals: Bool { equals.isEmpty && !notEquals.isEmpty && hasNoPatterns }

    private var hasNoPatterns: Bool {
        startsWith.isEmpty && notStartsWith.isEmpty && endsWith.isEmpty && notEndsWith.isEmpty
    }
}
