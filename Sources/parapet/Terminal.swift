import FoundationEssentials
import Reports

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
    var width: Int {
        var size = winsize()
        if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 80
    }

    /// How text is laid out on this stream: colours on a terminal only, and not where `NO_COLOR` is set.
    func text(noColor: Bool) -> TerminalText {
        let environment = ProcessInfo.processInfo.environment
        let isColorWelcome = !noColor && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        return TerminalText(width: min(width, 120), usesColor: isTerminal && isColorWelcome)
    }

    /// Writes a result, all of it.
    /// - Throws: ``CommandFailure`` where something of it would be lost, as on a full disk.
    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        guard put(bytes) else {
            throw CommandFailure(
                "the result cannot be written", why: String(cString: strerror(errno)),
                advice: "choose another place with --output")
        }
    }

    func write(_ text: String) throws(CommandFailure) {
        try write(Array(text.utf8))
    }

    /// Writes a message; there is nobody to tell where that fails.
    func tell(_ text: String) {
        _ = put(Array(text.utf8))
    }

    private func put(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, written))
        }
        return true
    }
}
