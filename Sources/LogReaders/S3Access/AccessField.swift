/// The fields of a record of S3 server access logs, in their order (Amazon S3 User Guide: Amazon S3 server access log
/// format).
public enum AccessField: Int, Sendable, Hashable, CaseIterable {
    case bucketOwner, bucket, time, remoteIP, requester, requestID, operation, key
    case requestURI, status, errorCode, bytesSent, objectSize, totalTime, turnAroundTime
    case referrer, userAgent
    case versionID, hostID, signatureVersion, cipherSuite, authenticationType, hostHeader, tlsVersion
    case accessPointARN, aclRequired, sourceRegion

    /// The name that rules and reports use.
    public var name: String {
        switch self {
        case .bucketOwner: "bucket_owner"
        case .bucket: "bucket"
        case .time: "time"
        case .remoteIP: "remote_ip"
        case .requester: "requester"
        case .requestID: "request_id"
        case .operation: "operation"
        case .key: "key"
        case .requestURI: "request_uri"
        case .status: "status"
        case .errorCode: "error_code"
        case .bytesSent: "bytes_sent"
        case .objectSize: "object_size"
        case .totalTime: "total_time"
        case .turnAroundTime: "turn_around_time"
        case .referrer: "referrer"
        case .userAgent: "user_agent"
        case .versionID: "version_id"
        case .hostID: "host_id"
        case .signatureVersion: "signature_version"
        case .cipherSuite: "cipher_suite"
        case .authenticationType: "authentication_type"
        case .hostHeader: "host_header"
        case .tlsVersion: "tls_version"
        case .accessPointARN: "access_point_arn"
        case .aclRequired: "acl_required"
        case .sourceRegion: "source_region"
        }
    }

    /// Whether the field holds a number.
    var isNumber: Bool {
        switch self {
        case .status, .bytesSent, .objectSize, .totalTime, .turnAroundTime: true
        default: false
        }
    }

    /// The field of that name, however it is written: `bucket_owner`, `bucket-owner`, `BucketOwner`, and as the tables
    /// of AWS's Athena examples call it.
    public init?(named name: String) {
        guard let field = Self.names[FieldName.folded(name)] else { return nil }
        self = field
    }

    private static let names: [String: AccessField] = {
        var names = Dictionary(uniqueKeysWithValues: allCases.map { (FieldName.folded($0.name), $0) })
        names["bucketname"] = .bucket
        names["requestdatetime"] = .time
        names["httpstatus"] = .status
        names["sigv"] = .signatureVersion
        names["ciphersuite"] = .cipherSuite
        names["authtype"] = .authenticationType
        names["endpoint"] = .hostHeader
        names["referer"] = .referrer
        names["sourceip"] = .remoteIP
        return names
    }()
}

/// Normalizes field names.
enum FieldName {
    /// In lower case, without separators.
    static func folded(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }
}
