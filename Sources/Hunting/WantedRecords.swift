public import Analytics
public import LogReaders
public import Sigma

/// The records that a hunt needs to see, so that an engine can select them. A hunt over just these records raises the
/// same alerts as a hunt over all records.
public struct WantedRecords: Sendable {
    /// The rules, each of which needs the records that it matches.
    public var rules: [DetectionRule]
    /// The correlations that need only the records of large groups. Their rules are named by their places in ``rules``.
    public var groups: [GroupCount] = []
    /// The places in ``rules`` of the rules that need each of their records, whatever the groups.
    public var whole: Set<Int> = []
    /// The fields that each correlation reads of the records, by its title.
    public var correlated: [(title: String, fields: [String])] = []
    /// What the analytics need besides: the records that pass one of these; `nil` if they need every record.
    public var filters: [RecordFilter]?
    /// The records that the analytics also take as sums; `nil` for none. They must be handed over as ``RecordSums``.
    public var summable: Summable?
    /// The times of the wanted records, in seconds since 1970: `from` inclusive, `to` exclusive; `nil` for any.
    public var from: Int?
    public var to: Int?

    public init(rules: [DetectionRule], filters: [RecordFilter]? = [], from: Int? = nil, to: Int? = nil) {
        self.rules = rules
        self.filters = filters
        (self.from, self.to) = (from, to)
    }
}

/// The records that analytics take as sums over an hour.
public enum Summable: Sendable, Hashable {
    case flows(SummableFlows)
    case accesses(SummableAccesses)
}

extension Hunt {
    /// The records that this hunt needs.
    public var wanted: WantedRecords {
        var filters: [RecordFilter]?
        switch rules.source {
        case .cloudTrail:
            filters = settings.runsAnalytics ? CloudTrailHunt.analyticsFilters : []
            if learnsBuckets { filters? += TrailBuckets.filters }
        // Rates and distinct values need every record, single or summed.
        case .s3Access, .vpcFlow: filters = settings.runsAnalytics ? nil : []
        }
        var wanted = WantedRecords(
            rules: rules.detections.map { rules.collection.detections[$0] }, filters: filters, from: settings.from,
            to: settings.to)
        (wanted.groups, wanted.whole) = rules.groupCounts
        wanted.correlated = rules.correlatedFields
        guard settings.runsAnalytics else { return wanted }
        switch rules.source {
        case .cloudTrail: break
        case .s3Access: wanted.summable = .accesses(SummableAccesses(settings.access, now: settings.moment))
        case .vpcFlow: wanted.summable = .flows(SummableFlows(settings.flows))
        }
        return wanted
    }
}
