/// The fields of a record of S3 server access logs, in their order (Amazon S3 User Guide: Amazon S3 server access log
/// format).
public enum AccessField: Int, Sendable, Hashable, CaseIterable {
    case bucketOwner, bucket, time, remoteIP, requester, requestID, operation, key
    case requestURI, status, errorCode, bytesSent, objectSize, totalTime, turnAroundTime
    case referrer, userAgent
    case versionID, hostID, signatureVersion, cipherSuite, authenticationType, hostHeader, tlsVersion
    case accessPointARN, aclRequired, sourceRegion

    /// The name that rules and reports use.
    public var name: String { Self.ownNames[rawValue] }

    private static let ownNames = [
        "bucket_owner", "bucket", "time", "remote_ip", "requester", "request_id", "operation", "key", "request_uri",
        "status", "error_code", "bytes_sent", "object_size", "total_time", "turn_around_time", "referrer", "user_agent",
        "version_id", "host_id", "signature_version", "cipher_suite", "authentication_type", "host_header",
        "tls_version", "access_point_arn", "acl_required", "source_region",
    ]

    /// Whether the field holds a number.
    var isNumber: Bool {
        switch self {
        case .status, .bytesSent, .objectSize, .totalTime, .turnAroundTime: true
        default: false
        }
    }

    /// The field with that name in any notation: `bucket_owner`, `bucket-owner`, `BucketOwner`, or as in the tables of
    /// AWS's Athena examples.
    public init?(named name: String) {
        guard let field = Self.names[FieldName.folded(name)] else { return nil }
        self = field
    }

    private static let names: [String: AccessField] = {
        let athena: [String: AccessField] = [
            "bucketname": .bucket, "requestdatetime": .time, "httpstatus": .status, "sigv": .signatureVersion,
            "ciphersuite": .cipherSuite, "authtype": .authenticationType, "endpoint": .hostHeader,
            "referer": .referrer, "sourceip": .remoteIP,
            // Names in CloudWatch Logs.
            "bucketownerid": .bucketOwner, "requesttime": .time, "objectkey": .key, "httpstatuscode": .status,
            "totaltimems": .totalTime, "turnaroundtimems": .turnAroundTime,
        ]
        return athena.merging(allCases.map { (FieldName.folded($0.name), $0) }) { athena, _ in athena }
    }()
}

/// Normalizes field names.
enum FieldName {
    /// In lower case, without separators.
    static func folded(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }
}
