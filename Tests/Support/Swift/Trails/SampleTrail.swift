import Basics
import AWSClient
import Crypto
public import CryptoExtras
public import Foundation
import Gzip

/// What buckets hold, before it is put in a folder or in S3.
public struct Buckets: Sendable {
    public struct Object: Sendable {
        public var bytes: [UInt8]
        public var metadata: [String: String] = [:]

        public init(bytes: [UInt8], metadata: [String: String] = [:]) {
            self.bytes = bytes
            self.metadata = metadata
        }
    }

    public var objects: [String: [String: Object]] = [:]

    public init() {}

    public subscript(bucket: String, key: String) -> Object? {
        get { objects[bucket]?[key] }
        set { objects[bucket, default: [:]][key] = newValue }
    }
}

/// A key that digests are signed with, made for the tests.
public struct SigningKey: Sendable {
    public let fingerprint: String
    public let rsa: _RSA.Signing.PrivateKey
    /// When CloudTrail says that it was in use.
    public var validity: ClosedRange<Date>

    /// What CloudTrail answers: the DER of the PKCS #1 form, as base64.
    public var publicValue: String { rsa.publicKey.pkcs1DERRepresentation.base64EncodedString() }

    public static let always = SampleTrail.time("2025-01-01T00:00:00Z")...SampleTrail.time("2027-01-01T00:00:00Z")
    public static let first = SigningKey("1111aaaa", validity: always)
    /// In use since the third hour of the sample trail.
    public static let second = SigningKey(
        "2222bbbb", validity: SampleTrail.start.addingTimeInterval(3 * 3600)...always.upperBound)
    /// Signs a digest some minutes after the end of the sample trail, and was in use only then.
    public static let late = SigningKey(
        "3333cccc",
        validity: SampleTrail.start.addingTimeInterval(6 * 3600 + 600)...always.upperBound)
    /// When the backfill of the sample trail was made, and only then.
    public static let backfill = SigningKey(
        "4444dddd",
        validity: SampleTrail.time("2026-03-01T00:00:00Z")...SampleTrail.time("2026-03-01T01:00:00Z"))
    /// CloudTrail does not know it.
    public static let stranger = SigningKey("5555eeee", validity: always)

    private init(_ fingerprint: String, validity: ClosedRange<Date>) {
        self.fingerprint = fingerprint
        self.validity = validity
        guard let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048) else { preconditionFailure("no RSA key") }
        self.rsa = rsa
    }

    /// All that CloudTrail knows, by fingerprint, and one whose value is no key.
    public static let known: [(fingerprint: String, value: String, validity: ClosedRange<Date>)] =
        [first, second, late, backfill].map { ($0.fingerprint, $0.publicValue, $0.validity) }
        + [("6666ffff", Data("not a key".utf8).base64EncodedString(), always)]
}

/// Writes a trail as CloudTrail would: log files at even intervals, a signed digest each hour, each linked to the one before.
public struct SampleTrail {
    public var bucket: String
    public var name = "main"
    public var account = "111122223333"
    public var region = "us-east-1"
    public var home = "us-east-1"
    public var prefix = ""
    public var organizationID: String?
    public var hours = 0..<6
    public var logsPerHour = 2
    public var recordsPerLog = 20
    /// Hours in which nothing was logged.
    public var emptyHours: Set<Int> = []
    /// Changes a digest before it is signed, by its hour.
    public var alter: (Int, inout Draft) -> Void = { _, _ in }

    public init(bucket: String) {
        self.bucket = bucket
    }

    /// A digest before it is signed.
    public struct Draft {
        public var signer = SigningKey.first
        public var fingerprint: String?
        public var previousBucket: String?
        public var previousKey: String?
        public var previousSignature: String?
        public var previousHash: String?
        public var logs: [[String: Any]] = []
        /// Members that are written in place of the usual ones; a null removes.
        public var overrides: [String: Any?] = [:]
        public var usesSHA1 = false
        /// Where it is put, if not where it says.
        public var bucket: String?
    }

    /// Crosses midnight and the end of a month.
    public static let start = time("2026-01-31T21:00:00Z")

    public static func time(_ text: String) -> Date {
        guard let date = Moment(answer: text)?.date else { preconditionFailure(text) }
        return date
    }

    public static func hour(_ hour: Int) -> Date { start.addingTimeInterval(Double(hour) * 3600) }

    public var arn: String { "arn:aws:cloudtrail:\(home):\(account):trail/\(name)" }

    private var root: String {
        (prefix.isEmpty ? "" : prefix + "/") + "AWSLogs/" + (organizationID.map { $0 + "/" } ?? "") + account
    }

