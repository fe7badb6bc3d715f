public import FoundationEssentials

/// What one AWS account contained at one moment, as far as the chosen checks asked. Its facts are reached by their
/// facets: `account[.vpcs]`.
public struct Account: Sendable {
    /// The twelve digits.
    public var id: String
    /// `aws`, `aws-us-gov`, `aws-cn`, `aws-iso`, …
    public var partition: String
    /// When the account was read; ages are judged as of this moment unless the user names another.
    public var readAt: Date
    /// The enabled regions that this reading leaves out, because the user named others. What lies there is not known.
    public var unreadRegions: Fact<[String]> = .known([])
    /// Why nothing of the account could be read, if that is so.
    var unreadable: Unknown?
    /// By the names of their facets.
    var facts: [String: StoredFact] = [:]

    /// - Parameter regions: the regions that this reading covers: those that are enabled, or those that the user named.
    public init(id: String, partition: String, readAt: Date, regions: Fact<[String]>) {
        self.id = id
        self.partition = partition
        self.readAt = readAt
        self[.regions] = regions
    }

    /// An account of which nothing was read, for one reason: every check on it is then unknown.
    public init(unreadable id: String, partition: String, readAt: Date, because unknown: Unknown?) {
        self.id = id
        self.partition = partition
        self.readAt = readAt
        unreadable = unknown
    }

    /// Whether there are, or may be, enabled regions that were left out.
    public var hasUnreadRegions: Bool { unreadRegions != .known([]) }

    /// What is known of the facet; ``Fact/notCollected`` if it was not read.
    public subscript<Value>(_ facet: FacetOf<Value>) -> Fact<Value> {
        get {
            (facts[facet.name]?.fact(of: facet) ?? unreadable.map(Fact.unknown) ?? .notCollected)
                .seen(through: facet.source)
        }
        set { facts[facet.name] = StoredFact(newValue) }
    }
}
