import AWSClient
import Inventory

/// The management events that a trail's selectors record.
///
/// Source: AWS CloudTrail User Guide, "Logging management events" and "Filtering CloudTrail events by using advanced
/// event selectors".
struct RecordedManagementEvents: Hashable {
    /// The services whose read events are excluded; `nil` if no read events are recorded. CloudTrail allows excluding
    /// two: AWS KMS and the RDS Data API.
    var readsWithout: Set<String>?
    /// The services whose write events are excluded; `nil` if no write events are recorded.
    var writesWithout: Set<String>?
    /// Fields of the selectors that record some management events, but are too narrow to count.
    var narrowing: Set<String> = []
    /// Reason why a selector is not understood; it may record more.
    var doubt: Unknown?

    var reads: Bool { readsWithout != nil }
    var writes: Bool { writesWithout != nil }
    var isComplete: Bool { reads && writes }
    /// Services of which read or write events are excluded.
    var excludedSources: Set<String> { (readsWithout ?? []).union(writesWithout ?? []) }

    /// Adds the events of another selector or trail: one can record an event that the other excludes.
    mutating func formUnion(_ other: RecordedManagementEvents) {
        readsWithout = Self.together(readsWithout, other.readsWithout)
        writesWithout = Self.together(writesWithout, other.writesWithout)
        narrowing.formUnion(other.narrowing)
        doubt = doubt ?? other.doubt
    }

    private static func together(_ one: Set<String>?, _ other: Set<String>?) -> Set<String>? {
        guard let one, let other else { return one ?? other }
        return one.intersection(other)
    }

    init() {}

    /// - Throws: `Unknown` if there is no selector of either form. CloudTrail reports a default selector for every
    ///   trail, so an empty answer proves nothing.
    init(_ selectors: EventSelectors) throws(Unknown) {
        guard !(selectors.eventSelectors.isEmpty && selectors.advancedEventSelectors.isEmpty) else {
            throw Unknown(
                .failed, call: Operation.getEventSelectors.description,
                detail: "CloudTrail did not report which events are recorded")
        }
        selectors.eventSelectors.forEach { formUnion(RecordedManagementEvents($0)) }
        selectors.advancedEventSelectors.forEach { formUnion(RecordedManagementEvents($0)) }
    }

    /// Reads a basic selector. If it excludes other services than the two that CloudTrail documents, it does not count.
    init(_ selector: EventSelector) {
        let excluded = Set(selector.excludeManagementEventSources)
        guard selector.includeManagementEvents ?? true else { return }
        guard excluded.isSubset(of: Self.excludable) else {
            narrowing = ["ExcludeManagementEventSources"]
            return
        }
        let type = selector.readWriteType ?? "All"
        guard ["All", "ReadOnly", "WriteOnly"].contains(type) else {
            doubt = Unknown(
                .failed, call: Operation.getEventSelectors.description,
                detail: "an event selector has the unknown type \(type)")
            return
        }
        if type != "WriteOnly" { readsWithout = excluded }
        if type != "ReadOnly" { writesWithout = excluded }
    }

    /// Reads an advanced selector by its field selectors; its name has no effect. If it excludes other services than
    /// the two that CloudTrail documents, it does not count.
    init(_ selector: AdvancedEventSelector) {
        var reads = true
        var writes = true
        var excluded: Set<String> = []
        var isAboutManagementEvents = false
        for field in selector.fieldSelectors {
            switch field.field {
            case "eventCategory" where field.onlyEquals:
                isAboutManagementEvents = field.equals == ["Management"]
            case "readOnly" where field.onlyEquals:
                reads = reads && field.equals.contains("true")
                writes = writes && field.equals.contains("false")
            case "eventSource" where field.onlyNotEquals && Self.excludable.isSuperset(of: field.notEquals):
                excluded.formUnion(field.notEquals)
            default:
                narrowing.insert(field.field)
            }
        }
        guard isAboutManagementEvents else {
            narrowing = []
            return
        }
        guard narrowing.isEmpty else { return }
        if reads { readsWithout = excluded }
        if writes { writesWithout = excluded }
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
