import AWSClient
import Basics
import Inventory
import Reports

extension ExitStatus {
    /// What the user is told of a command line that is not understood.
    /// - Parameter help: the command that explains the verb.
    public static func usageMessage(_ problem: String, help: String) -> String {
        let problem = problem.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let line = problem.hasPrefix("The ") ? problem.prefix(1).lowercased() + problem.dropFirst() : problem
        return "error: \(TerminalText.escaped(line)); see '\(help)'\n"
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
