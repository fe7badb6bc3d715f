import Basics
import Crypto
public import FoundationEssentials

/// AWS Signature Version 4 in the `Authorization` header.
///
/// Source: the AWS General Reference, "Create a signed AWS API request"; for S3's own rules the Amazon S3 API
/// Reference, "Authenticating Requests: Using the Authorization Header".
public struct RequestSigner: Sendable {
    public var credentials: Credentials
    public var region: String
    /// The service's signing name.
    public var service: String

    public init(credentials: Credentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// Returns `request` with the authentication headers: `X-Amz-Date` and `Authorization`; `X-Amz-Security-Token` for
    /// temporary credentials; `X-Amz-Content-SHA256` for S3.
    public func sign(_ request: HTTPRequest, at time: Date) -> HTTPRequest {
        var signed = request
        let timestamp = AmazonTimestamp(time)
        signed.headers.removeAll { Self.ownHeaders.contains($0.name.lowercased()) }
        signed.headers.append(.init("X-Amz-Date", timestamp.dateTime))
        if let token = credentials.sessionToken {
            signed.headers.append(.init("X-Amz-Security-Token", token))
        }
        if isS3 {
            signed.headers.append(.init("X-Amz-Content-SHA256", payloadHash(of: signed)))
        }
        let scope = "\(timestamp.date)/\(region)/\(service)/aws4_request"
        let canonical = canonicalRequest(signed)
        let stringToSign = stringToSign(canonical, scope: scope, timestamp: timestamp)
        let signature = hex(HMAC<SHA256>.authenticationCode(for: Array(stringToSign.utf8), using: key(on: timestamp)))
        let names = signedHeaders(of: signed).map(\.name).joined(separator: ";")
        signed.headers.append(
            .init(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
                    + "SignedHeaders=\(names), Signature=\(signature)"))
        return signed
    }

    func canonicalRequest(_ request: HTTPRequest) -> String {
        let headers = signedHeaders(of: request)
        return [
            request.method,
            canonicalPath(request.path),
            canonicalQuery(request.query),
            headers.map { "\($0.name):\($0.value)\n" }.joined(),
            headers.map(\.name).joined(separator: ";"),
            request[header: "X-Amz-Content-SHA256"] ?? payloadHash(of: request),
        ].joined(separator: "\n")
    }

    func stringToSign(_ canonicalRequest: String, scope: String, timestamp: AmazonTimestamp) -> String {
        ["AWS4-HMAC-SHA256", timestamp.dateTime, scope, hex(SHA256.hash(data: Array(canonicalRequest.utf8)))]
            .joined(separator: "\n")
    }

    private var isS3: Bool { service == "s3" }

    private static let ownHeaders: Set<String> = [
        "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "authorization",
    ]
    /// Headers that a proxy can change on the way, and that are therefore not signed.
    private static let unsignedHeaders: Set<String> = [
        "authorization", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    private func key(on timestamp: AmazonTimestamp) -> SymmetricKey {
        [timestamp.date, region, service, "aws4_request"].reduce(
            SymmetricKey(data: Array("AWS4\(credentials.secretAccessKey)".utf8))
        ) { key, part in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
    }

    private func payloadHash(of request: HTTPRequest) -> String {
        hex(SHA256.hash(data: request.body))
    }

    /// S3 signs the path as it is sent; every other service signs it normalized and encoded once more.
    private func canonicalPath(_ path: String) -> String {
        guard !isS3 else { return path.isEmpty ? "/" : path }
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        let trailing = path.hasSuffix("/") && !segments.isEmpty ? "/" : ""
        return "/" + PercentEncoding.encode(segments.joined(separator: "/"), keepingSlash: true) + trailing
    }

    private func canonicalQuery(_ query: [HTTPRequest.QueryItem]) -> String {
        query
            .map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    /// Returns the headers to sign: names in lower case and sorted, white space in values collapsed, repeated names
    /// joined.
    private func signedHeaders(of request: HTTPRequest) -> [HTTPRequest.Header] {
        var values: [String: [String]] = ["host": [request.authority]]
        for header in request.headers {
            let name = header.name.lowercased()
            guard name != "host", !Self.unsignedHeaders.contains(name) else { continue }
            let folded = header.value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            values[name, default: []].append(folded)
        }
        return values.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.joined(separator: ",")) }
    }

    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// A time in the format of signatures, `20260101T000000Z`, and its date alone.
struct AmazonTimestamp {
    let dateTime: String
    var date: String { String(dateTime.prefix(8)) }

    init(_ time: Date) {
        dateTime = time.rfc3339.filter { $0 != "-" && $0 != ":" }
    }
}
