import ArgumentParser
import Basics
import FoundationEssentials
import Posture
import Remediation
import Reports
import Runs

/// Plans, applies and undoes changes to an account.
struct FixCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fix",
        abstract: "Plan, apply and undo changes that make failing findings pass.",
        discussion: """
            A plan makes reading calls only. 'apply' takes a plan file: it looks at each target again before it changes \
            it, keeps a journal, and stops at the first step that cannot be done. A run that was killed goes on if its \
            plan is applied again. docs/fix.md says what each fix does.

            Examples:
              parapet fix plan --practice audit-trail --output plan.json
              parapet fix apply plan.json
              parapet fix undo RUN
            """,
        subcommands: [PlanFix.self, ApplyFix.self, UndoFix.self, ListFixes.self])
}

/// Plans fixes without changing anything.
struct PlanFix: Verb {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Plan fixes for failing findings; changes nothing.",
        discussion: """
            Exit codes: 0 nothing fails · 2 something fails, whether it is in the plan or not · 3 something could not be \
            determined.

            Examples:
              parapet fix plan --check cloudtrail-log-file-validation --output plan.json
              parapet fix plan --practice network-exposure --logs flow-logs/
              parapet fix plan --check vpc-flow-logs --as terraform
            """)

    @OptionGroup(title: "Checks") var selection: CheckOptions
    @OptionGroup(title: "Account") var accounts: LiveAccountOptions

    @Option(help: "ARN or ID of a resource to plan for; can be repeated. The default is every resource.")
    var resource: [String] = []

    @Option(
        name: .customLong("continue"),
        help: .value("run", "Plan what waits of this run instead, such as the deletion of a deactivated key."))
    var continuing: String?

    @Option(help: .value("folder", "Where journals are kept; the default is $XDG_STATE_HOME/parapet/fix."))
    var journal: String?

    @Option(
        help: .value(
            "place",
            "VPC flow logs that show who used the ports to close: a file, folder, pattern or s3://bucket/prefix."))
    var logs: [String] = []

    @Option(help: "A YAML file with thresholds and exceptions.") var config: String?
    @Option(
        name: .shortAndLong,
        help: .value(
            "file",
            """
            Write the plan, as JSON, in this file, which 'fix apply' takes; in .md as Markdown, in .txt as a table. - is \
            stdout. With --organization or several accounts, a folder for a plan of each account.
            """), completion: .file())
    var output: String?

    @Option(
        name: .shortAndLong,
        help: .value("name", "What is shown on stdout: table (the default), markdown or json."),
        completion: .formats(PlanReport.formats), transform: ArgumentValue.format("fix plan", PlanReport.formats))
    var format: Format?

    @Option(
        name: .customLong("as"),
        help: .value(
            "tool",
            "Show the changes for another tool: cli (AWS CLI commands), cloudformation (template), terraform (HCL)."))
    var tool: Tool?

    @Flag(
        name: .customLong("force-owned"),
        help: "Plan steps for resources that CloudFormation or Terraform owns, too.")
    var forceOwned = false

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    enum Tool: String, ExpressibleByArgument, CaseIterable { case cli, cloudformation, terraform }

    func validate() throws {
        _ = try accounts.selection()
        if tool != nil, format != nil {
            throw ValidationError("--as shows the changes for another tool: leave out --format")
        }
        if continuing != nil, !selection.isEmpty || !resource.isEmpty || !logs.isEmpty {
            throw ValidationError(
                "--continue plans what waits of its run: leave out --resource, --logs, and what selects checks")
        }
        guard isOfSeveral else {
            let destinations = try output.map { try PlanReport.destinations($0, format) }
            if tool != nil, destinations?.files.contains(where: { Format.inferred(fromName: $0) != .json }) == true {
                throw ValidationError("--as is shown on stdout: --output takes the plan, such as plan.json")
            }
            return
        }
        if output == "-" { throw ValidationError("--output takes a folder with --organization or several accounts") }
        if tool != nil || format == .json {
            throw ValidationError("--as and --format json show one account: use --output with --organization")
        }
        if continuing != nil { throw ValidationError("--continue plans the account of its run: leave out --account") }
    }

    /// Whether there can be a plan for more than one account.
    private var isOfSeveral: Bool { accounts.organization || Set(accounts.account.flatMap(\.self)).count > 1 }

    func perform() async throws -> ExitStatus {
        var run = FixPlanRun(try selection.selected())
        run.resources = resource
        run.isForced = forceOwned
        run.continuing = continuing
        run.journal = journal
        if !logs.isEmpty { run.flowLogs = try ArgumentValue.valid(try LogPlaces(logs)) }
        if let config { run.settings = try SettingsFile.read(config) }
        let accounts = try accounts.selection()
        guard isOfSeveral else {
            let sessions = try await FixPlanRun.sessions(of: accounts, in: verbosity.environment())
            run.session = sessions.first ?? accounts.session
            let destinations = try output.map { try PlanReport.destinations($0, format) }
            try destinations?.check()
            return try await show(run, in: destinations)
        }
        return try await planEach(accounts, run)
    }

    /// Plans each account. An account that cannot be read does not keep the others from being planned.
    private func planEach(_ accounts: AccountSelection, _ run: FixPlanRun) async throws -> ExitStatus {
        if let output { try Self.createFolder(output) }
        var statuses: [ExitStatus] = []
        for session in try await FixPlanRun.sessions(of: accounts, in: verbosity.environment()) {
            let account = session.member?.account ?? ""
            var run = run
            run.session = session
            do {
                statuses.append(
                    try await show(run, in: output.map { try PlanReport.destinations("\($0)/\(account).json") }))
            } catch let error as Failure {
                verbosity.warn(["account \(account) has no plan: \(error.description)"])
                statuses.append(.undetermined)
            }
        }
        return ExitStatus(
            found: statuses.contains(.found), undetermined: statuses.contains(.undetermined) || statuses.isEmpty)
    }

    private static func createFolder(_ path: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure(
                "the folder \(path) cannot be created", why: "\(error)", advice: "choose another with --output",
                cause: error)
        }
    }

    /// Writes the plan, and shows it on stdout unless it was written there.
    private func show(_ run: FixPlanRun, in destinations: Destinations?) async throws -> ExitStatus {
        let result = try await verbosity.run { try await run.run(in: $0, progress: $1) }
        let report = PlanReport(result.file)
        let isOnStdout = destinations?.files.isEmpty == true
        if tool == nil || !isOnStdout { try destinations?.write(report, verbosity) }
        verbosity.warn(result.warnings)
        let text: String =
            switch tool {
            case .cli: report.commands
            case .cloudformation: try report.code(in: .cloudformation)
            case .terraform: try report.code(in: .terraform)
            case nil: isOnStdout ? "" : report.rendered(format ?? .table, verbosity.text)
            }
        try Terminal.standardOutput.write(text)
        return result.exitStatus
    }
}

