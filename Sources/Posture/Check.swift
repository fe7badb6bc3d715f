public import Basics
public import Inventory

/// One condition that the account must meet: what it is, why it matters, and how it is evaluated.
///
/// A check is a pure function from a reading to verdicts with evidence. It makes no calls and has no other output. Its
/// examples are run as tests and printed by `parapet explain`.
public protocol Check: Sendable {
    var about: About { get }

    /// Small inventories with the status that the check must give them: at least one that passes, one that fails
    /// and one that is unknown.
    var examples: [Example] { get }

    /// - Throws: ``Inventory/Unknown`` if a fact that the whole evaluation depends on is unknown. The evaluator turns
    ///   the error into one `unknown` finding on the account.
    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict]
}

/// The description of a check, for people and for catalogues.
public struct About: Sendable {
    /// Parapet's own name for the check: lower case, words joined by hyphens; it never changes.
    public var id: String
    /// The state that the check requires, as one statement.
    public var title: String
    public var practice: Practice
    public var severity: Severity
    /// The possible consequences if the condition is not met.
    public var risk: String
    /// The rule by which the check decides, if the title does not say it all: what counts and what does not.
    public var judges: String
    /// The steps by which a person fixes a failing finding.
    public var remedy: String
    /// The same condition in other catalogues.
    public var references: [Reference]
    /// The titles of the pages of AWS's documentation that the rule rests on.
    public var sources: [String]
    /// The facets of the inventory that ``Check/evaluate(_:)`` reads.
    public var reads: Set<Facet>
    /// The settings that change the evaluation, by their name in the configuration file.
    public var settings: [String]
    /// The checks whose failure on a resource implies that this one fails on it too, so that reports show only theirs.
    public var impliedBy: Set<String>
    /// The reason why the check runs only if it is named, such as its cost; `nil` for a check of every scan.
    public var onRequest: String?

    public init(
        id: String, title: String, practice: Practice, severity: Severity, risk: String, judges: String = "",
        remedy: String, references: [Reference] = [], sources: [String] = [], reads: Set<Facet> = [],
        settings: [String] = [], impliedBy: Set<String> = [], onRequest: String? = nil
    ) {
        self.id = id
        self.title = title
        self.practice = practice
        self.severity = severity
        self.risk = risk
        self.judges = judges
        self.remedy = remedy
        self.references = references
        self.sources = sources
        self.reads = reads
        self.settings = settings
        self.impliedBy = impliedBy
        self.onRequest = onRequest
    }

    /// The same with more facets.
    func reading(_ facets: Set<Facet>) -> About {
        var about = self
        about.reads.formUnion(facets)
        return about
    }
}

/// A small inventory and the status that the check must find in it.
public struct Example: Sendable {
    /// The state that the inventory shows, as a short clause: `validation is off`.
    public var name: String
    public var status: Finding.Status
    public var account: Account
    public var criteria: Criteria

    /// An inventory in which every finding of the check passes.
    public static func passes(
        _ name: String, _ criteria: Criteria = .sample, _ build: (inout Account) -> Void
    ) -> Example {
        Example(name, .pass, criteria, build)
    }

    /// An inventory in which at least one finding of the check fails.
    public static func fails(
        _ name: String, _ criteria: Criteria = .sample, _ build: (inout Account) -> Void
    ) -> Example {
        Example(name, .fail, criteria, build)
    }

    /// An inventory in which a fact is missing, so that at least one finding is unknown and none passes because of it.
    public static func unknown(
        _ name: String, _ criteria: Criteria = .sample, _ build: (inout Account) -> Void
    ) -> Example {
        Example(name, .unknown, criteria, build)
    }

    private init(_ name: String, _ status: Finding.Status, _ criteria: Criteria, _ build: (inout Account) -> Void) {
        self.name = name
        self.status = status
        self.criteria = criteria
        account = .sample
        build(&account)
    }
}
