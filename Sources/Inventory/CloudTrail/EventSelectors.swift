public import AWSClient

/// The events that a trail records, as basic or as advanced event selectors: a trail has one form or the other.
public struct EventSelectors: Sendable, Codable {
    @DefaultIfAbsent public var eventSelectors: [EventSelector]
    @DefaultIfAbsent public var advancedEventSelectors: [AdvancedEventSelector]

    public init(_ eventSelectors: [EventSelector] = [], advanced: [AdvancedEventSelector] = []) {
        self.eventSelectors = eventSelectors
        advancedEventSelectors = advanced
    }
}

/// A basic event selector.
public struct EventSelector: Sendable, Codable {
    /// `ReadOnly`, `WriteOnly` or `All`. If it is absent, CloudTrail's default is `All`.
    public var readWriteType: String?
    /// If it is absent, CloudTrail's default is `true`.
    public var includeManagementEvents: Bool?
    /// Services whose management events are excluded: `kms.amazonaws.com`, `rdsdata.amazonaws.com`.
    @DefaultIfAbsent public var excludeManagementEventSources: [String]

    public init(
        readWriteType: String? = nil, includeManagementEvents: Bool? = nil,
        excludeManagementEventSources: [String] = []
    ) {
        self.readWriteType = readWriteType
        self.includeManagementEvents = includeManagementEvents
        self.excludeManagementEventSources = excludeManagementEventSources
    }
}

/// An advanced event selector: all its field selectors must match.
public struct AdvancedEventSelector: Sendable, Codable {
    /// A descriptive name; it has no effect on what is recorded.
    public var name: String?
    public var fieldSelectors: [FieldSelector]

    public init(name: String? = nil, fieldSelectors: [FieldSelector]) {
        self.name = name
        self.fieldSelectors = fieldSelectors
    }

    /// One condition on one field of the event, such as `eventCategory` or `readOnly`.
    public struct FieldSelector: Sendable, Codable {
        public var field: String
        @DefaultIfAbsent public var equals: [String]
        @DefaultIfAbsent public var notEquals: [String]
        @DefaultIfAbsent public var startsWith: [String]
        @DefaultIfAbsent public var notStartsWith: [String]
        @DefaultIfAbsent public var endsWith: [String]
        @DefaultIfAbsent public var notEndsWith: [String]

        public init(
            field: String, equals: [String] = [], notEquals: [String] = [], startsWith: [String] = [],
            notStartsWith: [String] = [], endsWith: [String] = [], notEndsWith: [String] = []
        ) {
            self.field = field
            self.equals = equals
            self.notEquals = notEquals
            self.startsWith = startsWith
            self.notStartsWith = notStartsWith
            self.endsWith = endsWith
            self.notEndsWith = notEndsWith
        }
    }
}

extension Facet {
    public static let eventSelectors = FacetOf<ByName<EventSelectors>>.each(
        "eventSelectors", of: [.trails], at: Account.trailPlaces,
        { trail, _ in CloudTrail.getEventSelectors(trail: trail) }
    ) { answers throws(Unknown) in
        try answers.only(.getEventSelectors)
    }
}

extension EventSelectors: Sampled {
    /// All management events.
    public static var sample: EventSelectors {
        EventSelectors([EventSelector(readWriteType: "All", includeManagementEvents: true)])
    }
}
