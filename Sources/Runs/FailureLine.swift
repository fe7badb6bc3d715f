import AWSClient
import Basics
import Inventory
import Reports

extension ExitStatus {
    /// What the user is told of a command line that is not understood.
    /// - Parameter help: the command that explains the verb.
    public static func usageMessage(_ problem: String, help: String) -> String {
        var problem = problem.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if problem.hasSuffix(".") { problem.removeLast() }
        // A sentence of the parser's begins with a capital; a name such as AWS keeps it.
        if problem.dropFirst().first?.isLowercase == true {
            problem = problem.prefix(1).lowercased() + problem.dropFirst()
        }
        return "error: \(TerminalText.escaped(problem)) (see '\(help)')\n"
    }

    /// How a run ended that threw an error, and what the user is told.
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
    /// The failure in one line, and with `--verbose` the errors behind it and AWS's request id. Ends with a line feed.
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
