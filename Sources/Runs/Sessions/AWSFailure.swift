import AWSClient

extension Failure {
    /// A call of AWS that failed, in words for the user.
    init(_ what: String, _ error: AWSError) {
        let advice: String
        switch error.kind {
        case .credentials, .endpoint:
            self.init(told: error.message, cause: error)
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
        self.init(what, why: code + error.message, advice: advice, cause: error)
    }

    init(_ error: CredentialError) {
        self.init(error.what, why: error.why, advice: error.advice)
    }

    init(_ error: EndpointError) {
        self.init(error.what, why: error.why, advice: error.advice)
    }

    /// From an error that was already put in words: `what: why: advice`.
    private init(told message: String, cause: any Error) {
        let parts = message.split(separator: ": ", maxSplits: 2).map(String.init)
        self.init(
            parts.first ?? "no call can be made", why: parts.dropFirst().first ?? "the reason is not known",
            advice: parts.dropFirst(2).first ?? "check --profile, --region and --endpoint-url")
    }
}
