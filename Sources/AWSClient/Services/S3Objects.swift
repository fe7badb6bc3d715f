extension Operation {
    public static let listObjectsV2 = Operation(.s3, "ListObjectsV2", permission: "s3:ListBucket")
    public static let getObject = Operation(.s3, "GetObject")
}

extension S3 {
    /// Where a bucket is, whoever owns it.
    public static func getBucketLocation(_ bucket: String) -> Request<BucketLocationAnswer> {
        Request(
            .getBucketLocation, binding: RESTBinding(bucket: bucket, query: [.init("location", "")]),
            answerElements: ["LocationConstraint"])
    }

    /// One page of the objects whose keys begin with `prefix`, in the order of the keys' UTF-8 bytes.
    /// - Parameters:
    ///   - delimiter: keys that have it after the prefix are answered once, as a common prefix.
    ///   - startAfter: only keys after this one, whether it exists or not.
    ///   - maximumKeys: at most 1000.
    public static func listObjects(
        _ bucket: String, prefix: String, delimiter: String? = nil, startAfter: String = "", maximumKeys: Int = 1000
    ) -> Request<ListObjectsAnswer> {
        var query: [HTTPRequest.QueryItem] = [
            .init("list-type", "2"), .init("prefix", prefix), .init("max-keys", String(maximumKeys)),
            // Without it a key with a control character would make the answer unreadable.
            .init("encoding-type", "url"),
        ]
        if let delimiter { query.append(.init("delimiter", delimiter)) }
        if !startAfter.isEmpty { query.append(.init("start-after", startAfter)) }
        return Request(
            .listObjectsV2, binding: RESTBinding(bucket: bucket, query: query),
            paging: Paging("continuation-token", isTruncated: { $0.isTruncated ?? false }) { $0.nextContinuationToken },
            answerElements: ["ListBucketResult"])
    }

    /// - Parameters:
    ///   - range: in bytes; the part of it that lies in the object is answered.
    ///   - eTag: S3 refuses where the object has another by now.
    public static func getObject(
        _ bucket: String, key: String, range: Range<Int>, eTag: String? = nil
    ) -> Request<ObjectAnswer> {
        var headers: [HTTPRequest.Header] = [.init("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
        if let eTag { headers.append(.init("If-Match", eTag)) }
        return Request(.getObject, binding: RESTBinding(bucket: bucket, path: key, headers: headers))
    }
}

public struct ListObjectsAnswer: Decodable, Sendable {
    public var isTruncated: Bool?
    public var nextContinuationToken: String?
    public var contents: Flattened<Object>
    public var commonPrefixes: Flattened<CommonPrefix>

    enum CodingKeys: String, CodingKey {
        case isTruncated = "IsTruncated"
        case nextContinuationToken = "NextContinuationToken"
        case contents = "Contents"
        case commonPrefixes = "CommonPrefixes"
    }

    public struct Object: Decodable, Sendable {
        public var key: EncodedKey
        /// In bytes.
        public var size: Int

        enum CodingKeys: String, CodingKey {
            case key = "Key"
            case size = "Size"
        }
    }

    public struct CommonPrefix: Decodable, Sendable {
        public var prefix: EncodedKey

        enum CodingKeys: String, CodingKey {
            case prefix = "Prefix"
        }
    }

    /// A key as the encoding type `url` writes it, decoded: percent-encoded, with `+` for a space.
    public struct EncodedKey: Decodable, Sendable {
        public var text: String

        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let encoded = try container.decode(String.self)
            guard let text = PercentEncoding.decode(encoded.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%20"))
            else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a key: \(encoded.prefix(80))")
            }
            self.text = text
        }
    }
}

/// An object's bytes, or a part of them, with what the headers say of it.
public struct ObjectAnswer: Decodable, Sendable {
    public var bytes: [UInt8]
    /// Of the whole object, in bytes.
    public var totalSize: Int
    /// The object's own metadata: names in lower case, without `x-amz-meta-`.
    public var metadata: [String: String]
    public var eTag: String

    /// - Throws: where the headers do not say how long the whole object is.
    init(_ response: HTTPResponse) throws {
        bytes = response.body
        eTag = response[header: "ETag"] ?? ""
        if response.status == 206 {
            // bytes 0-99/12345
            guard let total = response[header: "Content-Range"]?.split(separator: "/").last.flatMap({ Int($0) }) else {
                throw AnswerError(description: "a part of an object without a Content-Range")
            }
            totalSize = total
        } else {
            totalSize = response.body.count
        }
        metadata = Dictionary(
            response.headers.compactMap { header in
                let name = header.name.lowercased()
                return name.hasPrefix("x-amz-meta-") ? (String(name.dropFirst("x-amz-meta-".count)), header.value) : nil
            }
        ) { first, _ in first }
    }

    public init(from decoder: any Decoder) throws {
        throw AnswerError(description: "an object is no structured answer")
    }
}
