import ArgumentParser
import Logging

/// How much is told on stderr.
struct Verbosity: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Show all findings, the number of API calls, and causes of errors.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Show neither progress nor warnings.")
    var quiet = false

    @Flag(name: .customLong("no-color"), help: "Use no colours (as with NO_COLOR set).")
    var noColor = false

    var isVerbose: Bool { verbose }

    /// Retries and the like, on stderr, with `--verbose` only.
    var logger: Logger {
        var logger = Logger(label: "parapet") { label in
            guard verbose else { return SwiftLogNoOpLogHandler() }
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .debug
            return handler
        }
        logger.logLevel = .debug
        return logger
    }

    func warn(_ text: String) {
        if !quiet { Terminal.standardError.write("warning: \(text)\n") }
    }
}
