import AWSClient
import Basics
import Reports

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
