import AWSClient

/// Which events a trail records, in either of the two forms that CloudTrail has for saying so.
public struct EventSelectors: Sendable, Codable {
    public var basic: [EventSelector]
    public var advanced: [AdvancedEventSelector]

    public init(basic: [EventSelector] = [], advanced: [AdvancedEventSelector] = []) {
        self.basic = basic
        self.advanced = advanced
    }
}

/// A basic event selector.
public struct EventSelector: Sendable, Codable {
    public enum ReadWriteType: String, Sendable, Codable {
        case readOnly = "ReadOnly"
        case writeOnly = "WriteOnly"
        case all = "All"
    }

    public var readWriteType: ReadWriteType
    public var includesManagementEvents: Bool
    /// Services whose management events are left out: `kms.amazonaws.com`, `rdsdata.amazonaws.com`.
    public var excludedManagementEventSources: [String]

    public init(
        readWriteType: ReadWriteType, includesManagementEvents: Bool, excludedManagementEventSources: [String] = []
    ) {
        self.readWriteType = readWriteType
        self.includesManagementEvents = includesManagementEvents
        self.excludedManagementEventSources = excludedManagementEventSources
    }
}

/// An advanced event selector: all its field selectors must match.
public struct AdvancedEventSelector: Sendable, Codable {
    /// A name for people; it decides nothing.
    public var name: String?
    public var fieldSelectors: [FieldSelector]

    public init(name: String? = nil, fieldSelectors: [FieldSelector]) {
        self.name = name
        self.fieldSelectors = fieldSelectors
    }

    /// One condition on one field of the event, such as `eventCategory` or `readOnly`.
    public struct FieldSelector: Sendable, Codable {
        public var field: String
        public var equals: [String]
        public var notEquals: [String]
        public var startsWith: [String]
        public var notStartsWith: [String]
        public var endsWith: [String]
        public var notEndsWith: [String]

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
    public static let eventSelectors = FacetOf.each(
        "eventSelectors", of: [.trails], at: Account.trailPlaces,
        { trail, _ in CloudTrail.getEventSelectors(trail: trail) }
    ) { answers throws(Unknown) in
        try EventSelectors(try answers.only(.getEventSelectors))
    }
}

extension EventSelectors {
    /// - Throws: ``Unknown`` if nothing is stated, and for a kind of event that is not known: neither may be taken
    ///   for all events.
    fileprivate init(_ answer: GetEventSelectorsAnswer) throws(Unknown) {
        self.init()
        let stated = (answer.eventSelectors?.count ?? 0) + (answer.advancedEventSelectors?.count ?? 0)
        guard stated > 0 else {
            // CloudTrail states its defaults too.
            throw Unknown(
                .failed, call: Operation.getEventSelectors.description,
                detail: "the answer does not say which events are recorded")
        }
        for selector in answer.eventSelectors ?? [] {
            guard let type = EventSelector.ReadWriteType(rawValue: selector.readWriteType ?? "All") else {
                throw Unknown(
                    .failed, call: Operation.getEventSelectors.description,
                    detail: "an event selector is of the unknown type \(selector.readWriteType ?? "")")
            }
            // CloudTrail's defaults for members that are left out: all events, management events included.
            basic.append(
                EventSelector(
                    readWriteType: type, includesManagementEvents: selector.includeManagementEvents ?? true,
                    excludedManagementEventSources: selector.excludeManagementEventSources ?? []))
        }
        advanced = (answer.advancedEventSelectors ?? []).map { selector in
            AdvancedEventSelector(
                name: selector.name,
                fieldSelectors: selector.fieldSelectors.map { field in
                    .init(
                        field: field.field, equals: field.equals ?? [], notEquals: field.notEquals ?? [],
                        startsWith: field.startsWith ?? [], notStartsWith: field.notStartsWith ?? [],
                        endsWith: field.endsWith ?? [], notEndsWith: field.notEndsWith ?? [])
                })
        }
    }
}

extension EventSelectors: Sampled {
    /// All management events.
    public static var sample: EventSelectors {
        EventSelectors(basic: [EventSelector(readWriteType: .all, includesManagementEvents: true)])
    }
}
