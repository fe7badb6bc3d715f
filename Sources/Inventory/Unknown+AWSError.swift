import AWSClient

extension Unknown {
    /// Creates the reason why a failed call leaves the fact unknown.
    init(_ error: AWSError) {
        let reason: Reason =
            if error.isAccessDenied {
                .accessDenied
            } else if error.isThrottling {
                .throttled
            } else if error.kind == .brokenPaging {
                .truncated
            } else if error.code == "NoSuchBucket" {
                .notFound
            } else {
                .failed
            }
        let code = error.code.map { "\($0): " } ?? ""
        self.init(
            reason, call: error.operation.description,
            permission: reason == .accessDenied ? error.operation.permission : nil,
            isExplicitlyDenied: error.denial?.isFinal ?? false, detail: code + error.message)
    }
}