    /// - Parameter suffix: `_backfill` for one.
    public func digestKey(_ hour: Int, suffix: String = "") -> String {
        let end = Self.hour(hour + 1)
        return "\(root)/CloudTrail-Digest/\(region)/\(Self.day(end))/"
            + "\(account)_CloudTrail-Digest_\(region)_\(name)_\(home)_\(Self.compact(end))\(suffix).json.gz"
    }

    public func logKey(_ hour: Int, _ index: Int, unique: String? = nil) -> String {
        let time = Self.hour(hour).addingTimeInterval((Double(index) + 1 / 3) * 3600 / Double(logsPerHour))
        let minute = Self.compact(time).dropLast(3) + "Z"
        return "\(root)/CloudTrail/\(region)/\(Self.day(time))/"
            + "\(account)_CloudTrail_\(region)_\(minute)_\(unique ?? "\(name)\(hour)x\(index)").json.gz"
    }

    /// A digest that was written, as the next one names it.
    public struct Link: Sendable {
        var bucket: String
        var key: String
        var signature: String
        var hash: String
    }

    /// Puts all objects into `buckets`.
    /// - Parameter link: the digest that the first one follows.
    /// - Returns: the last digest.
    @discardableResult
    public func write(into buckets: inout Buckets, after link: Link? = nil) -> Link? {
        var previous = link
        for hour in hours {
            var draft = Draft()
            draft.previousBucket = previous?.bucket
            draft.previousKey = previous?.key
            draft.previousSignature = previous?.signature
            draft.previousHash = previous?.hash
            if !emptyHours.contains(hour) {
                for index in 0..<logsPerHour {
                    let content = Self.records(
                        hour * 100 + index, count: recordsPerLog, account: account, region: region)
                    let key = logKey(hour, index)
                    buckets[bucket, key] = .init(bytes: Gzip.compress(content))
                    draft.logs.append(Self.entry(bucket: bucket, key: key, content: content))
                }
            }
            alter(hour, &draft)
            previous = put(draft, key: digestKey(hour), from: Self.hour(hour), to: Self.hour(hour + 1), into: &buckets)
        }
        return previous
    }

    /// A digest for a log file that was delivered late, beside the chain.
    public func writeBackfill(hour: Int, made: String?, into buckets: inout Buckets) {
        let content = Self.records(7_000 + hour, count: 5, account: account, region: region)
        let key = logKey(hour, 0, unique: "late")
        buckets[bucket, key] = .init(bytes: Gzip.compress(content))
        var draft = Draft(signer: .backfill)
        draft.logs = [Self.entry(bucket: bucket, key: key, content: content)]
        let digest = digestKey(hour, suffix: "_backfill")
        _ = put(draft, key: digest, from: Self.hour(hour), to: Self.hour(hour + 1), into: &buckets)
        buckets[bucket, digest]?.metadata["backfill-generation-timestamp"] = made
    }

    public static func entry(bucket: String, key: String, content: [UInt8]) -> [String: Any] {
        [
            "s3Bucket": bucket, "s3Object": key, "hashValue": SHA256.hash(data: content).hexadecimal,
            "hashAlgorithm": "SHA-256", "newestEventTime": "2026-01-31T21:20:00Z",
            "oldestEventTime": "2026-01-31T21:10:00Z",
        ]
    }

    /// As CloudTrail writes events: about 1,500 bytes each, the same ones for the same seed.
    public static func records(_ seed: Int, count: Int, account: String, region: String) -> [UInt8] {
        var random = SeededGenerator(seed: UInt64(seed))
        var text = "{\"Records\":["
        text.reserveCapacity(count * 1600)
        for index in 0..<count {
            if index > 0 { text += "," }
            text += record(index, account: account, region: region, &random)
        }
        return Array((text + "]}").utf8)
    }