extension PlanReport {
    /// Returns the destination of a plan: its extension selects the format, which is JSON for any other.
    /// - Parameters:
    ///   - output: a file; `-` is stdout.
    ///   - shown: the format on stdout that the user gave.
    ///   - verb: the words on the command line.
    fileprivate static func destinations(
        _ output: String, _ shown: Format? = nil, of verb: String = "fix plan"
    ) throws -> Destinations {
        let formats = output == "-" ? [shown ?? .json] : []
        return try ArgumentValue.valid(
            try Destinations(of: verb, Self.formats, usual: .json, formats: formats, files: [output]))
    }
}

extension Destinations {
    fileprivate func write(_ report: PlanReport, _ verbosity: Verbosity) throws {
        try write(isPrivate: true, to: Terminal.standardOutput.write) { format, isOnStdout, pass in
            try pass(Array(report.rendered(format, isOnStdout ? verbosity.text : TerminalText()).utf8))
        }
    }
}

/// Options that applying and undoing share.
struct FixOptions: ParsableArguments {
    @Option(
        help: .value(
            "hash", "Apply without asking, if this is the hash of the plan, or at least its first 8 characters."))
    var yes: String?
    @Option(help: .value("number", "Largest number of steps in a plan."))
    var maxChanges = FixApplyRun.standardMaximumChanges

    @Option(help: .value("folder", "Where journals are kept; the default is $XDG_STATE_HOME/parapet/fix."))
    var journal: String?

    @Option(help: "A YAML file whose break-glass principals are left alone besides those of the plan.")
    var config: String?

    @Option(
        help: "What is shown on stdout: table or json.", transform: ArgumentValue.format("fix apply", [.table, .json]))
    var format = Format.table

    @OptionGroup(title: "Store") var store: StoreOptions

    func validate() throws {
        if maxChanges < 1 { throw ValidationError("--max-changes takes a number from 1 on") }
    }

    /// Applies a plan if the user agrees.
    func apply(_ file: PlanFile, _ session: SessionOptions, _ verbosity: Verbosity) async throws -> ExitStatus {
        if !file.plan.steps.isEmpty || file.plan.undoes != nil { try confirm(file, verbosity) }
        var run = FixApplyRun(file, session: session, journal: journal)
        run.maximumChanges = maxChanges
        if let config { run.breakGlass = try SettingsFile.read(config).breakGlass }
        let store = try store.opened()
        let titles = file.plan.steps.map(\.title)
        let isVerbose = verbosity.isVerbose
        let result: FixApplyRun.Result
        do {
            result = try await verbosity.run {
                [run] (environment: RunEnvironment, _: ProgressReport<ReadingProgress>?) in
                try await run.run(in: environment) { index, state in
                    guard isVerbose else { return }
                    Terminal.standardError.tell(
                        TerminalText.escaped("\(index + 1). \(titles[index]): \(state.rawValue)") + "\n")
                }
            }
        } catch {
            // A run that failed midway has changed something, too. Its own error matters more than the store's.
            try? store?.recordJournals(of: journal)
            throw error
        }
        try store?.recordJournals(of: journal)
        let report = FixResult(
            run: result.run, plan: result.plan, progress: result.progress, remaining: result.remaining)
        try Terminal.standardOutput.write(format == .json ? report.json : report.table(verbosity.text))
        return result.exitStatus
    }

