public import Basics

/// Reason why a call returned no usable answer.
public struct AWSError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// AWS denied the call or failed, with its error code (`AccessDenied`, `NoSuchBucketPolicy`) and HTTP status.
        case service(code: String, status: Int)
        /// No answer arrived.
        case transport(TransportError.Kind)
        /// The answer is not of the operation's shape.
        case unreadableAnswer
        /// A page that is not the last one has no token, or repeats an earlier token.
        case brokenPaging
        /// No credentials.
        case credentials
        /// No endpoint.
        case endpoint
    }

    public var kind: Kind
    public var operation: Operation
    public var region: String
    public var message: String
    public var requestID: String?
    /// Number of attempts made.
    public var attempts: Int
    /// The reason for ``Kind/credentials`` and ``Kind/endpoint``, and what to do about it.
    public var cause: Failure?
    /// Action for the user after a ``Kind/transport(_:)`` error, if there is more to do than to check the network.
    public var advice: String?
    /// Whether the time limit for all calls was exceeded: see ``Client/deadline``.
    public var isLate: Bool

    public init(
        _ kind: Kind, _ operation: Operation, region: String, message: String, requestID: String? = nil,
        attempts: Int = 1, cause: Failure? = nil, advice: String? = nil, isLate: Bool = false
    ) {
        self.kind = kind
        self.operation = operation
        self.region = region
        self.message = message
        self.requestID = requestID
        self.attempts = attempts
        self.cause = cause
        self.advice = advice
        self.isLate = isLate
    }

    /// AWS's error code; `nil` if the error does not come from AWS.
    public var code: String? {
        guard case .service(let code, _) = kind else { return nil }
        return code
    }

    /// AWS's error for the call, or for assuming the role that the call's credentials come from.
    public var refusal: AWSError { (cause?.cause as? AWSError) ?? self }

    /// The caller lacks a permission.
    public var isAccessDenied: Bool {
        guard let code else { return false }
        return ErrorCodes.accessDenied.contains(code)
    }

    /// AWS's reason for denying the call; `nil` if the call was not denied.
    public var denial: AccessDenial? { isAccessDenied ? AccessDenial(message) : nil }

    /// Whether AWS throttled the call until the retries were used up.
    public var isThrottling: Bool {
        guard case .service(let code, let status) = kind else { return false }
        return status == 429 || ErrorCodes.throttling.contains(code)
    }

    /// Whether the call may have taken effect although AWS did not confirm it. This is so if the connection broke or
    /// timed out, if the answer cannot be read, or if the service failed (a status of 500 or higher does not prove that
    /// nothing was done, unless the code is a throttling code). An error before anything was sent, and a status from
    /// 400 to 499, prove that nothing was done; `RequestTimeout` has status 400 and is an exception.
    public var mayHaveTakenEffect: Bool {
        switch kind {
        case .service(let code, let status):
            !isThrottling && (status >= 500 || ErrorCodes.transient.contains(code))
        case .transport, .unreadableAnswer, .brokenPaging: true
        case .credentials, .endpoint: false
        }
    }

    /// Whether AWS rejected the credentials themselves: expired, unknown, or the signature is wrong.
    public var isCredentialFailure: Bool {
        guard let code else { return kind == .credentials }
        return ErrorCodes.credentials.contains(code)
    }
}

extension AWSError: CustomStringConvertible {
    /// The failed operation and AWS's own message.
    public var description: String {
        let code = code.map { "\($0): " } ?? ""
        let tries = attempts > 1 ? " (after \(attempts) attempts)" : ""
        return "\(operation) in \(region): \(code)\(message)\(tries)"
    }
}

/// The reason why a call was denied, if AWS names one.
///
/// Source: IAM User Guide, "Troubleshoot access denied error messages".
public struct AccessDenial: Sendable, Hashable {
    /// Whether a policy explicitly denies the call; an allow in another policy would then not help.
    public var isExplicit: Bool
    /// The type of policy that denies the call or does not allow it, such as `service control policy`.
    public var policyType: String?
    /// Whether no allow in the caller's own policies would help: a policy explicitly denies the call, or no policy of
    /// the organization allows it.
    ///
    /// Source: IAM User Guide, "Troubleshoot access denied error messages".
    public var isFinal: Bool { isExplicit || policyType?.hasSuffix("control policy") ?? false }

    /// - Parameter message: AWS's message, such as `User: … is not authorized to perform: … with an explicit deny in a
    ///   service control policy`, or `… because no identity-based policy allows the … action`.
    public init(_ message: String) {
        isExplicit = message.firstRange(of: "explicit deny") != nil
        let starts = ["explicit deny in a ", "explicit deny in an ", "because no "]
        guard let start = starts.lazy.compactMap({ message.firstRange(of: $0)?.upperBound }).first else { return }
        let rest = message[start...]
        let ends = [" allows", ":", ".", ","].compactMap { rest.firstRange(of: $0)?.lowerBound }
        policyType = String(rest[..<(ends.min() ?? rest.endIndex)])
    }
}

/// AWS's error codes, grouped by their meaning for the caller.
///
/// Sources: "Retry behavior" in the AWS SDKs and Tools Reference Guide for throttling; each service's "Common
/// Errors" page for the others.
enum ErrorCodes {
    static let throttling: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
        "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown",
        "PriorRequestNotComplete", "EC2ThrottledException",
    ]
    static let transient: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "InternalServerError",
        "InternalServerException", "ServiceUnavailable", "Unavailable", "KMSInternalException",
        "DependencyTimeoutException", "ServiceUnavailableException", "IDPCommunicationError",
    ]
    static let clockSkew: Set<String> = [
        "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException",
        "SignatureDoesNotMatch", "AuthFailure",
    ]
    static let expired: Set<String> = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]
    static let accessDenied: Set<String> = [
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized",
        "UnauthorizedAccess",
    ]
    static let credentials: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "InvalidAccessKeyId",
        "UnrecognizedClientException", "InvalidToken", "SignatureDoesNotMatch", "InvalidSignatureException",
        "AuthFailure", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
        "IncompleteSignature", "IncompleteSignatureException", "TokenRefreshRequired", "OptInRequired",
    ]
}
