import Basics
import FoundationEssentials
public import Reports

#if canImport(Glibc)
    import Glibc
#endif

/// One of the process's standard streams.
public struct Terminal: Sendable {
    let descriptor: Int32

    public static let standardInput = Terminal(descriptor: 0)
    public static let standardOutput = Terminal(descriptor: 1)
    public static let standardError = Terminal(descriptor: 2)

    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// The width in columns: the terminal's own, else `COLUMNS`, else 80.
    private var width: Int {
        var size = winsize()
        if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 80
    }

    /// The text style for this stream: in color only on a terminal, and not if `NO_COLOR` is set.
    public func text(noColor: Bool) -> TerminalText {
        let environment = ProcessInfo.processInfo.environment
        let isColorWelcome = !noColor && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        return TerminalText(width: min(width, 120), usesColor: isTerminal && isColorWelcome)
    }

    /// Writes the whole of a result.
    /// - Throws: ``Failure`` if a part would be lost, as on a full disk; ``ClosedPipe`` if the reader closed the pipe.
    @Sendable public func write(_ bytes: [UInt8]) throws {
        try OutputFile.write(bytes, to: descriptor)
    }

    public func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Writes a message. An error on stderr is ignored.
    @Sendable public func tell(_ text: String) {
        _ = OutputFile.put(Array(text.utf8), to: descriptor)
    }

    /// Asks the user for the code of an MFA device.
    @Sendable public static func askForMFACode(_ serial: String) async throws -> String {
        let isAsked = standardInput.isTerminal
        if isAsked { standardError.tell("MFA code for \(TerminalText.escaped(serial)): ") }
        guard isAsked, let line = readLine(), !line.isEmpty else {
            throw InvalidInput("the MFA code requires a terminal")
        }
        return line
    }

    /// Runs `work` and shows its progress on one line if this is a terminal.
    /// - Parameter work: receives the function that reports progress, or `nil` if progress is not shown.
    public func showingProgress<State: RunProgress, Value>(
        _ isWelcome: Bool, _ work: (ProgressReport<State>?) async throws -> Value
    ) async throws -> Value {
        guard isTerminal, isWelcome else { return try await work(nil) }
        let start = ContinuousClock.now
        defer { tell("\r\u{1B}[K") }
        return try await work { tell("\r\u{1B}[K" + $0.line(after: start.duration(to: .now) / .seconds(1))) }
    }
}
