import ArgumentParser
import Detection
import FoundationEssentials
import LogReaders

/// Which rules are run.
struct RuleSelection: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A Sigma rule file, or a folder with some at any depth; may be repeated. The default is Parapet's own.",
            valueName: "path"))
    var rules: [String] = []

    @Flag(name: .customLong("built-in"), help: "Run Parapet's own rules and analytics beside those of --rules.")
    var builtIn = false

    @Flag(name: .customLong("list-rules"), help: "List the rules and analytics instead of running them.")
    var listRules = false

    @Option(
        name: .customLong("explain-rule"),
        help: ArgumentHelp("Explain a rule or an analytic, by its id, name or title; may be repeated.", valueName: "id")
    )
    var explainRule: [String] = []

    func validate() throws {
        if listRules, !explainRule.isEmpty {
            throw ValidationError("--list-rules and --explain-rule exclude each other")
        }
    }

    /// Whether no log is read.
    var onlyTells: Bool { listRules || !explainRule.isEmpty }
    var usesBuiltIn: Bool { rules.isEmpty || builtIn }

    /// Reads the rules, also those that are for other logs.
    /// - Throws: ``CommandFailure`` where there is none that can be understood, or what the user names cannot be read.
    func load(_ configuration: HuntConfiguration) throws(CommandFailure) -> LoadedRules {
        var own = RuleFiles()
        for path in rules { try own.add(path) }
        let placeholders = BuiltInRules.placeholders.merging(configuration.placeholders) { _, own in own }
        let loaded = LoadedRules(
            collection: RuleCollection(
                parsing: own.files, beside: usesBuiltIn ? BuiltInRules.files : [], placeholders: placeholders),
            unreadable: own.unreadable)
        let isEmpty = loaded.collection.detections.isEmpty && loaded.collection.correlations.isEmpty
        if isEmpty, let first = loaded.problems.first { throw Self.unusable(first) }
        return loaded
    }

    /// - Throws: ``CommandFailure`` where nothing would be run.
    func checkUse(_ loaded: LoadedRules, _ hunt: Hunt) throws(CommandFailure) {
        guard hunt.alertRules.isEmpty else { return }
        // Rules that are counted by a correlation which is not understood are silent, though they are there.
        if !hunt.rules.detections.isEmpty, let first = (loaded.problems + hunt.rules.problems).first {
            throw Self.unusable(first)
        }
        throw CommandFailure(
            "nothing would be run",
            why: "none of the \(loaded.collection.detections.count) rules is for \(hunt.rules.source.rawValue)",
            advice: "choose other --rules, or add --built-in")
    }

    private static func unusable(_ problem: RuleProblem) -> CommandFailure {
        CommandFailure(
            "none of the rules can be used", why: "\(problem)",
            advice: "mend the rules: 'parapet rules test FILE' tries one")
    }
}

struct LoadedRules {
    var collection: RuleCollection
    /// Files that could not be read.
    var unreadable: [RuleProblem]
    var problems: [RuleProblem] { unreadable + collection.problems }
}
