import AWSClient
public import Basics
import Inventory
public import Posture
import Practices

/// The checks to run. Without filters these are all checks except those that run only on request, else the checks that
/// pass every filter. A check that runs only on request must be named by its ID: a practice or a framework does not
/// include it.
public struct CheckSelection: Sendable, Hashable {
    /// IDs of checks: Parapet's, or other tools' for the same condition, such as `securityhub:CloudTrail.4`.
    public var names: [String] = []
    public var practices: [Practice] = []
    /// The least severity.
    public var severity: Severity?
    /// A framework that references the check, such as `cis-3.0`.
    public var framework: String?
    /// Checks to exclude, named like ``names``.
    public var excluded: [String] = []
    /// Services whose data a check reads, such as `s3`; empty for all.
    public var services: Set<String> = []

    public init(
        names: [String] = [], practices: [Practice] = [], severity: Severity? = nil, framework: String? = nil
    ) {
        self.names = names
        self.practices = practices
        self.severity = severity
        self.framework = framework
    }

    /// Returns the checks in the catalogue's order, at least one.
    /// - Parameter onRequest: whether checks that run only on request are selected without being named.
    /// - Throws: ``InvalidInput`` if no check has a given name, with the nearest names; and if no check is left,
    ///   because a pipeline whose filters exclude each other would always pass.
    public func selected(withOnRequest onRequest: Bool = false) throws(InvalidInput) -> [any Check] {
        let index = CheckIndex(Catalogue.checks)
        var named: Set<String> = []
        for name in names { named.formUnion(try Self.checks(named: name, in: index).map(\.about.id)) }
        let takesAll = names.isEmpty && practices.isEmpty
        var checks = index.checks.filter { check in
            let about = check.about
            let isChosen = (onRequest || about.onRequest == nil) && (takesAll || practices.contains(about.practice))
            return (named.contains(about.id) || isChosen) && (severity.map { about.severity >= $0 } ?? true)
        }
        if let framework {
            let name = framework.lowercased()
            guard Self.frameworks.contains(name) else {
                throw InvalidInput(
                    "unknown framework '\(framework)'; available: \(Self.frameworks.joined(separator: ", "))")
            }
            checks.removeAll { !$0.about.names.contains { $0.framework == name } }
        }
        if !services.isEmpty { checks.removeAll { services.isDisjoint(with: $0.about.services) } }
        for name in excluded {
            let ids = try Self.ids(matching: name)
            checks.removeAll { ids.contains($0.about.id) }
        }
        guard !checks.isEmpty else {
            throw InvalidInput("no check matches these options ('parapet checks' lists all)")
        }
        return checks
    }

    /// Returns the checks with an ID of Parapet or of another tool.
    /// - Throws: ``InvalidInput`` with the nearest names if there is no such check.
    public static func checks(named name: String) throws(InvalidInput) -> [any Check] {
        try checks(named: name, in: CheckIndex(Catalogue.checks))
    }

    /// Explains to the user which fix resolves the failing findings of a check, or why there is none.
    public static func fix(of check: any Check) -> String { Fixes.explanation(for: check.about.id) }

    /// The commands by which a person resolves the failing findings of a check, in order.
    public static func commands(of check: any Check) -> [String] { RemedyCommands.of(check.about.id) }

    private static func checks(named name: String, in index: CheckIndex) throws(InvalidInput) -> [any Check] {
        do throws(UnknownCheck) {
            return try index.checks(named: name)
        } catch {
            if OtherCatalogues.hold(name) {
                throw InvalidInput("no check covers '\(name)' ('parapet checks' lists the covered ones)")
            }
            throw InvalidInput("\(error) ('parapet checks' lists all)")
        }
    }

    /// Returns the IDs of the checks that a text selects: by a check's own ID, by its ID in another catalogue, or by a
    /// pattern of either.
    /// - Throws: ``InvalidInput`` if there is no such check.
    static func ids(matching text: String) throws(InvalidInput) -> Set<String> {
        guard text.contains(where: { $0 == "*" || $0 == "?" }) else {
            return Set(try checks(named: text).map(\.about.id))
        }
        let pattern = WildcardPattern(text, ignoringCase: true)
        let found = Catalogue.checks.map(\.about).filter { about in
            pattern.matches(about.id) || about.names.contains { pattern.matches($0.description) }
        }
        if found.isEmpty { throw InvalidInput("no check matches '\(text)'") }
        return Set(found.map(\.id))
    }

    /// The IDs of all checks.
    public static let ids = Catalogue.checks.map(\.about.id)

    /// The services whose data checks read.
    public static let services = Set(Catalogue.checks.flatMap(\.about.services)).sorted()

    /// The frameworks that reference checks, such as `cis-3.0`, in alphabetical order.
    public static let frameworks = Set(Catalogue.checks.flatMap(\.about.names).map(\.framework)).sorted()
}

extension About {
    /// The services whose data the check reads, by the prefixes of their IAM actions.
    fileprivate var services: Set<String> {
        Set(reads.flatMap(\.operations).compactMap { $0.permission.split(separator: ":").first.map(String.init) })
    }
}
