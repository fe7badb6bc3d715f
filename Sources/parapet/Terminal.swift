import Basics
import FoundationEssentials
import Reports
import Runs

#if canImport(Glibc)
    import Glibc
#endif

/// One of the process's standard streams.
struct Terminal {
    let descriptor: Int32

    static let standardInput = Terminal(descriptor: 0)
    static let standardOutput = Terminal(descriptor: 1)
    static let standardError = Terminal(descriptor: 2)

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// In columns: what the terminal says, else `COLUMNS`, else 80.
    private var width: Int {
        var size = winsize()
        if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 80
    }

    /// How text is laid out on this stream: in color on a terminal only, and not if `NO_COLOR` is set.
    func text(noColor: Bool) -> TerminalText {
        let environment = ProcessInfo.processInfo.environment
        let isColorWelcome = !noColor && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        return TerminalText(width: min(width, 120), usesColor: isTerminal && isColorWelcome)
    }

    /// Writes all of a result.
    /// - Throws: ``Failure`` if some of it would be lost, as on a full disk.
    func write(_ bytes: [UInt8]) throws(Failure) {
        try OutputFile.write(bytes, to: descriptor)
    }

    func write(_ text: String) throws(Failure) {
        try write(Array(text.utf8))
    }

    /// Writes a message. An error on stderr is ignored.
    @Sendable func tell(_ text: String) {
        _ = OutputFile.put(Array(text.utf8), to: descriptor)
    }

    /// Asks the user for the code of an MFA device.
    @Sendable static func askForMFACode(_ serial: String) async throws -> String {
        let isAsked = standardInput.isTerminal
        if isAsked { standardError.tell("MFA code for \(TerminalText.escaped(serial)): ") }
        guard isAsked, let line = readLine(), !line.isEmpty else {
            throw InvalidInput("the MFA code requires a terminal")
        }
        return line
    }
}
