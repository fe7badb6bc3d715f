public import Basics

/// Why a call gave no answer that can be used.
public struct AWSError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// AWS refused or failed, with its code (`AccessDenied`, `NoSuchBucketPolicy`) and HTTP status.
        case service(code: String, status: Int)
        /// No answer came.
        case transport(TransportError.Kind)
        /// An answer came that is not what the operation answers.
        case unreadableAnswer
        /// A page that is not the last has no token, or a token that was used before.
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
    /// The number of attempts.
    public var attempts: Int
    /// The reason for ``Kind/credentials`` and ``Kind/endpoint``, and what to do about it.
    public var cause: Failure?
    /// What the user can do about a ``Kind/transport(_:)``, if there is more to say than to check the network.
    public var advice: String?
    /// Whether the time that all calls had together was up: see ``Client/deadline``.
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

    /// AWS's error code, if AWS gave one.
    public var code: String? {
        guard case .service(let code, _) = kind else { return nil }
        return code
    }

    /// AWS's refusal of the call, or of the role that the call's credentials come from.
    public var refusal: AWSError { (cause?.cause as? AWSError) ?? self }

    /// The caller lacks a permission.
    public var isAccessDenied: Bool {
        guard let code else { return false }
        return ErrorCodes.accessDenied.contains(code)
    }

    /// AWS's reason for denying the call; `nil` if the call was not denied.
    public var denial: AccessDenial? { isAccessDenied ? AccessDenial(message) : nil }

    /// AWS went on refusing for too many calls.
    public var isThrottling: Bool {
        guard case .service(let code, let status) = kind else { return false }
        return status == 429 || ErrorCodes.throttling.contains(code)
    }

    /// AWS may have done what was asked, though it did not say so. The connection broke or timed out, the answer cannot
    /// be read, or the service failed (a status from 500 on proves no refusal, unless its code is one for too many
    /// calls). An error before anything was sent, and a refusal with a status from 400 to 499, leave no doubt;
    /// `RequestTimeout` has status 400 and is an exception.
    public var mayHaveTakenEffect: Bool {
        switch kind {
        case .service(let code, let status):
            !isThrottling && (status >= 500 || ErrorCodes.transient.contains(code))
        case .transport, .unreadableAnswer, .brokenPaging: true
        case .credentials, .endpoint: false
        }
    }

    /// The credentials themselves are refused: expired, unknown, or wrongly signed.
    public var isCredentialFailure: Bool {
        guard let code else { return kind == .credentials }
        return ErrorCodes.credentials.contains(code)
    }
}

extension AWSError: CustomStringConvertible {
    /// The failed operation, and AWS's reason in its own words.
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
    /// A policy forbids the call, so that allowing it elsewhere would not help.
    public var isExplicit: Bool
    /// The kind of policy that forbids the call or does not allow it, such as `service control policy`.
    public var policyType: String?

    /// - Parameter message: such as `User: … is not authorized to perform: … with an explicit deny in a service control
    ///   policy`, or `… because no identity-based policy allows the … action`.
    public init(_ message: String) {
        isExplicit = message.firstRange(of: "explicit deny") != nil
        let starts = ["explicit deny in a ", "explicit deny in an ", "because no "]
        guard let start = starts.lazy.compactMap({ message.firstRange(of: $0)?.upperBound }).first else { return }
        let rest = message[start...]
        let ends = [" allows", ":", ".", ","].compactMap { rest.firstRange(of: $0)?.lowerBound }
        policyType = String(rest[..<(ends.min() ?? rest.endIndex)])
    }
}

/// AWS's error codes by what they mean for the caller.
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
