public import Basics
import FoundationEssentials
internal import Glibc
internal import Hunting
public import LogReaders
public import Sigma

/// Which rules are run.
public struct RuleSelection: Sendable, Hashable {
    /// Sigma rule files, and folders with some at any depth; empty for the built-in rules.
    public var paths: [String]
    /// Whether the built-in rules and analytics are run beside those of ``paths``.
    public var isBesideBuiltIn: Bool

    public init(paths: [String] = [], isBesideBuiltIn: Bool = false) {
        self.paths = paths
        self.isBesideBuiltIn = isBesideBuiltIn
    }

    public var usesBuiltIn: Bool { paths.isEmpty || isBesideBuiltIn }

    /// Reads the rules.
    /// - Parameter source: the log that is hunted in; the built-in rules for others are left out. `nil` for all.
    /// - Throws: ``Failure`` if none is understood, or what the user names cannot be read.
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
            // The user's own rules in full: one that replaces a built-in rule need not name trail buckets.
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
        // By bytes: the library's search in 170 files takes longer than everything else before a hunt.
        text.withCString { strstr($0, "%trail_buckets%") != nil }
    }
}

public struct LoadedRules: Sendable {
    public var collection: RuleCollection
    /// Files that could not be read.
    public var unreadable: [RuleProblem] = []
    /// Whether the built-in rules are among them, and the built-in analytics are run with them.
    public var usesBuiltIn = true
    /// Makes the rules that name trail buckets, given the names of some; `nil` if none does.
    var ofBuckets: Hunt.RulesOfBuckets?

    public var problems: [RuleProblem] { unreadable + collection.problems }

    /// Names the problems: a few and how many more there are, or all.
    public static func warnings(_ problems: [RuleProblem], isVerbose: Bool) -> [String] {
        let shown = problems.prefix(isVerbose ? problems.count : 10).map(\.description)
        let rest = problems.count - shown.count
        return rest > 0 ? shown + ["\(rest) more rules have problems (--verbose shows all)"] : shown
    }

    /// - Throws: ``Failure`` if nothing would be run.
    func checkUse(_ hunt: Hunt) throws(Failure) {
        guard hunt.alertRules.isEmpty else { return }
        // A rule is silent if a correlation counts it, even one that is not understood.
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
    /// The built-in placeholders, with the user's in place of those of the same name.
    var allPlaceholders: Placeholders { BuiltInRules.placeholders.merging(placeholders) { _, own in own } }
}
