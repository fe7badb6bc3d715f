/// All rules of some files, with their references to each other looked up, and what could not be understood.
public struct RuleCollection: Sendable {
    public internal(set) var detections: [DetectionRule] = []
    /// Those that a correlation counts come before it.
    public internal(set) var correlations: [CorrelationRule] = []
    /// In the order of the files.
    public internal(set) var problems: [RuleProblem] = []
    /// For each of `detections`, whether its matches are alerts: those that correlations count are not, unless one of
    /// these says `generate`.
    public internal(set) var detectionAlerts: [Bool] = []
    /// The same for each of `correlations`.
    public internal(set) var correlationAlerts: [Bool] = []

    /// What each correlation says of the rules that it counts, also where it does not run itself.
    var silences: [Silence] = []
    /// By the file's name, the places in `detections` of the rules that its filters were applied to.
    var filtered: [String: Set<Int>] = [:]

    struct Silence {
        /// The name of the correlation's file.
        var file: String
        /// Whether the rules alert by themselves nevertheless.
        var generates: Bool
        var sources: [CorrelationRule.Source]
    }

    /// Reads rule files. What cannot be understood is left out and told in `problems`; the rest is read.
    /// - Parameters:
    ///   - files: names as they are to be shown, and YAML of one or several documents.
    ///   - others: rules that run too and give way: `files` mean their own rules by a name that both have, and a rule whose
    ///     id one of theirs has does not run.
    ///   - placeholders: what stands for `%name%` in values with the modifier `expand`.
    public init(
        parsing files: [(name: String, text: String)], beside others: [(name: String, text: String)] = [],
        placeholders: Placeholders = [:]
    ) {
        let all = others + files
        var intake = RuleIntake()
        for (number, file) in all.enumerated() { intake.read(file, number: number, placeholders) }
        intake.dropRepeated(firstOwnFile: others.count)
        problems = intake.problems
        bringTogether(intake, firstOwnFile: others.count)
        let order = Dictionary(all.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        problems.sort { (order[$0.file] ?? 0, $0.line) < (order[$1.file] ?? 0, $1.line) }
    }

    /// With no rules.
    init() {}
}
