import Foundation
import Gzip
import Testing
import TestSupport
import TrailIntegrity

/// One way to tamper with a trail, what Parapet must find, and what the AWS CLI makes of it.
struct TamperingCase: Sendable, CustomTestStringConvertible {
    var name: String
    /// What is verified: from this hour of the sample trail to that one.
    var hours = 0..<6
    var digests = Verification.Count(valid: 6)
    var logs = Verification.Count(valid: 12)
    /// How many of each kind.
    var problems: [Problem.Kind: Int] = [:]
    var awsCLI = AWSCLI.agrees
    /// Makes the buckets of the case.
    var scene: @Sendable (_ bucket: String) -> Scene

    /// What `aws cloudtrail validate-logs` counts.
    enum AWSCLI: Sendable {
        case agrees
        /// Parapet is stricter on purpose.
        case laxer(digests: Verification.Count, logs: Verification.Count, because: String)
    }

    struct Scene {
        var trail: SampleTrail
        var buckets: Buckets
        /// S3 says that they are not there, though it lists them.
        var vanished: Set<String> = []

        init(_ trail: SampleTrail) {
            self.trail = trail
            buckets = Buckets()
            trail.write(into: &buckets)
        }

        subscript(key: String) -> Buckets.Object? {
            get { buckets[trail.bucket, key] }
            set { buckets[trail.bucket, key] = newValue }
        }
    }

    var testDescription: String { name }

    /// Each case has its own, since digests name it.
    var bucket: String {
        "case-" + name.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined().prefix(55)
    }

    /// A case in which the sample trail is written and then changed.
    private static func tampered(
        _ name: String, digests: Verification.Count = .init(valid: 6), logs: Verification.Count = .init(valid: 12),
        _ problems: [Problem.Kind: Int] = [:], awsCLI: AWSCLI = .agrees,
        _ change: @escaping @Sendable (inout Scene) -> Void = { _ in }
    ) -> TamperingCase {
        TamperingCase(name: name, digests: digests, logs: logs, problems: problems, awsCLI: awsCLI) { bucket in
            var scene = Scene(SampleTrail(bucket: bucket))
            change(&scene)
            return scene
        }
    }

    /// A case in which another trail is written.
    private static func written(
        _ name: String, digests: Verification.Count = .init(valid: 6), logs: Verification.Count = .init(valid: 12),
        _ problems: [Problem.Kind: Int] = [:], awsCLI: AWSCLI = .agrees,
        _ change: @escaping @Sendable (inout SampleTrail) -> Void
    ) -> TamperingCase {
        TamperingCase(name: name, digests: digests, logs: logs, problems: problems, awsCLI: awsCLI) { bucket in
            var trail = SampleTrail(bucket: bucket)
            change(&trail)
            return Scene(trail)
        }
    }

    static let all: [TamperingCase] = sound + logFiles + digestFiles + chains + layouts

    // MARK: Nothing is wrong

    static let sound: [TamperingCase] = [
        tampered("untouched"),
        tampered("a log file compressed anew") { scene in
            let key = scene.trail.logKey(2, 1)
            scene.rewrite(key) { Gzip.compress($0, level: 1) }
        },
        tampered("a digest compressed anew") { scene in
            let key = scene.trail.digestKey(2)
            scene.rewrite(key) { Gzip.compress($0, level: 1) }
        },
        written("hours without log files", logs: .init(valid: 8)) { $0.emptyHours = [1, 4] },
        written("a new key from the third hour on") {
            $0.alter = { hour, draft in if hour >= 3 { draft.signer = .second } }
        },
        written("a key that came into use after the last hour") {
            $0.alter = { hour, draft in if hour == 5 { draft.signer = .late } }
        },
        TamperingCase(
            name: "beginning in the middle of the chain", hours: 3..<5, digests: .init(valid: 4), logs: .init(valid: 8)
        ) { Scene(SampleTrail(bucket: $0)) },
        TamperingCase(name: "a time without digests", hours: 100..<101, digests: .init(), logs: .init()) {
            Scene(SampleTrail(bucket: $0))
        },
        tampered("a new chain after logging was off", digests: .init(valid: 4), logs: .init(valid: 8), [.gap: 1]) {
            scene in
            var sample = scene.trail
            scene.buckets = Buckets()
            sample.hours = 0..<2
            sample.write(into: &scene.buckets)
            sample.hours = 4..<6
            sample.write(into: &scene.buckets)
        },
    ]

