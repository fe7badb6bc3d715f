import Reports

/// Asks a person for the code of an MFA device.
enum MFAPrompt {
    struct Unanswered: Error, CustomStringConvertible {
        var description: String { "there is no terminal to ask for the code" }
    }

    @Sendable static func ask(_ serial: String) async throws -> String {
        guard Terminal.standardInput.isTerminal else { throw Unanswered() }
        Terminal.standardError.tell("MFA code for \(TerminalText.escaped(serial)): ")
        guard let line = readLine(), !line.isEmpty else { throw Unanswered() }
        return line
    }
}
