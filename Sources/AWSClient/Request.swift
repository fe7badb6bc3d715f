public import Basics

/// One call of an operation, as a plain value: nothing is sent until a client is given it.
///
/// The two kinds are different types, so that what a scan holds cannot send a ``WriteRequest``.
public protocol Request<Output>: Sendable {
    associatedtype Output: Decodable & Sendable

    var operation: Operation { get }
    /// The members of the input by their names on the wire. What the REST protocols put in path, query and headers
    /// stands in ``binding`` instead.
    var parameters: [String: JSON] { get }
    var binding: RESTBinding { get }
    /// The names that the answer's outermost element may have, if the protocol is XML and an answer of another kind
    /// could be taken for an empty one.
    var answerElements: [String] { get }
    /// The answer may come in pages.
    var isPaged: Bool { get }
}

/// A call that changes no configuration, and may be sent as often as it takes.
///
/// `GenerateCredentialReport` and `GenerateServiceLastAccessedDetails` are reads too: they make AWS write a report
/// about what is there. So are `AssumeRole` and `CreateToken`, which hand out temporary credentials.
public struct ReadRequest<Output: Decodable & Sendable>: Request {
    public var operation: Operation
    public var parameters: [String: JSON]
    public var binding: RESTBinding
    public var answerElements: [String]
    /// How the next page is asked for; `nil` for an operation that answers everything at once.
    public var paging: Paging<Output>?

    public init(
        _ operation: Operation, _ parameters: [String: JSON] = [:], binding: RESTBinding = RESTBinding(),
        paging: Paging<Output>? = nil, answerElements: [String] = []
    ) {
        self.operation = operation
        self.parameters = parameters
        self.binding = binding
        self.paging = paging
        self.answerElements = answerElements
    }

    public var isPaged: Bool { paging != nil }
}

/// A call that changes something. Only a ``WritingClient`` sends it.
public struct WriteRequest<Output: Decodable & Sendable>: Request {
    public var operation: Operation
    public var parameters: [String: JSON]
    public var binding: RESTBinding
    public var answerElements: [String]
    /// Sending the request twice has the effect of sending it once: it sets a value, or it bears a client token. Only
    /// then is it sent again after an attempt whose outcome is not known.
    public var isIdempotent: Bool
    public var isPaged: Bool { false }

    public init(
        _ operation: Operation, _ parameters: [String: JSON] = [:], binding: RESTBinding = RESTBinding(),
        isIdempotent: Bool, answerElements: [String] = []
    ) {
        self.operation = operation
        self.parameters = parameters
        self.binding = binding
        self.isIdempotent = isIdempotent
        self.answerElements = answerElements
    }
}

/// The parts of a REST request: path, query and headers.
public struct RESTBinding: Sendable, Hashable {
    public var method: String
    /// The bucket that the request addresses, in the host name or the path as the endpoint wants it.
    public var bucket: String?
    /// Below the bucket, not yet encoded, without a leading slash.
    public var path: String
    public var query: [HTTPRequest.QueryItem]
    public var headers: [HTTPRequest.Header]
    /// Addressed to this account, which S3 Control names in its host.
    public var accountID: String?
    /// The bucket stands in the path whatever its name: the only way in which S3 answers for buckets of other
    /// regions than the one asked.
    public var isPathStyle: Bool

    public init(
        method: String = "GET", bucket: String? = nil, path: String = "", query: [HTTPRequest.QueryItem] = [],
        headers: [HTTPRequest.Header] = [], accountID: String? = nil, isPathStyle: Bool = false
    ) {
        self.method = method
        self.bucket = bucket
        self.path = path
        self.query = query
        self.headers = headers
        self.accountID = accountID
        self.isPathStyle = isPathStyle
    }
}

/// How an operation that answers in pages is asked for the next one.
public struct Paging<Output: Sendable>: Sendable {
    /// The input member, or for the REST protocols the query item, that takes the token.
    public var tokenParameter: String
    /// True if the answer has a member beside the token that says whether more follows, as IAM's has.
    public var isTruncated: @Sendable (Output) -> Bool
    /// The token of the page after this one; `nil` on the last.
    public var nextToken: @Sendable (Output) -> String?

    public init(
        _ tokenParameter: String, isTruncated: @escaping @Sendable (Output) -> Bool = { _ in false },
        _ nextToken: @escaping @Sendable (Output) -> String?
    ) {
        self.tokenParameter = tokenParameter
        self.isTruncated = isTruncated
        self.nextToken = nextToken
    }
}

/// An answer whose body is the value itself, such as the policy that `GetBucketPolicy` returns.
public struct TextAnswer: Decodable, Sendable {
    public var text: String

    public init(text: String) {
        self.text = text
    }
}

/// An answer that holds nothing that is used.
public struct EmptyAnswer: Decodable, Sendable {
    public init() {}
}
