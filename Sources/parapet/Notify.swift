import ArgumentParser
import Notifiers
import Reports
import Runs

/// Tests notifiers, and shows and re-sends their messages.
struct NotifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify",
        abstract: "Test notifiers, and list and re-send their messages.",
        discussion: """
            docs/notify.md describes the notifiers and their settings.

            Examples:
              parapet notify test on-call --config parapet.yaml
              parapet notify list
              parapet notify retry on-call --send --config parapet.yaml
            """,
        subcommands: [TestNotifiers.self, ListMessages.self, RetryMessages.self])
}

/// Sends a test message through each notifier.
struct TestNotifiers: Verb {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a test message through notifiers.",
        discussion: """
            Exit codes: 0 every receiver accepted the message · 1 a receiver did not.

            Examples:
              parapet notify test --config parapet.yaml
              parapet notify test on-call security-channel --config parapet.yaml
            """)

    @Argument(help: "Names of notifiers; the default is all.") var name: [String] = []
    @Option(help: "The YAML file whose section notify names the notifiers.") var config: String
    @OptionGroup(title: "Account") var aws: AWSOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() async throws -> ExitStatus {
        let notifiers = try SettingsFile.configuration(config).notify.notifiers
        let run = try ArgumentValue.valid(try NotifyTestRun(notifiers, named: name, session: aws.session))
        let results = try await verbosity.run {
            (environment: RunEnvironment, _: ProgressReport<ReadingProgress>?) in
            try await run.run(in: environment)
        }
        // Lines of a notifier on stdout are for programs, so that the results go to stderr then.
        let isMixed = results.contains { $0.notifier.receiver.kind == .stdout }
        let text = MessageTestList(results).table(isMixed ? TerminalText() : verbosity.text)
        if isMixed { Terminal.standardError.tell(text) } else { try Terminal.standardOutput.write(text) }
        return results.contains { $0.problem != nil } ? .failed : .clean
    }
}

/// The store of the messages.
struct MessageOptions: ParsableArguments {
    @Option(help: .value("file", "The store; the default is $XDG_DATA_HOME/parapet/parapet.db.")) var db: String?
}

/// Lists messages.
struct ListMessages: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List messages that wait or could not be sent.",
        discussion: """
            Examples:
              parapet notify list
              parapet notify list on-call --all --limit 20
              parapet notify list --format json
            """)

    @Argument(help: "Names of notifiers; the default is all.") var name: [String] = []
    @Flag(help: "List sent and withdrawn messages too.") var all = false
    @Option(help: .value("number", "Largest number of messages to list.")) var limit = 100
    @OptionGroup var options: MessageOptions

    @Option(
        help: "What is shown on stdout: table or json.",
        transform: ArgumentValue.format("notify list", [.table, .json])
    )
    var format = Format.table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if !(1...1_000_000).contains(limit) { throw ValidationError("--limit takes a number from 1 to 1000000") }
    }

    func perform() async throws -> ExitStatus {
        let run = try NotifyListRun(db: options.db, notifiers: name)
        let list = try run.messages(isComplete: all, limit: limit)
        try Terminal.standardOutput.write(format == .json ? list.json : list.table(verbosity.text))
        return .clean
    }
}

/// Sends dead letters again.
struct RetryMessages: Verb {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Queue messages again that were given up.",
        discussion: """
            A running watch sends them; --send sends all that is due without one. Exit codes: 0 queued, or sent with \
            --send · 1 a message could not be sent.

            Examples:
              parapet notify retry on-call
              parapet notify retry --number 17 --send --config parapet.yaml
            """)

    @Argument(help: "Names of notifiers; the default is all.") var name: [String] = []
    @Option(help: .value("number", "Only the message with this number of 'notify list'.")) var number: Int64?
    @Flag(help: "Send what is due now, once; requires --config.") var send = false
    @Option(help: "The YAML file whose section notify names the notifiers.") var config: String?
    @OptionGroup var options: MessageOptions
    @OptionGroup(title: "Account") var aws: AWSOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if send != (config != nil) { throw ValidationError("--send and --config require each other") }
    }

    func perform() async throws -> ExitStatus {
        let list = try NotifyListRun(db: options.db, notifiers: name)
        let notify = try config.map { try SettingsFile.configuration($0).notify } ?? NotifyConfiguration()
        if send, let missing = name.first(where: { name in !notify.notifiers.contains { $0.name == name } }) {
            throw ValidationError("the configuration has no notifier '\(missing)', so that its messages cannot be sent")
        }
        let count = try list.retry(number: number)
        guard send else {
            try Terminal.standardOutput.write("\(count) message\(count == 1 ? "" : "s") queued again\n")
            return .clean
        }
        let session = aws.session
        let progress = try await verbosity.run {
            (environment: RunEnvironment, _: ProgressReport<ReadingProgress>?) in
            let run = try NotifyRun(
                notify.notifiers.filter { name.isEmpty || name.contains($0.name) }, link: notify.link,
                store: list.store, session: session, in: environment)
            return try await run.drainOnce()
        }
        Terminal.standardError.tell("\(progress.sent) sent, \(progress.failed) failed, \(progress.dead) given up\n")
        return progress.failed + progress.dead > 0 ? .failed : .clean
    }
}
