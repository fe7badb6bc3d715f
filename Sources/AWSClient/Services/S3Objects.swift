import Basics

extension Operation {
    public static let listObjectsV2 = Operation(.s3, "ListObjectsV2", permission: "s3:ListBucket", quota: "s3-objects")
    public static let getObject = Operation(.s3, "GetObject", quota: "s3-objects")
}

extension S3 {
    /// Returns one page of the objects whose keys begin with `prefix`, in the order of the keys' UTF-8 bytes.
    /// - Parameters:
    ///   - delimiter: keys that contain it after the prefix are combined into one common prefix.
    ///   - startAfter: returns only keys after this one, which need not exist.
    ///   - maximumKeys: at most 1000.
    public static func listObjects(
        _ bucket: String, prefix: String, delimiter: String? = nil, startAfter: String = "", maximumKeys: Int = 1000
    ) -> ReadRequest<ListObjectsAnswer> {
        var query: [HTTPRequest.QueryItem] = [
            .init("list-type", "2"), .init("prefix", prefix), .init("max-keys", String(maximumKeys)),
            // Without it, a key with a control character would make the answer invalid XML.
            .init("encoding-type", "url"),
        ]
        if let delimiter { query.append(.init("delimiter", delimiter)) }
        if !startAfter.isEmpty { query.append(.init("start-after", startAfter)) }
        return ReadRequest(
            .listObjectsV2, binding: RESTBinding(bucket: bucket, query: query),
            paging: Paging("continuation-token", isTruncated: \.isTruncated) { $0.nextContinuationToken },
            answerElements: ["ListBucketResult"])
    }

    /// - Parameters:
    ///   - range: the byte range; the answer has the part of it that lies in the object.
    ///   - eTag: the expected ETag; S3 rejects the request if the object has another one by then.
    public static func getObject(
        _ bucket: String, key: String, range: Range<Int>, eTag: String? = nil
    ) -> ReadRequest<ObjectAnswer> {
        var headers: [HTTPRequest.Header] = [.init("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
        if let eTag { headers.append(.init("If-Match", eTag)) }
        return ReadRequest(.getObject, binding: RESTBinding(bucket: bucket, path: key, headers: headers))
    }
}

public struct ListObjectsAnswer: Decodable, Sendable {
    public var isTruncated: Bool
    public var nextContinuationToken: String?
    public var objects: [Object]
    public var commonPrefixes: [String]

    public struct Object: Sendable {
        public var key: String
        /// Size in bytes.
        public var size: Int
    }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        // Required: without it, it is unknown whether more objects follow.
        isTruncated = try members.decode(Bool.self, forKey: .isTruncated)
        nextContinuationToken = try members.decodeIfPresent(String.self, forKey: .nextContinuationToken)
        let isEncoded = try members.decodeIfPresent(String.self, forKey: .encodingType) == "url"
        func plain(_ text: String) throws -> String {
            guard isEncoded else { return text }
            guard let decoded = PercentEncoding.decodeForm(text) else {
                throw AnswerError(description: "a key that cannot be decoded: \(text.prefix(80))")
            }
            return decoded
        }
        objects = try members.decode(Flattened<Contents>.self, forKey: .contents).elements.map {
            Object(key: try plain($0.key), size: $0.size)
        }
        commonPrefixes = try members.decode(Flattened<CommonPrefix>.self, forKey: .commonPrefixes).elements.map {
            try plain($0.prefix)
        }
        if let count = try members.decodeIfPresent(Int.self, forKey: .keyCount),
            count > objects.count + commonPrefixes.count
        {
            throw AnswerError(
                description: "\(count) keys are announced, and there are \(objects.count + commonPrefixes.count)")
        }
    }

    private enum CodingKeys: CodingKey {
        case keyCount, isTruncated, nextContinuationToken, encodingType, contents, commonPrefixes
    }

    private struct Contents: Decodable, Sendable {
        var key: String
        var size: Int
    }

    private struct CommonPrefix: Decodable, Sendable {
        var prefix: String
    }
}

/// An object's bytes, or a part of them, with its metadata from the headers.
public struct ObjectAnswer: Decodable, Sendable {
    public var bytes: [UInt8]
    /// Offset of ``bytes`` in the object.
    private var offset = 0
    /// Size of the whole object, in bytes.
    public var totalSize: Int
    /// The object's own metadata: names in lower case, without `x-amz-meta-`.
    public var metadata: [String: String]
    public var eTag: String

    /// - Throws: if the headers do not state the size of the whole object.
    init(_ response: HTTPResponse) throws {
        bytes = response.body
        eTag = response[header: "ETag"] ?? ""
        if response.status == 206 {
            // Format: bytes 0-99/12345
            let words = response[header: "Content-Range"]?.split { " -/".contains($0) } ?? []
            guard words.count == 4, let first = Int(words[1]), let total = Int(words[3]), first >= 0, total >= 0 else {
                throw AnswerError(description: "a part of an object without a Content-Range")
            }
            offset = first
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

    /// Returns the bytes from an offset of the object on.
    /// - Throws: `AWSError` if the answer holds another part than the requested one.
    public func bytes(from offset: Int) throws(AWSError) -> [UInt8] {
        if self.offset == offset { return bytes }
        // A server that does not support ranges returns the whole object.
        guard self.offset == 0, offset < bytes.count else {
            throw AWSError(
                .unreadableAnswer, .getObject, region: "",
                message: "another part of the object was answered than was asked for")
        }
        return Array(bytes[offset...])
    }

    public init(from decoder: any Decoder) throws {
        throw AnswerError(description: "an object is no structured answer")
    }
}
