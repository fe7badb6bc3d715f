import ArgumentParser
import Logging
import Reports

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
            return PlainLogHandler()
        }
        logger.logLevel = .debug
        return logger
    }

    func warn(_ text: String) {
        if !quiet { Terminal.standardError.tell("warning: \(TerminalText.escaped(text))\n") }
    }
}

/// One line on stderr for each message. What AWS says in them cannot move the cursor.
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
