import AWSClient
import Crypto
import CryptoExtras
import Foundation
import Gzip

/// What buckets hold, before it is put in a folder or in S3.
struct Buckets {
    struct Object {
        var bytes: [UInt8]
        var metadata: [String: String] = [:]
    }

    var objects: [String: [String: Object]] = [:]

    subscript(bucket: String, key: String) -> Object? {
        get { objects[bucket]?[key] }
        set { objects[bucket, default: [:]][key] = newValue }
    }
}

/// A key that digests are signed with, made for the tests.
struct SigningKey: Sendable {
    let fingerprint: String
    let rsa: _RSA.Signing.PrivateKey
    /// When CloudTrail says that it was in use.
    var validity: ClosedRange<Date>

    /// What CloudTrail answers: the DER of the PKCS #1 form, as base64.
    var publicValue: String { rsa.publicKey.pkcs1DERRepresentation.base64EncodedString() }

    static let always = SampleTrail.time("2025-01-01T00:00:00Z")...SampleTrail.time("2027-01-01T00:00:00Z")
    static let first = SigningKey("1111aaaa", validity: always)
    /// In use since the third hour of the sample trail.
    static let second = SigningKey(
        "2222bbbb", validity: SampleTrail.start.addingTimeInterval(3 * 3600)...always.upperBound)
    /// Signs a digest some minutes after the end of the sample trail, and was in use only then.
    static let late = SigningKey(
        "3333cccc",
        validity: SampleTrail.start.addingTimeInterval(6 * 3600 + 600)...always.upperBound)
    /// When the backfill of the sample trail was made, and only then.
    static let backfill = SigningKey(
        "4444dddd",
        validity: SampleTrail.time("2026-03-01T00:00:00Z")...SampleTrail.time("2026-03-01T01:00:00Z"))
    /// CloudTrail does not know it.
    static let stranger = SigningKey("5555eeee", validity: always)

    private init(_ fingerprint: String, validity: ClosedRange<Date>) {
        self.fingerprint = fingerprint
        self.validity = validity
        guard let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048) else { preconditionFailure("no RSA key") }
        self.rsa = rsa
    }

    /// All that CloudTrail knows, by fingerprint, and one whose value is no key.
    static let known: [(fingerprint: String, value: String, validity: ClosedRange<Date>)] =
        [first, second, late, backfill].map { ($0.fingerprint, $0.publicValue, $0.validity) }
        + [("6666ffff", Data("not a key".utf8).base64EncodedString(), always)]
}

/// Writes a trail as CloudTrail would: log files every half hour, a signed digest each hour, each linked to the one before.
struct SampleTrail {
    var bucket: String
    var name = "main"
    var account = "111122223333"
    var region = "us-east-1"
    var home = "us-east-1"
    var prefix = ""
    var organizationID: String?
    var hours = 0..<6
    var logsPerHour = 2
    var recordsPerLog = 20
    /// Hours in which nothing was logged.
    var emptyHours: Set<Int> = []
    /// Changes a digest before it is signed, by its hour.
    var alter: (Int, inout Draft) -> Void = { _, _ in }

    /// A digest before it is signed.
    struct Draft {
        var signer = SigningKey.first
        var fingerprint: String?
        var previousBucket: String?
        var previousKey: String?
        var previousSignature: String?
        var previousHash: String?
        var logs: [[String: Any]] = []
        /// Members that are written in place of the usual ones; a null removes.
        var overrides: [String: Any?] = [:]
        var usesSHA1 = false
        /// Where it is put, if not where it says.
        var bucket: String?
    }

    /// Crosses midnight and the end of a month.
    static let start = time("2026-01-31T21:00:00Z")

    static func time(_ text: String) -> Date {
        guard let date = Timestamp.parse(text) else { preconditionFailure(text) }
        return date
    }

    static func hour(_ hour: Int) -> Date { start.addingTimeInterval(Double(hour) * 3600) }

    var arn: String { "arn:aws:cloudtrail:\(home):\(account):trail/\(name)" }

    private var root: String {
        (prefix.isEmpty ? "" : prefix + "/") + "AWSLogs/" + (organizationID.map { $0 + "/" } ?? "") + account
    }

    /// - Parameter suffix: `_backfill` for one.
    func digestKey(_ hour: Int, suffix: String = "") -> String {
        let end = Self.hour(hour + 1)
        return "\(root)/CloudTrail-Digest/\(region)/\(Self.day(end))/"
            + "\(account)_CloudTrail-Digest_\(region)_\(name)_\(home)_\(Self.compact(end))\(suffix).json.gz"
    }

    func logKey(_ hour: Int, _ index: Int, unique: String? = nil) -> String {
        let time = Self.hour(hour).addingTimeInterval(Double(index) * 1800 + 600)
        let minute = Self.compact(time).dropLast(3) + "Z"
        return "\(root)/CloudTrail/\(region)/\(Self.day(time))/"
            + "\(account)_CloudTrail_\(region)_\(minute)_\(unique ?? "\(name)\(hour)x\(index)").json.gz"
    }