    private func confirm(_ file: PlanFile, _ verbosity: Verbosity) throws {
        if let yes {
            guard yes.count >= 8, file.hash.hasPrefix(yes.lowercased()) else {
                throw ValidationError("--yes names another plan: the hash of this one is \(file.hash)")
            }
            return
        }
        guard Terminal.standardInput.isTerminal else {
            throw ValidationError(
                "there is no terminal to ask on; '--yes \(file.hash)' applies the plan without asking")
        }
        Terminal.standardError.tell(PlanReport(file).table(verbosity.text))
        Terminal.standardError.tell("Apply \(Figures.count(file.plan.steps.count, "step"))? Type yes: ")
        guard readLine() == "yes" else { throw CancellationError() }
    }
}

/// Applies a plan.
struct ApplyFix: Verb {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Apply a plan that 'fix plan' made.",
        discussion: """
            Exit codes: 0 every step is done and its findings pass · 1 a step was not allowed or failed · 2 a finding still \
            fails · 3 a finding could not be determined.

            Examples:
              parapet fix apply plan.json
              parapet fix apply plan.json --yes HASH --max-changes 20
            """)

    @Argument(help: "The plan's file.") var plan: String
    @OptionGroup(title: "Apply") var options: FixOptions
    @OptionGroup(title: "Account") var aws: AWSOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() async throws -> ExitStatus {
        try await options.apply(
            try PlanFile(parsing: try InputFile.bytes(plan), from: plan), aws.session, verbosity)
    }
}

/// Undoes a run.
struct UndoFix: Verb {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Undo a run of 'fix apply', the last step first.",
        discussion: """
            Exit codes: 0 every step is undone · 1 a step was not allowed or failed · 2 something of the run cannot be \
            undone, or stays because others use it, such as a bucket with objects.

            Examples:
              parapet fix list
              parapet fix undo RUN
              parapet fix undo RUN --yes HASH
            """)

    @Argument(help: "The run's name, or the beginning of it ('fix list' shows all).") var run: String
    @Option(
        name: .shortAndLong,
        help: .value(
            "file",
            """
            Write the plan that undoes the run in this file, and change nothing: as JSON, in .md as Markdown, in .txt as \
            a table. - is stdout.
            """), completion: .file())
    var output: String?
    @OptionGroup(title: "Apply") var options: FixOptions
    @OptionGroup(title: "Account") var aws: AWSOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws { _ = try output.map { try PlanReport.destinations($0, of: "fix undo") } }

    func perform() async throws -> ExitStatus {
        let destinations = try output.map { try PlanReport.destinations($0, of: "fix undo") }
        try destinations?.check()
        let undo = FixUndoRun(run, session: aws.session, journal: options.journal)
        let file = try await verbosity.run { (environment: RunEnvironment, _: ProgressReport<ReadingProgress>?) in
            try await undo.plan(in: environment)
        }
        guard let destinations else {
            guard file.plan.steps.isEmpty, !file.plan.leftOut.isEmpty else {
                return try await options.apply(file, aws.session, verbosity)
            }
            // A run of which nothing can be undone is not recorded as undone.
            try Terminal.standardOutput.write(PlanReport(file).table(verbosity.text))
            return .found
        }
        try destinations.write(PlanReport(file), verbosity)
        if !destinations.files.isEmpty { try Terminal.standardOutput.write(PlanReport(file).table(verbosity.text)) }
        return .clean
    }
}

/// Lists the applied runs.
struct ListFixes: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the runs of 'fix apply' and 'fix undo', and what waits to be finished.",
        discussion: """
            Exit codes: 0 the runs are listed · 1 a journal cannot be read.

            Examples:
              parapet fix list
              parapet fix plan --continue RUN --output plan.json
            """)

    @Option(help: .value("folder", "Where journals are kept; the default is $XDG_STATE_HOME/parapet/fix."))
    var journal: String?

    @Option(
        help: "What is shown on stdout: table or json.", transform: ArgumentValue.format("fix list", [.table, .json]))
    var format = Format.table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() throws -> ExitStatus {
        let list = FixList(try RecordedRuns.all(journal: journal))
        try Terminal.standardOutput.write(format == .json ? list.json : list.table(verbosity.text))
        return .clean
    }
}
