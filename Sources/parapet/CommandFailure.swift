import AWSClient
import Reports

/// The job could not be done: what failed, why, and what to do, in one line.
struct CommandFailure: Error {
    var what: String
    var why: String
    var advice: String
    /// Further lines for `--verbose`: the causes and the AWS request id.
    var details: [String] = []

    init(_ what: String, why: String, advice: String, details: [String] = []) {
        self.what = what
        self.why = why
        self.advice = advice
        self.details = details
    }

    /// With a line feed at its end; the details only where the user asked for them.
    var rendered: String {
        let line = "error: " + [what, why, advice].map(TerminalText.escaped).joined(separator: ": ")
        return ([line] + details.map { "  " + TerminalText.escaped($0) }).joined(separator: "\n") + "\n"
    }
}

extension CommandFailure {
    /// - Parameter verbose: whether the causes are told.
    init(_ what: String, _ error: AWSError, verbose: Bool) {
        let advice: String
        switch error.kind {
        case .credentials, .endpoint:
            // Their own words say what was tried and what to do.
            self.init(told: error.message)
            return
        case .service where error.isCredentialFailure:
            advice = "get new credentials (for SSO: aws sso login), or choose others with --profile"
        case .service where error.isAccessDenied:
            advice = "allow the caller \(error.operation.permission)"
        case .transport:
            advice = "check the network, --region and --endpoint-url"
        default:
            advice = "try again; --verbose shows more"
        }
        let code = error.code.map { "\($0), " } ?? ""
        var details: [String] = []
        if verbose {
            details.append("cause: \(error)")
            if let id = error.requestID { details.append("AWS request id: \(id)") }
        }
        self.init(what, why: code + error.message, advice: advice, details: details)
    }

    init(_ error: CredentialError) {
        self.init(error.what, why: error.why, advice: error.advice)
    }

    init(_ error: EndpointError) {
        self.init(error.what, why: error.why, advice: error.advice)
    }

    /// From an error that was already put in words: `what: why: advice`.
    private init(told message: String) {
        let parts = message.split(separator: ": ", maxSplits: 2).map(String.init)
        self.init(
            parts.first ?? "no call can be made", why: parts.dropFirst().first ?? "the reason is not known",
            advice: parts.dropFirst(2).first ?? "check --profile, --region and --endpoint-url")
    }
}