    // MARK: Log files

    static let logFiles: [TamperingCase] = [
        tampered("a log file modified", logs: .init(valid: 11, invalid: 1), [.logHashMismatch: 1]) { scene in
            let key = scene.trail.logKey(2, 1)
            scene.rewrite(key) { Gzip.compress($0.replacing("PutObject", with: "GetObject")) }
        },
        tampered("a log file deleted", logs: .init(valid: 11, invalid: 1), [.logNotFound: 1]) { scene in
            scene[scene.trail.logKey(2, 1)] = nil
        },
        tampered("a log file replaced by another", logs: .init(valid: 11, invalid: 1), [.logHashMismatch: 1]) { scene in
            scene[scene.trail.logKey(2, 1)] = scene[scene.trail.logKey(3, 0)]
        },
        tampered("a log file cut short", logs: .init(valid: 11, invalid: 1), [.logHashMismatch: 1]) { scene in
            scene[scene.trail.logKey(2, 1)]?.bytes.removeLast(60)
        },
        tampered("an empty log file", logs: .init(valid: 11, invalid: 1), [.logHashMismatch: 1]) { scene in
            scene[scene.trail.logKey(2, 1)]?.bytes = []
        },
        tampered("a log file that is not gzip", logs: .init(valid: 11, invalid: 1), [.logInvalidFormat: 1]) { scene in
            let key = scene.trail.logKey(2, 1)
            scene.rewrite(key) { $0 }
        },
        tampered("a bit of a log file turned", logs: .init(valid: 11, invalid: 1), [.logInvalidFormat: 1]) { scene in
            // In the checksum, so that all the content still comes out.
            guard let count = scene[scene.trail.logKey(2, 1)]?.bytes.count else { return }
            scene[scene.trail.logKey(2, 1)]?.bytes[count - 6] ^= 1
        },
        tampered(
            "bytes after the end of a log file", logs: .init(valid: 11, invalid: 1), [.logInvalidFormat: 1],
            awsCLI: .laxer(
                digests: .init(valid: 6), logs: .init(valid: 12), because: "it stops at the end of the gzip data")
        ) { scene in
            scene[scene.trail.logKey(2, 1)]?.bytes += Array("more".utf8)
        },
        tampered(
            "a second member after a log file", logs: .init(valid: 11, invalid: 1), [.logInvalidFormat: 1],
            awsCLI: .laxer(
                digests: .init(valid: 6), logs: .init(valid: 12),
                because: "it hashes the first member alone, while gunzip and Athena read both")
        ) { scene in
            scene[scene.trail.logKey(2, 1)]?.bytes += Gzip.compress(Array("{\"Records\":[]}".utf8))
        },
        tampered("a decompression bomb", logs: .init(valid: 11, invalid: 1), [.logInvalidFormat: 1]) { scene in
            scene[scene.trail.logKey(2, 1)]?.bytes = Self.bomb
        },
        tampered("a log file that no digest lists", [.logNotInDigest: 1]) { scene in
            scene[scene.trail.logKey(2, 0, unique: "planted")] = scene[scene.trail.logKey(2, 0)]
        },
        tampered("a stray file among the log files", [.logNotInDigest: 1]) { scene in
            let folder = scene.trail.logKey(2, 0).split(separator: "/").dropLast().joined(separator: "/")
            scene[folder + "/planted.json.gz"] = scene[scene.trail.logKey(2, 0)]
        },
        tampered("a log file gone between list and get", logs: .init(valid: 11, invalid: 1), [.logNotFound: 1]) {
            scene in
            scene.vanished = [scene.trail.logKey(2, 1)]
        },
    ]

    /// 200 MB of zeros.
    private static let bomb = Gzip.compress([UInt8](repeating: 0, count: 200 << 20), level: 9)

    // MARK: Digests

    private static let oneInvalid = (
        digests: Verification.Count(valid: 5, invalid: 1), logs: Verification.Count(valid: 10)
    )

