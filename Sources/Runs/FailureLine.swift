import AWSClient
import Basics
import Inventory
import Reports

extension ExitStatus {
    /// Returns the message for an invalid command line.
    /// - Parameter help: the command that explains the verb.
    public static func usageMessage(_ problem: String, help: String) -> String {
        var problem = problem.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if problem.hasSuffix(".") { problem.removeLast() }
        // The parser's sentences begin with a capital. A name such as AWS keeps its own.
        if problem.dropFirst().first?.isLowercase == true {
            problem = problem.prefix(1).lowercased() + problem.dropFirst()
        }
        return "error: \(TerminalText.escaped(problem)) (see '\(help)')\n"
    }

    /// Returns the exit status and the message for an error that a run threw.
    /// - Returns: `nil` for an error that no run throws.
    public static func end(_ error: any Error, isVerbose: Bool) -> (status: ExitStatus, message: String)? {
        switch error {
        case let failure as Failure: (.failed, failure.rendered(isVerbose: isVerbose))
        case let unknown as Unknown:
            (.undetermined, "not determined: \(TerminalText.escaped(unknown.explanation))\n")
        case is CancellationError: (.interrupted, "")
        case is ClosedPipe: (.closedPipe, "")
        default: nil
        }
    }
}

extension Failure {
    /// Returns the failure in one line; with `--verbose` also its causes and AWS's request ID. Ends with a line feed.
    func rendered(isVerbose: Bool) -> String {
        let line = "error: " + [what, why, advice].map(TerminalText.escaped).joined(separator: ": ")
        let details = isVerbose ? causes.map { "  " + TerminalText.escaped($0) } : []
        return ([line] + details).joined(separator: "\n") + "\n"
    }

    private var causes: [String] {
        guard let cause else { return [] }
        let requestID = (cause as? AWSError)?.requestID.map { ["AWS request id: \($0)"] } ?? []
        return ["cause: \(cause)"] + requestID + ((cause as? Failure)?.causes ?? [])
    }
}
