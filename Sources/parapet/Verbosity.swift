import AWSClient
import ArgumentParser
import Reports
import Runs

/// How much is written to stderr.
struct Verbosity: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Show all findings, the number of API calls, and causes of errors.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Suppress progress and warnings.") var quiet = false
    @Flag(help: "Disable colored output (as with NO_COLOR set).") var noColor = false

    var isVerbose: Bool { verbose }

    /// How text is laid out on stdout.
    var text: TerminalText { Terminal.standardOutput.text(noColor: noColor) }

    func warn(_ texts: [String]) {
        guard !quiet else { return }
        for text in texts { Self.warn(text) }
    }

    /// Writes a warning, over the line of progress if there is one.
    @Sendable private static func warn(_ text: String) {
        let start = Terminal.standardError.isTerminal ? "\r\u{1B}[K" : ""
        Terminal.standardError.tell("\(start)warning: \(TerminalText.escaped(text))\n")
    }

    /// Does `work` in this process's environment, with progress on the terminal's stderr. With `--verbose`, retries and
    /// the number of calls are shown too.
    /// - Parameter work: is given what reports progress, if that is to be shown.
    func run<State: RunProgress, Value>(
        _ work: (RunEnvironment, ProgressReport<State>?) async throws -> Value
    ) async throws -> Value {
        var environment = RunEnvironment(.current(promptMFA: Terminal.askForMFACode))
        if !quiet { environment.warn = Self.warn }
        if verbose { environment.log(to: Terminal.standardError.tell) }
        defer { if verbose { environment.callLines.forEach { Terminal.standardError.tell($0 + "\n") } } }
        return try await Terminal.standardError.showingProgress(!quiet) { try await work(environment, $0) }
    }
}
