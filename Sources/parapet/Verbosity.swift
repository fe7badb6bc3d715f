import AWSClient
import ArgumentParser
import Reports
import Runs

/// The amount of output on stderr.
struct Verbosity: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Show all findings, the number of API calls, and causes of errors.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Suppress progress and warnings.") var quiet = false
    @Flag(help: "Disable colored output (as with NO_COLOR set).") var noColor = false

    var isVerbose: Bool { verbose }

    /// The text style for stdout.
    var text: TerminalText { Terminal.standardOutput.text(noColor: noColor) }

    func warn(_ texts: [String]) {
        guard !quiet else { return }
        for text in texts { Self.warn(text) }
    }

    /// Writes a warning. It replaces the progress line if there is one.
    @Sendable private static func warn(_ text: String) {
        let start = Terminal.standardError.isTerminal ? "\r\u{1B}[K" : ""
        Terminal.standardError.tell("\(start)warning: \(TerminalText.escaped(text))\n")
    }

    /// This process's environment.
    func environment() -> RunEnvironment {
        var environment = RunEnvironment(.current(promptMFA: Terminal.askForMFACode))
        if !quiet { environment.warn = Self.warn }
        if verbose { environment.log(to: Terminal.standardError.tell) }
        return environment
    }

    /// Runs `work` in this process's environment, with progress on stderr if that is a terminal. With `--verbose`,
    /// retries and the number of calls are shown too.
    /// - Parameter work: receives the function that reports progress, or `nil` if progress is not shown.
    func run<State: RunProgress, Value>(
        _ work: (RunEnvironment, ProgressReport<State>?) async throws -> Value
    ) async throws -> Value {
        let environment = environment()
        defer { if verbose { environment.callLines.forEach { Terminal.standardError.tell($0 + "\n") } } }
        return try await Terminal.standardError.showingProgress(!quiet) { try await work(environment, $0) }
    }
}
