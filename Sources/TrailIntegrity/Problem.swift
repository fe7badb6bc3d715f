/// Something that keeps a stretch of the logs from being proved, or that a person should know.
public struct Problem: Sendable, Hashable, Codable {
    /// What is wrong.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A digest that must have been there is not.
        case digestNotFound = "digest-not-found"
        /// Not one whole gzip member, not JSON, or without what every digest says.
        case digestInvalidFormat = "digest-invalid-format"
        /// The digest says that it belongs in another place.
        case digestMoved = "digest-moved"
        /// The signature is missing, or is not CloudTrail's of these bytes.
        case digestSignature = "digest-signature"
        /// CloudTrail has no key of that fingerprint.
        case digestUnknownKey = "digest-unknown-key"
        /// CloudTrail's key of that fingerprint is none.
        case digestBadKey = "digest-bad-key"
        /// The digest is signed, but is not the one that the next one follows.
        case digestChainMismatch = "digest-chain-mismatch"
        case logNotFound = "log-not-found"
        case logHashMismatch = "log-hash-mismatch"
        /// Damaged, not gzip, with something after its end, or a decompression bomb.
        case logInvalidFormat = "log-invalid-format"
        /// A log object that no digest lists.
        case logNotInDigest = "log-not-in-digest"
        /// A time that no digest speaks for.
        case gap

        /// It changes neither counts nor exit code.
        public var isInformation: Bool { self == .gap || self == .logNotInDigest }

        /// It makes a digest invalid.
        public var isOfDigest: Bool { rawValue.hasPrefix("digest-") }
    }

    public var kind: Kind
    /// `s3://bucket/key`
    public var object: String
    /// One sentence for a person.
    public var message: String
    public var account: String
    public var region: String
    /// The trail's name; empty if no one trail is concerned.
    public var trail: String

    public init(
        _ kind: Kind, object: String, message: String, account: String = "", region: String = "", trail: String = ""
    ) {
        self.kind = kind
        self.object = object
        self.message = message
        self.account = account
        self.region = region
        self.trail = trail
    }
}