    private static func record(_ index: Int, account: String, region: String, _ random: inout SeededGenerator) -> String
    {
        let role = ["app", "deploy", "etl", "backup", "web-frontend"][Int(random.next() % 5)]
        let session = "i-0\(random.hexadecimal)"
        let key = "AROA\(random.hexadecimal.uppercased().prefix(12))"
        let name = ["GetObject", "PutObject", "HeadObject", "ListObjects", "DeleteObject"][Int(random.next() % 5)]
        let object = "data/2026/01/31/part-\(random.next() % 100_000)-\(random.hexadecimal).parquet"
        let time = "2026-01-31T21:\(10 + index % 50):\(10 + Int(random.next() % 50))Z"
        return """
            {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"\(key):\(session)",\
            "arn":"arn:aws:sts::\(account):assumed-role/\(role)/\(session)","accountId":"\(account)",\
            "accessKeyId":"ASIA\(random.hexadecimal.uppercased().prefix(12))","sessionContext":{"sessionIssuer":{"type":"Role",\
            "principalId":"\(key)","arn":"arn:aws:iam::\(account):role/\(role)","accountId":"\(account)",\
            "userName":"\(role)"},"attributes":{"creationDate":"2026-01-31T20:51:07Z","mfaAuthenticated":"false"},\
            "ec2RoleDelivery":"2.0"}},"eventTime":"\(time)","eventSource":"s3.amazonaws.com","eventName":"\(name)",\
            "awsRegion":"\(region)","sourceIPAddress":"198.51.100.\(random.next() % 250)",\
            "userAgent":"[aws-sdk-java/2.20.43 Linux/5.10.184-175.749.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/17.0.7+7-LTS]",\
            "requestParameters":{"bucketName":"\(role)-data-\(account)","Host":"\(role)-data-\(account).s3.\(region).amazonaws.com",\
            "key":"\(object)"},"responseElements":null,"additionalEventData":{"SignatureVersion":"SigV4",\
            "CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"SSEApplied":"Default_SSE_S3",\
            "AuthenticationMethod":"AuthHeader","x-amz-id-2":"\(random.hexadecimal)\(random.hexadecimal)=",\
            "bytesTransferredOut":\(random.next() % 10_000_000)},"requestID":"\(random.hexadecimal.uppercased())",\
            "eventID":"\(random.hexadecimal)-\(random.hexadecimal)","readOnly":\(name != "PutObject" && name != "DeleteObject"),\
            "resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::\(role)-data-\(account)/\(object)"},{"accountId":\
            "\(account)","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::\(role)-data-\(account)"}],"eventType":"AwsApiCall",\
            "managementEvent":false,"recipientAccountId":"\(account)","eventCategory":"Data","tlsDetails":{"tlsVersion":\
            "TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"\(role)-data-\(account).s3.amazonaws.com"}}
            """
    }

    // MARK: Signing

    private func put(
        _ draft: Draft, key: String, from: Date, to: Date, into buckets: inout Buckets
    ) -> Link {
        let place = draft.bucket ?? bucket
        var members: [String: Any?] = [
            "awsAccountId": account, "digestStartTime": from.rfc3339, "digestEndTime": to.rfc3339,
            "digestS3Bucket": place, "digestS3Object": key,
            "digestPublicKeyFingerprint": draft.fingerprint ?? draft.signer.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": nil as String?,
            "oldestEventTime": nil as String?,
            "previousDigestS3Bucket": draft.previousBucket, "previousDigestS3Object": draft.previousKey,
            "previousDigestHashValue": draft.previousHash,
            "previousDigestHashAlgorithm": draft.previousHash == nil ? nil : "SHA-256",
            "previousDigestSignature": draft.previousSignature, "logFiles": draft.logs,
        ]
        for (name, value) in draft.overrides {
            if let value { members[name] = value } else { members.removeValue(forKey: name) }
        }
        let object = members.mapValues { $0 ?? NSNull() }
        guard let json = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]) else {
            preconditionFailure("no JSON")
        }
        let hash = SHA256.hash(data: json).hexadecimal
        let text = Data("\(to.rfc3339)\n\(place)/\(key)\n\(hash)\n\(draft.previousSignature ?? "null")".utf8)
        let signed =
            draft.usesSHA1
            ? try? draft.signer.rsa.signature(for: Insecure.SHA1.hash(data: text), padding: .insecurePKCS1v1_5)
            : try? draft.signer.rsa.signature(for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5)
        guard let signature = signed?.rawRepresentation.hexadecimal else { preconditionFailure("no signature") }
        buckets[place, key] = .init(
            bytes: Gzip.compress(Array(json)),
            metadata: ["signature": signature, "signature-algorithm": "SHA256withRSA"])
        return Link(bucket: place, key: key, signature: signature, hash: hash)
    }

    private static func compact(_ date: Date) -> String {
        date.rfc3339.filter { $0 != "-" && $0 != ":" }
    }

    private static func day(_ date: Date) -> String {
        String(date.rfc3339.prefix(10)).replacing("-", with: "/")
    }
}

extension Sequence<UInt8> {
    fileprivate var hexadecimal: String { map { String(format: "%02x", $0) }.joined() }
}

extension SeededGenerator {
    fileprivate var hexadecimal: String {
        mutating get { String(next(), radix: 16) }
    }
}
