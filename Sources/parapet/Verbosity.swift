import AWSClient
import ArgumentParser
import Logging
import Reports
import Runs

/// How much is written to stderr.
struct Verbosity: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Show all findings, the number of API calls, and causes of errors.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Show neither progress nor warnings.") var quiet = false
    @Flag(help: "Use no colours (as with NO_COLOR set).") var noColor = false

    var isVerbose: Bool { verbose }

    /// How text is laid out on stdout.
    var text: TerminalText { Terminal.standardOutput.text(noColor: noColor) }

    func warn(_ texts: [String]) {
        guard !quiet else { return }
        for text in texts { Terminal.standardError.tell("warning: \(TerminalText.escaped(text))\n") }
    }

    /// Does `work` in this process's environment, with progress on the terminal's stderr. With `--verbose`, retries and
    /// the number of calls are shown too.
    /// - Parameter work: is given what reports progress, if that is to be shown.
    func run<State: RunProgress, Value>(
        _ work: (RunEnvironment, ProgressReport<State>?) async throws -> Value
    ) async throws -> Value {
        var environment = RunEnvironment(.current(promptMFA: Terminal.askForMFACode))
        if verbose {
            environment.logger = Logger(label: "parapet") { _ in PlainLogHandler() }
            environment.logger.logLevel = .debug
        }
        defer { if verbose { show(environment.calls) } }
        guard Terminal.standardError.isTerminal, !quiet else { return try await work(environment, nil) }
        let start = ContinuousClock.now
        defer { Terminal.standardError.tell("\r\u{1B}[K") }
        return try await work(environment) { state in
            Terminal.standardError.tell("\r\u{1B}[K" + state.line(after: start.duration(to: .now) / .seconds(1)))
        }
    }

    private func show(_ calls: CallLog) {
        guard calls.total > 0 else { return }
        for count in calls.all {
            let retries = count.retries > 0 ? " (\(count.retries) of them retries)" : ""
            Terminal.standardError.tell("\(count.calls) × \(count.operation)\(retries)\n")
        }
        Terminal.standardError.tell("\(calls.total) API calls\n")
    }
}

/// Writes one line on stderr for each message. Control characters in it are escaped, since AWS's words are in it.
private struct PlainLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        Terminal.standardError.tell(TerminalText.escaped("\(event.level): \(event.message)") + "\n")
    }
}
