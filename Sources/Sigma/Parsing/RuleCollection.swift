/// All rules of some files, with their references to each other resolved, and the problems of the files.
public struct RuleCollection: Sendable {
    public internal(set) var detections: [DetectionRule] = []
    /// A correlation comes after the correlations that it counts.
    public internal(set) var correlations: [CorrelationRule] = []
    /// In the order of the files.
    public internal(set) var problems: [RuleProblem] = []
    /// Whether the matches of each of `detections` are alerts. Matches of counted rules are not, unless a correlation
    /// says `generate`.
    public internal(set) var detectionAlerts: [Bool] = []
    /// The same for each of `correlations`.
    public internal(set) var correlationAlerts: [Bool] = []

    /// The rules that each correlation suppresses, even if it does not run itself.
    var suppressions: [Suppression] = []
    /// The places in `detections` of the rules that each file's filters were applied to, by the file's name.
    var filtered: [String: Set<Int>] = [:]

    struct Suppression {
        /// The name of the correlation's file.
        var file: String
        /// Whether the rules alert by themselves anyway (`generate`).
        var generates: Bool
        var sources: [CorrelationRule.Source]
    }

    /// Parses rule files. Invalid rules are reported in `problems`; the others are used.
    /// - Parameters:
    ///   - files: names for display, and YAML of one or several documents.
    ///   - others: rules that also run, with lower priority. If a name exists in both, references in `files` mean the
    ///     rule of `files`. A rule of `others` does not run if a rule of `files` has the same ID.
    ///   - placeholders: the values of `%name%` in values with the modifier `expand`.
    public init(
        parsing files: [(name: String, text: String)], beside others: [(name: String, text: String)] = [],
        placeholders: Placeholders = [:]
    ) {
        let all = others + files
        var parsed = ParsedRuleFiles()
        for (number, file) in all.enumerated() { parsed.read(file, number: number, placeholders) }
        parsed.dropRepeated(firstOwnFile: others.count)
        problems = parsed.problems
        resolveReferences(of: parsed, firstOwnFile: others.count)
        let order = Dictionary(all.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        problems.sort { (order[$0.file] ?? 0, $0.line) < (order[$1.file] ?? 0, $1.line) }
    }

    /// An empty collection.
    init() {}
}
