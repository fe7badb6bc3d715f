public import FoundationEssentials

/// Inventory of one AWS account at one moment, limited to the facets that the chosen checks read. Facts are reached by
/// their facets: `account[.vpcs]`.
public struct Account: Sendable {
    /// The twelve-digit account ID.
    public var id: String
    /// `aws`, `aws-us-gov`, `aws-cn`, `aws-iso`, …
    public var partition: String
    /// Time of the reading. Ages are computed as of this time unless the user names another.
    public var readAt: Date
    /// Enabled regions that this reading leaves out because the user named others. Their contents are unknown.
    public var unreadRegions: Fact<[String]> = .known([])
    /// Reason why nothing of the account could be read; `nil` if the account was read.
    var unreadable: Unknown?
    /// Facts by the names of their facets.
    var facts: [String: StoredFact] = [:]

    /// - Parameter regions: the regions that this reading covers: the enabled ones, or the ones that the user named.
    public init(id: String, partition: String, readAt: Date, regions: Fact<[String]>) {
        self.id = id
        self.partition = partition
        self.readAt = readAt
        self[.regions] = regions
    }

    /// Creates an account of which nothing was read, for one reason: every check on it is then unknown.
    public init(unreadable id: String, partition: String, readAt: Date, because unknown: Unknown?) {
        self.id = id
        self.partition = partition
        self.readAt = readAt
        unreadable = unknown
    }

    /// Whether the reading left out enabled regions, or may have.
    public var hasUnreadRegions: Bool { unreadRegions != .known([]) }

    /// The facet's fact; ``Fact/notCollected`` if the facet was not read.
    public subscript<Value>(_ facet: FacetOf<Value>) -> Fact<Value> {
        get {
            (facts[facet.name]?.fact(of: facet) ?? unreadable.map(Fact.unknown) ?? .notCollected)
                .seen(through: facet.source)
        }
        set { facts[facet.name] = StoredFact(newValue) }
    }
}
