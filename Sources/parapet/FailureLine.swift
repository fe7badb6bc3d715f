import Basics
import AWSClient
import LogSources
import Reports
import Runs
import TrailIntegrity

extension Failure {
    /// The failure in one line, and with `--verbose` the errors behind it and AWS's request id. Ends with a line feed.
    func rendered(isVerbose: Bool) -> String {
        let line = "error: " + [what, why, advice].map(TerminalText.escaped).joined(separator: ": ")
        let details = isVerbose ? Self.details(of: cause) : []
        return ([line] + details.map { "  " + TerminalText.escaped($0) }).joined(separator: "\n") + "\n"
    }

    private static func details(of cause: (any Error)?) -> [String] {
        switch cause {
        case nil: []
        case let error as AWSError:
            ["cause: \(error)"] + (error.requestID.map { ["AWS request id: \($0)"] } ?? [])
        case let error as LogStoreError: error.details
        case let error as VerificationError: error.details
        case let error?: ["cause: \(error)"]
        }
    }
}
