public import Basics
import FoundationEssentials
internal import Glibc
internal import Hunting
public import LogReaders
public import Sigma

/// The rules to run.
public struct RuleSelection: Sendable, Hashable {
    /// Sigma rule files, and folders that contain some at any depth; empty for the built-in rules.
    public var paths: [String]
    /// Whether the built-in rules and analytics run in addition to the rules in ``paths``.
    public var isBesideBuiltIn: Bool

    public init(paths: [String] = [], isBesideBuiltIn: Bool = false) {
        self.paths = paths
        self.isBesideBuiltIn = isBesideBuiltIn
    }

    public var usesBuiltIn: Bool { paths.isEmpty || isBesideBuiltIn }

    /// Reads the rules.
    /// - Parameter source: the type of log to hunt in, for which built-in rules are loaded; `nil` for all types.
    /// - Throws: ``Failure`` if no rule is valid, or a path cannot be read.
    public func load(
        _ configuration: HuntConfiguration = HuntConfiguration(), for source: LogSource? = nil
    ) throws(Failure) -> LoadedRules {
        var own = RuleFiles()
        for path in paths { try own.add(path) }
        let (files, builtIn) = (own.files, usesBuiltIn ? BuiltInRules.files(for: source) : [])
        let placeholders = configuration.allPlaceholders
        var loaded = LoadedRules(
            collection: RuleCollection(parsing: files, beside: builtIn, placeholders: placeholders),
            unreadable: own.unreadable, usesBuiltIn: usesBuiltIn)
        let naming = builtIn.filter { Self.namesTrailBuckets($0.text) }
        if !naming.isEmpty || files.contains(where: { Self.namesTrailBuckets($0.text) }) {
            // The user's rules are parsed again completely: a rule that replaces a built-in one need not name trail
            // buckets.
            loaded.ofBuckets = { names in
                RuleCollection(
                    parsing: files, beside: naming,
                    placeholders: placeholders.merging(["trail_buckets": names]) { _, learned in learned })
            }
        }
        let isEmpty = loaded.collection.detections.isEmpty && loaded.collection.correlations.isEmpty
        if isEmpty, let first = loaded.problems.first { throw LoadedRules.unusable(first) }
        return loaded
    }

    private static func namesTrailBuckets(_ text: String) -> Bool {
        // A search for bytes, because a search with the standard library in 170 files takes longer than all other work
        // before a hunt.
        text.withCString { strstr($0, "%trail_buckets%") != nil }
    }
}

public struct LoadedRules: Sendable {
    public var collection: RuleCollection
    /// Files that could not be read.
    public var unreadable: [RuleProblem] = []
    /// Whether the built-in rules are included, so that the built-in analytics run, too.
    public var usesBuiltIn = true
    /// Returns the rules that name trail buckets, for given bucket names; `nil` if no rule names them.
    var ofBuckets: Hunt.RulesOfBuckets?

    public var problems: [RuleProblem] { unreadable + collection.problems }

    /// Returns messages about the problems: the first ten and the number of the others, or all.
    public static func warnings(_ problems: [RuleProblem], isVerbose: Bool) -> [String] {
        let shown = problems.prefix(isVerbose ? problems.count : 10).map(\.description)
        let rest = problems.count - shown.count
        return rest > 0 ? shown + ["\(rest) more rules have problems (--verbose shows all)"] : shown
    }

    /// - Throws: ``Failure`` if no rule would run.
    func checkUse(_ hunt: Hunt) throws(Failure) {
        guard hunt.alertRules.isEmpty else { return }
        // A rule that a correlation counts does not alert itself, even if the correlation is invalid.
        if !hunt.rules.detections.isEmpty, let first = (problems + hunt.rules.problems).first {
            throw Self.unusable(first)
        }
        throw Failure(
            "no rule would run",
            why: "none of the \(collection.detections.count) rules is for \(hunt.rules.source.rawValue)",
            advice: "use other --rules, or add --built-in")
    }

    static func unusable(_ problem: RuleProblem) -> Failure {
        Failure(
            "none of the rules is valid", why: "\(problem)",
            advice: "fix the rules; 'parapet rules test FILE' checks them")
    }
}

extension HuntConfiguration {
    /// The built-in placeholders. The user's replace those with the same name.
    var allPlaceholders: Placeholders { BuiltInRules.placeholders.merging(placeholders) { _, own in own } }
}
