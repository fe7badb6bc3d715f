public import Basics

/// One call of an operation, as a plain value: only a client sends it.
///
/// Reads and writes are different types, so that a scan, which has only reads, cannot send a ``WriteRequest``.
public protocol Request<Output>: Sendable {
    associatedtype Output: Decodable & Sendable

    var operation: Operation { get }
    /// The members of the input by their names on the wire. Parameters that the REST protocols put into path, query and
    /// headers are in ``binding`` instead.
    var parameters: [String: JSON] { get }
    var binding: RESTBinding { get }
    /// The allowed names of the answer's outermost element. It is set if the protocol is XML and another kind of answer
    /// could be mistaken for an empty one.
    var answerElements: [String] { get }
    /// Whether the answer can have several pages.
    var isPaged: Bool { get }
}

/// A call that changes no configuration and can be repeated as often as necessary.
///
/// `GenerateCredentialReport` and `GenerateServiceLastAccessedDetails` are reads too, because they only make AWS write
/// a report. So are `AssumeRole` and `CreateToken`, which return temporary credentials.
public struct ReadRequest<Output: Decodable & Sendable>: Request {
    public var operation: Operation
    public var parameters: [String: JSON]
    public var binding: RESTBinding
    public var answerElements: [String]
    /// How to request the next page; `nil` for an operation that returns everything at once.
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

/// A call that changes something. Only a ``WritingClient`` can send it.
public struct WriteRequest<Output: Decodable & Sendable>: Request {
    public var operation: Operation
    public var parameters: [String: JSON]
    public var binding: RESTBinding
    public var answerElements: [String]
    /// Whether sending the request twice has the same effect as sending it once, because it sets a value or has a
    /// client token. Only then is it sent again after an attempt with an unknown outcome.
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

/// A call that receives, acknowledges or sends a message, such as `ReceiveMessage` of Amazon SQS and `Publish` of Amazon
/// SNS, or that starts or stops a query. It changes no configuration, so a ``Client`` can send it.
public struct MessageRequest<Output: Decodable & Sendable>: Request {
    public var operation: Operation
    public var parameters: [String: JSON]
    public var binding: RESTBinding
    public var answerElements: [String]
    /// Whether sending the request twice has the same effect as sending it once. Only then is it sent again after an
    /// attempt with an unknown outcome.
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
    /// The bucket that the request addresses, in the host name or in the path, depending on the endpoint.
    public var bucket: String?
    /// The path below the bucket, not percent-encoded, without a leading slash.
    public var path: String
    public var query: [HTTPRequest.QueryItem]
    public var headers: [HTTPRequest.Header]
    /// The account in the host name of an S3 Control request.
    public var accountID: String?
    /// Whether the bucket is in the path whatever its name. Only then does S3 answer for buckets of other regions than
    /// the endpoint's.
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

/// How to request the next page of an operation with several pages.
public struct Paging<Output: Sendable>: Sendable {
    /// The input member, or the query item in the REST protocols, that takes the token.
    public var tokenParameter: String
    /// Returns whether the answer says in a separate member that more pages follow, as IAM does.
    public var isTruncated: @Sendable (Output) -> Bool
    /// Returns the token of the next page; `nil` on the last page.
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

/// An answer whose content is not used.
public struct EmptyAnswer: Decodable, Sendable {
    public init() {}
}