    /// Puts all objects into `buckets`.
    func write(into buckets: inout Buckets) {
        var previous: (bucket: String, key: String, signature: String, hash: String)?
        for hour in hours {
            var draft = Draft()
            draft.previousBucket = previous?.bucket
            draft.previousKey = previous?.key
            draft.previousSignature = previous?.signature
            draft.previousHash = previous?.hash
            if !emptyHours.contains(hour) {
                for index in 0..<logsPerHour {
                    let content = Self.records(hour * 100 + index, count: recordsPerLog, account: account, region: region)
                    let key = logKey(hour, index)
                    buckets[bucket, key] = .init(bytes: Gzip.compress(content))
                    draft.logs.append(Self.entry(bucket: bucket, key: key, content: content))
                }
            }
            alter(hour, &draft)
            previous = put(draft, key: digestKey(hour), from: Self.hour(hour), to: Self.hour(hour + 1), into: &buckets)
        }
    }

    /// A digest for a log file that was delivered late, beside the chain.
    func writeBackfill(hour: Int, made: String?, into buckets: inout Buckets) {
        let content = Self.records(7_000 + hour, count: 5, account: account, region: region)
        let key = logKey(hour, 0, unique: "late")
        buckets[bucket, key] = .init(bytes: Gzip.compress(content))
        var draft = Draft(signer: .backfill)
        draft.logs = [Self.entry(bucket: bucket, key: key, content: content)]
        let digest = digestKey(hour, suffix: "_backfill")
        _ = put(draft, key: digest, from: Self.hour(hour), to: Self.hour(hour + 1), into: &buckets)
        buckets[bucket, digest]?.metadata["backfill-generation-timestamp"] = made
    }

    static func entry(bucket: String, key: String, content: [UInt8]) -> [String: Any] {
        [
            "s3Bucket": bucket, "s3Object": key, "hashValue": SHA256.hash(data: content).hexadecimal,
            "hashAlgorithm": "SHA-256", "newestEventTime": "2026-01-31T21:20:00Z", "oldestEventTime": "2026-01-31T21:10:00Z",
        ]
    }

    /// As CloudTrail writes events.
    static func records(_ seed: Int, count: Int, account: String, region: String) -> [UInt8] {
        let records = (0..<count).map { index in
            """
            {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:session\(index % 7)",\
            "arn":"arn:aws:sts::\(account):assumed-role/app/session\(index % 7)","accountId":"\(account)",\
            "sessionContext":{"attributes":{"mfaAuthenticated":"false"}}},"eventTime":"2026-01-31T21:\(10 + index % 50):00Z",\
            "eventSource":"s3.amazonaws.com","eventName":"\(["GetObject", "PutObject", "ListBucket"][index % 3])",\
            "awsRegion":"\(region)","sourceIPAddress":"198.51.100.\(index % 250)","userAgent":"aws-sdk-java/2.20",\
            "requestParameters":{"bucketName":"data","key":"part-\(seed)-\(index)"},"responseElements":null,\
            "requestID":"\(seed)R\(index)","eventID":"\(seed)-\(index)","readOnly":true,"eventType":"AwsApiCall",\
            "managementEvent":false,"recipientAccountId":"\(account)","eventCategory":"Data"}
            """
        }
        return Array("{\"Records\":[\(records.joined(separator: ","))]}".utf8)
    }

    // MARK: Signing

    private func put(
        _ draft: Draft, key: String, from: Date, to: Date, into buckets: inout Buckets
    ) -> (bucket: String, key: String, signature: String, hash: String) {
        let place = draft.bucket ?? bucket
        var members: [String: Any?] = [
            "awsAccountId": account, "digestStartTime": Timestamp.format(from), "digestEndTime": Timestamp.format(to),
            "digestS3Bucket": place, "digestS3Object": key,
            "digestPublicKeyFingerprint": draft.fingerprint ?? draft.signer.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": nil as String?, "oldestEventTime": nil as String?,
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
        let text = Data("\(Timestamp.format(to))\n\(place)/\(key)\n\(hash)\n\(draft.previousSignature ?? "null")".utf8)
        let signed =
            draft.usesSHA1
            ? try? draft.signer.rsa.signature(for: Insecure.SHA1.hash(data: text), padding: .insecurePKCS1v1_5)
            : try? draft.signer.rsa.signature(for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5)
        guard let signature = signed?.rawRepresentation.hexadecimal else { preconditionFailure("no signature") }
        buckets[place, key] = .init(
            bytes: Gzip.compress(Array(json)),
            metadata: ["signature": signature, "signature-algorithm": "SHA256withRSA"])
        return (place, key, signature, hash)
    }

    private static func compact(_ date: Date) -> String {
        Timestamp.format(date).filter { $0 != "-" && $0 != ":" }
    }

    private static func day(_ date: Date) -> String {
        String(Timestamp.format(date).prefix(10)).replacing("-", with: "/")
    }
}

extension Sequence<UInt8> {
    var hexadecimal: String { map { String(format: "%02x", $0) }.joined() }
}
