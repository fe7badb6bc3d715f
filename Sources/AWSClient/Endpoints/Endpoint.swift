/// The address of a request, and the region and service that it is signed for.
public struct Endpoint: Sendable, Hashable {
    /// `http` or `https`.
    public var scheme: String
    /// A host name or address; an IPv6 address has brackets.
    public var host: String
    /// `nil` for the scheme's default port.
    public var port: Int?
    /// The path that all requests begin with: `/`, or the path of a custom endpoint, without a trailing slash.
    public var path: String
    public var signingRegion: String
    public var signingName: String
    /// Whether the user gave the address; otherwise it is derived from service and region.
    public var isCustom: Bool

    public init(
        scheme: String = "https", host: String, port: Int? = nil, path: String = "/", signingRegion: String,
        signingName: String, isCustom: Bool = false
    ) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.signingRegion = signingRegion
        self.signingName = signingName
        self.isCustom = isCustom
    }
}

/// The part of an S3 request that names the bucket.
public enum S3Addressing: Sendable, Hashable {
    /// `https://bucket.s3.REGION.amazonaws.com/key`
    case virtualHost
    /// `https://s3.REGION.amazonaws.com/bucket/key`
    case path
}

extension Endpoint {
    /// Returns the way to address the bucket: in the host name if possible. Two cases use the path. The host names of a
    /// custom endpoint may not resolve. A bucket that is not a single lower-case DNS label does not fit a host name:
    /// AWS's certificate does not cover names with further dots, and `_` and upper case (old buckets of us-east-1) are
    /// not valid there.
    public func addressing(of bucket: String) -> S3Addressing {
        guard !isCustom, (3...63).contains(bucket.utf8.count), bucket.utf8.first != UInt8(ascii: "-"),
            bucket.utf8.last != UInt8(ascii: "-")
        else { return .path }
        let fitsHostName = bucket.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        return fitsHostName ? .virtualHost : .path
    }
}
