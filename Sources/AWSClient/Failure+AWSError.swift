public import Basics

extension Failure {
    /// Creates the message for a failed call.
    /// - Parameter what: the failed action, such as `s3://bucket/key cannot be read`.
    public init(_ what: String, _ error: AWSError) {
        // Missing credentials and endpoints have their own messages.
        if let cause = error.cause {
            self = cause
            if self.cause == nil { self.cause = error }
            return
        }
        let advice =
            switch error.kind {
            case .service where error.isCredentialFailure:
                "get new credentials (for SSO: aws sso login), or choose others with --profile"
            case .service where error.isAccessDenied && error.operation == .getObject:
                "allow the caller s3:GetObject, and kms:Decrypt where the object is encrypted with a KMS key"
            case .service where error.isAccessDenied: "allow the caller \(error.operation.permission)"
            case .service(code: "NoSuchBucket", _): "check the name of the bucket"
            case .service(code: "InvalidObjectState", _): "restore it from its archive storage class first"
            case .transport: error.advice ?? "check the network, --region and --endpoint-url"
            default: "try again; --verbose shows more"
            }
        let code = error.code.map { "\($0), " } ?? ""
        self.init(what, why: code + error.message, advice: advice, cause: error)
    }
}
