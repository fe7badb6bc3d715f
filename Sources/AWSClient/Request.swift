/// One call of an operation, as a plain value: nothing is sent until a ``Client`` is given it.
public struct Request<Output: Decodable & Sendable>: Sendable {
    public var operation: Operation
    /// The members of the input by their names on the wire. What the REST protocols put in path, query and headers
    /// stands in ``binding`` instead.
    public var parameters: [String: JSONValue]
    public var binding: RESTBinding
    /// How the next page is asked for; `nil` for an operation that answers everything at once.
    public var paging: Paging<Output>?
    /// The names that the answer's outermost element may have, where the protocol is XML and an answer of another
    /// kind could be taken for an empty one.
    public var answerElements: [String]

    public init(
        _ operation: Operation, _ parameters: [String: JSONValue] = [:], binding: RESTBinding = RESTBinding(),
        paging: Paging<Output>? = nil, answerElements: [String] = []
    ) {
        self.operation = operation
        self.parameters = parameters
        self.binding = binding
        self.paging = paging
        self.answerElements = answerElements
    }
}

/// Where the REST protocols put what is asked.
public struct RESTBinding: Sendable {
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
    /// Whether the answer says that more follows, apart from the token: IAM has a member for that.
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
