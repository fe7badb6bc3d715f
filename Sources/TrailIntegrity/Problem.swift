public import FoundationEssentials

/// An obstacle to proving a part of the logs, or a fact that users should know.
public struct Problem: Sendable, Hashable, Codable {
    /// The kind of problem.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A digest that must have existed is missing.
        case digestNotFound = "digest-not-found"
        /// The digest is not one whole gzip member, is not JSON, or lacks a member that every digest has.
        case digestInvalidFormat = "digest-invalid-format"
        /// The digest names another location than its own.
        case digestMoved = "digest-moved"
        /// The signature is missing, or is not CloudTrail's signature of these bytes.
        case digestSignature = "digest-signature"
        /// CloudTrail has no key with that fingerprint.
        case digestUnknownKey = "digest-unknown-key"
        /// CloudTrail's key with that fingerprint is not an RSA key.
        case digestBadKey = "digest-bad-key"
        /// The digest is signed, but the next digest follows another digest.
        case digestChainMismatch = "digest-chain-mismatch"
        case logNotFound = "log-not-found"
        case logHashMismatch = "log-hash-mismatch"
        /// The file is damaged, not gzip, followed by other data, or a decompression bomb.
        case logInvalidFormat = "log-invalid-format"
        /// A log object that no digest lists.
        case logNotInDigest = "log-not-in-digest"
        /// A period that no digest covers.
        case gap

        /// Whether the problem changes neither counts nor the exit status.
        public var isInformation: Bool { self == .gap || self == .logNotInDigest }

        /// Whether the problem makes a digest invalid.
        public var isOfDigest: Bool { rawValue.hasPrefix("digest-") }
    }

    public var kind: Kind
    /// `s3://bucket/key`
    public var object: String
    /// One sentence for users.
    public var message: String
    public var account: String
    public var region: String
    /// The trail's name; empty if the problem does not concern one trail.
    public var trail: String
    /// The period that cannot be verified, of a ``Kind/gap`` whose ends are known.
    public var period: ClosedRange<Date>?

    /// The time in the name of the object; `nil` if its name has none.
    public var timeOfObject: Date? {
        object.split(separator: "/").last?.split { $0 == "_" || $0 == "." }.lazy.compactMap(KeyTime.parse).first
    }

    public init(
        _ kind: Kind, object: String, message: String, account: String = "", region: String = "", trail: String = "",
        period: ClosedRange<Date>? = nil
    ) {
        self.kind = kind
        self.object = object
        self.message = message
        self.account = account
        self.region = region
        self.trail = trail
        self.period = period
    }
}
