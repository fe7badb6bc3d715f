public import AWSClient

/// Tells from the wire which operation a request calls, as a server must, without knowing what the client meant.
public struct WireOperation: Hashable, Sendable, CustomStringConvertible {
    public enum Family: Sendable {
        case json, query, ec2, s3
    }

    public var service: String
    public var name: String
    public var region: String
    public var family: Family

    /// As `Operation.description` writes it.
    public var description: String { "\(service):\(name)" }

    /// `nil` for a request that is signed for nobody or asks for nothing known.
    public init?(_ request: HTTPRequest) {
        guard let scope = request[header: "Authorization"]?.split(separator: "/"), scope.count > 4 else { return nil }
        region = String(scope[2])
        service = String(scope[3])
        if let target = request[header: "X-Amz-Target"]?.split(separator: ".").last {
            name = String(target)
            family = .json
            return
        }
        let body = String(decoding: request.body, as: UTF8.self)
        if let action = body.split(separator: "&").first(where: { $0.hasPrefix("Action=") }) {
            name = String(action.dropFirst("Action=".count))
            family = service == "ec2" ? .ec2 : .query
            return
        }
        if service == "lambda", request.path.hasPrefix("/2015-03-31/functions") {
            name = "ListFunctions"
            family = .json
            return
        }
        guard service == "s3" else { return nil }
        family = .s3
        if request.path.contains("/v20180820/") {
            service = "s3control"
            name = "GetPublicAccessBlock"
            return
        }
        let names = [
            "location": "GetBucketLocation", "policy": "GetBucketPolicy", "acl": "GetBucketAcl",
            "publicAccessBlock": "GetPublicAccessBlock", "versioning": "GetBucketVersioning",
            "logging": "GetBucketLogging", "encryption": "GetBucketEncryption",
            "object-lock": "GetObjectLockConfiguration", "requestPayment": "GetBucketRequestPayment",
        ]
        name = request.query.compactMap { names[$0.name] }.first ?? "ListBuckets"
    }

    /// A refusal in the shape in which this operation's service refuses.
    public func refusal(_ code: String, status: Int, message: String = "refused by the test") -> HTTPResponse {
        switch family {
        case .json:
            .json(#"{"__type":"\#(code)","message":"\#(message)"}"#, status: status)
        case .query:
            .xml(
                "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>",
                status: status)
        case .ec2:
            .xml(
                "<Response><Errors><Error><Code>\(code)</Code><Message>\(message)</Message></Error></Errors></Response>",
                status: status)
        case .s3:
            .xml("<Error><Code>\(code)</Code><Message>\(message)</Message></Error>", status: status)
        }
    }

    /// What AWS says to a caller who lacks the permission.
    public var denial: HTTPResponse {
        switch family {
        case .json: refusal("AccessDeniedException", status: 400)
        case .ec2: refusal("UnauthorizedOperation", status: 403)
        case .query, .s3: refusal("AccessDenied", status: 403)
        }
    }
}