    static let digestFiles: [TamperingCase] = [
        tampered("a digest modified", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestSignature: 1]) {
            scene in
            let key = scene.trail.digestKey(2)
            scene.rewrite(key) { Gzip.compress($0.replacing("SHA-256", with: "SHA-257")) }
        },
        tampered("a digest deleted", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestNotFound: 1]) {
            scene in
            scene[scene.trail.digestKey(2)] = nil
        },
        tampered(
            "a digest gone between list and get", digests: oneInvalid.digests, logs: oneInvalid.logs,
            [.digestNotFound: 1]
        ) { scene in
            scene.vanished = [scene.trail.digestKey(2)]
        },
        tampered(
            "neighbouring digests deleted", digests: .init(valid: 3, invalid: 3), logs: .init(valid: 6),
            [.digestNotFound: 3],
            awsCLI: .laxer(
                digests: .init(valid: 3, invalid: 1), logs: .init(valid: 6), because: "it reports only the first one")
        ) { scene in
            for hour in 1...3 { scene[scene.trail.digestKey(hour)] = nil }
        },
        tampered(
            "digests deleted next to a modified one", digests: .init(valid: 3, invalid: 3), logs: .init(valid: 6),
            [.digestNotFound: 2, .digestSignature: 1],
            awsCLI: .laxer(
                digests: .init(valid: 3, invalid: 1), logs: .init(valid: 6),
                because: "it goes on with the next older one that is listed")
        ) { scene in
            scene[scene.trail.digestKey(3)]?.metadata["signature"] = "00"
            for hour in 1...2 { scene[scene.trail.digestKey(hour)] = nil }
        },
        tampered(
            "the newest digest deleted", digests: .init(valid: 5), logs: .init(valid: 10), [.gap: 1]
        ) { scene in
            scene[scene.trail.digestKey(5)] = nil
        },
        tampered("the oldest digest deleted", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestNotFound: 1])
        { scene in
            scene[scene.trail.digestKey(0)] = nil
        },
        tampered(
            "a digest renamed", digests: .init(valid: 5, invalid: 2), logs: oneInvalid.logs,
            [.digestNotFound: 1, .digestMoved: 1]
        ) { scene in
            let key = scene.trail.digestKey(2)
            scene[
                key.replacing("2026/02/01", with: "2026/01/31").replacing("20260201T000000Z", with: "20260131T235500Z")] =
                scene[key]
            scene[key] = nil
        },
        tampered("a digest copied over another", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestMoved: 1])
        { scene in
            scene[scene.trail.digestKey(2)] = scene[scene.trail.digestKey(3)]
        },
        written(
            "a digest signed by another key", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestSignature: 1]
        ) {
            $0.alter = { hour, draft in
                guard hour == 2 else { return }
                draft.signer = .stranger
                draft.fingerprint = SigningKey.first.fingerprint
            }
        },
        written(
            "a digest with an unknown fingerprint", digests: oneInvalid.digests, logs: oneInvalid.logs,
            [.digestUnknownKey: 1]
        ) {
            $0.alter = { hour, draft in if hour == 2 { draft.signer = .stranger } }
        },
        written("a key that is none", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestBadKey: 1]) {
            $0.alter = { hour, draft in if hour == 2 { draft.fingerprint = "6666ffff" } }
        },
        written(
            "a signature with another hash inside", digests: oneInvalid.digests, logs: oneInvalid.logs,
            [.digestSignature: 1],
            awsCLI: .laxer(
                digests: .init(valid: 6), logs: .init(valid: 12),
                because: "its RSA library takes whatever hash the block names")
        ) {
            $0.alter = { hour, draft in if hour == 2 { draft.usesSHA1 = true } }
        },
        tampered(
            "a digest without a signature", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestSignature: 1]
        ) { scene in
            scene[scene.trail.digestKey(2)]?.metadata = [:]
        },
        tampered(
            "a signature that is no number", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestSignature: 1]
        ) { scene in
            scene[scene.trail.digestKey(2)]?.metadata["signature"] = "not hexadecimal"
        },
        tampered("a digest of garbage", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestInvalidFormat: 1]) {
            scene in
            scene[scene.trail.digestKey(2)]?.bytes = Gzip.compress(Array("{\"digestS3Bucket\":".utf8))
        },
        tampered(
            "a digest that is not gzip", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestInvalidFormat: 1]
        ) { scene in
            let key = scene.trail.digestKey(2)
            scene.rewrite(key) { $0 }
        },
        tampered("a digest cut short", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestInvalidFormat: 1]) {
            scene in
            scene[scene.trail.digestKey(2)]?.bytes.removeLast(20)
        },
        written(
            "a digest without its end", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestInvalidFormat: 1]
        ) {
            $0.alter = { hour, draft in if hour == 2 { draft.overrides["digestEndTime"] = .some(nil) } }
        },
        tampered(
            "bytes after the end of a digest", digests: oneInvalid.digests, logs: oneInvalid.logs,
            [.digestInvalidFormat: 1],
            awsCLI: .laxer(
                digests: .init(valid: 6), logs: .init(valid: 12), because: "it stops at the end of the gzip data")
        ) { scene in
            scene[scene.trail.digestKey(2)]?.bytes += Array("more".utf8)
        },
    ]

    // MARK: Chains

    static let chains: [TamperingCase] = [
        written(
            "a link to another signature", digests: oneInvalid.digests, logs: oneInvalid.logs,
            [.digestChainMismatch: 1],
            awsCLI: .laxer(
                digests: .init(valid: 6), logs: .init(valid: 12),
                because: "it never compares a digest with what the next one says of it")
        ) {
            $0.alter = { hour, draft in
                if hour == 3 { draft.previousSignature = String(repeating: "ab", count: 256) }
            }
        },
        written(
            "a link to another hash", digests: oneInvalid.digests, logs: oneInvalid.logs, [.digestChainMismatch: 1],
            awsCLI: .laxer(digests: .init(valid: 6), logs: .init(valid: 12), because: "it never looks at the hash")
        ) {
            $0.alter = { hour, draft in if hour == 3 { draft.previousHash = String(repeating: "ab", count: 32) } }
        },
        tampered(
            "log files of an invalid digest are not counted", digests: oneInvalid.digests, logs: oneInvalid.logs,
            [.digestSignature: 1]
        ) { scene in
            scene[scene.trail.digestKey(2)]?.metadata["signature"] = String(repeating: "00", count: 256)
            scene[scene.trail.logKey(2, 0)] = nil
        },
        tampered("a backfill digest", digests: .init(valid: 7), logs: .init(valid: 13)) { scene in
            scene.trail.writeBackfill(hour: 3, made: "2026-03-01T00:30:00Z", into: &scene.buckets)
        },
        tampered(
            "a backfill digest that does not say when it was made", digests: .init(valid: 6, invalid: 1),
            logs: .init(valid: 12), [.digestInvalidFormat: 1, .logNotInDigest: 1]
        ) { scene in
            scene.trail.writeBackfill(hour: 3, made: nil, into: &scene.buckets)
        },
        tampered(
            "a backfill digest modified", digests: .init(valid: 6, invalid: 1), logs: .init(valid: 12),
            [.digestSignature: 1, .logNotInDigest: 1]
        ) { scene in
            scene.trail.writeBackfill(hour: 3, made: "2026-03-01T00:30:00Z", into: &scene.buckets)
            let key = scene.trail.digestKey(3, suffix: "_backfill")
            scene.rewrite(key) { Gzip.compress($0.replacing("SHA-256", with: "SHA-257")) }
        },
    ]

    // MARK: Layouts

    static let layouts: [TamperingCase] = [
        written("a prefix") { $0.prefix = "some/prefix" },
        written("an organization") {
            $0.organizationID = "o-sample12345"
            $0.name = "organization"
        },
        written("an organization and a prefix") {
            $0.organizationID = "o-sample12345"
            $0.name = "organization-below-a-prefix"
            $0.prefix = "logs"
        },
        written("another region than the home") { $0.region = "eu-west-1" },
        tampered("two trails in one bucket") { scene in
            var other = scene.trail
            other.name = "main_other"
            other.logsPerHour = 1
            other.write(into: &scene.buckets)
        },
        tampered("two trails and a log file deleted", logs: .init(valid: 11, invalid: 1), [.logNotFound: 1]) { scene in
            var other = scene.trail
            other.name = "a.other"
            other.write(into: &scene.buckets)
            scene[scene.trail.logKey(4, 0)] = nil
        },
    ]
}

extension TamperingCase.Scene {
    /// - Parameter bytes: what the object is to hold, by its decompressed content.
    fileprivate mutating func rewrite(_ key: String, bytes: ([UInt8]) -> [UInt8]) {
        guard var object = self[key], let content = try? Gzip.decompress(object.bytes, bound: 1 << 20) else {
            preconditionFailure("\(key) is not there")
        }
        object.bytes = bytes(content)
        self[key] = object
    }
}

extension [UInt8] {
    fileprivate func replacing(_ text: String, with other: String) -> [UInt8] {
        Array(String(decoding: self, as: UTF8.self).replacing(text, with: other).utf8)
    }
}
