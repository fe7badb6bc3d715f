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
    /// - Throws: ``CommandFailure`` where there is none that can be understood.
    func load(_ configuration: HuntConfiguration) throws(CommandFailure) -> LoadedRules {
        var files = usesBuiltIn ? BuiltInRules.files : []
        for path in rules { files += try RuleFiles.read(path) }
        let placeholders = BuiltInRules.placeholders.merging(configuration.placeholders) { _, own in own }
        let collection = RuleCollection(parsing: files, placeholders: placeholders)
        let isEmpty = collection.detections.isEmpty && collection.correlations.isEmpty
        if isEmpty, let first = collection.problems.first {
            throw CommandFailure(
                "none of the rules can be used", why: "\(first)",
                advice: "mend the rules: 'parapet rules test FILE' tries one")
        }
        return LoadedRules(collection: collection)
    }

    /// - Throws: ``CommandFailure`` where nothing would be run.
    func checkUse(_ loaded: LoadedRules, _ hunt: Hunt) throws(CommandFailure) {
        guard hunt.alertRules.isEmpty else { return }
        throw CommandFailure(
            "nothing would be run",
            why: "none of the \(loaded.collection.detections.count) rules is for \(hunt.rules.source.rawValue)",
            advice: "choose other --rules, or add --built-in")
    }
}

struct LoadedRules {
    var collection: RuleCollection
    var problems: [RuleProblem] { collection.problems }
}

/// Rule files on disk.
enum RuleFiles {
    /// - Parameter path: a file, or a folder that is searched with all below it.
    /// - Throws: ``CommandFailure`` where there is nothing to read.
    static func read(_ path: String) throws(CommandFailure) -> [(name: String, text: String)] {
        var files: [(name: String, text: String)] = []
        for file in try names(path) { files.append((file, try InputFile.text(file))) }
        return files
    }

    /// In the order of their names.
    static func names(_ path: String) throws(CommandFailure) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("\(path) cannot be read", why: "there is no such file", advice: "check the path")
        }
        guard isFolder else { return [path] }
        guard let below = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
            throw CommandFailure("\(path) cannot be read", why: "the folder may not be read", advice: "check the path")
        }
        let found = below.filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.sorted()
        guard !found.isEmpty else {
            throw CommandFailure(
                "\(path) cannot be used", why: "there is no rule in it", advice: "rules are files named .yml or .yaml")
        }
        return found.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }
}
