import Basics
import Crypto
import CryptoExtras
import FoundationEssentials
import LogSources

/// CloudTrail's signature of a digest file: RSASSA-PKCS1-v1_5 with SHA-256. The signed text contains the digest's end,
/// its location, its hash, and the signature of the digest before it.
///
/// Source: "Custom implementations of CloudTrail log file integrity validation", AWS CloudTrail User Guide.
enum DigestSignature {
    static func signedText(of digest: Digest) -> String {
        """
        \(digest.endText)
        \(digest.address.bucket)/\(digest.address.key)
        \(digest.hash)
        \(digest.previousSignature ?? "null")
        """
    }

    static func isValid(_ digest: Digest, by key: PublicKey) -> Bool {
        guard let signature = Hexadecimal.bytes(digest.signature) else { return false }
        return key.rsa.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: Data(signature)),
            for: SHA256.hash(data: Data(signedText(of: digest).utf8)), padding: .insecurePKCS1v1_5)
    }
}

/// One of CloudTrail's public keys.
struct PublicKey: Sendable {
    fileprivate let rsa: _RSA.Signing.PublicKey

    /// - Parameter base64: the DER of the PKCS #1 form.
    init?(base64: String) {
        guard let bytes = Data(base64Encoded: base64),
            // CloudTrail's keys have 2048 bits. Keys shorter than 1024 bits are rejected here too.
            let rsa = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: bytes),
            // The encoded key must equal the input: nothing may follow the key.
            rsa.pkcs1DERRepresentation == bytes
        else { return nil }
        self.rsa = rsa
    }
}
