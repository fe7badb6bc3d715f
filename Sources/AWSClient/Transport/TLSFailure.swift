import Basics
import FoundationEssentials
import NIOSSL

/// Reason why a TLS connection failed, in words for the user.
struct TLSFailure {
    var why: String
    var advice: String
    /// Whether another attempt would fail too.
    var isFinal = true

    /// - Parameters:
    ///   - certificate: the server's certificate, if the failure is about it and it could be read.
    ///   - authorities: the setting of the trusted certificate authorities; `nil` for the system's.
    /// - Returns: `nil` if the error does not come from TLS.
    init?(_ error: any Error, certificate: NIOSSLCertificate?, authorities: String?) {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            self.init(
                why: "its certificate is for other names",
                advice: "check the address, and whether a proxy on the way answers in its place")
            return
        }
        guard case NIOSSLError.handshakeFailed(let reason) = error else { return nil }
        let code = Self.code(of: reason)
        switch code {
        case "CERTIFICATE_VERIFY_FAILED": self.init(untrusted: certificate, authorities: authorities, now: Date())
        case "UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION":
            self.init(
                why: "it speaks no TLS of version 1.2 or later", advice: "update the server, or the proxy on the way")
        case "WRONG_VERSION_NUMBER", "HTTP_REQUEST":
            self.init(why: "it does not speak TLS", advice: "check the address: is it http:// instead of https://?")
        case let code?:
            let words = code.lowercased().replacing("_", with: " ")
            self.init(why: "the TLS handshake failed (\(words))", advice: "check the address and the proxy")
        case nil:
            self.init(
                why: "it closed the connection during the TLS handshake", advice: "check the network and the proxy",
                isFinal: false)
        }
    }

    /// Whether the server's certificate explains the failure better than the error.
    static func isAboutCertificate(_ error: any Error) -> Bool {
        guard case NIOSSLError.handshakeFailed(let reason) = error else { return false }
        return code(of: reason) == "CERTIFICATE_VERIFY_FAILED"
    }

    private init(why: String, advice: String, isFinal: Bool = true) {
        (self.why, self.advice, self.isFinal) = (why, advice, isFinal)
    }

    private init(untrusted certificate: NIOSSLCertificate?, authorities: String?, now: Date) {
        func moment(_ time: Int) -> String { Date(timeIntervalSince1970: Double(time)).rfc3339 }
        let time = now.timeIntervalSince1970
        if let end = certificate?.notValidAfter, Double(end) < time {
            self.init(
                why: "its certificate expired at \(moment(end))",
                advice: "check this machine's clock; if it is right, the server needs a new certificate")
        } else if let start = certificate?.notValidBefore, Double(start) > time {
            self.init(why: "its certificate is not valid before \(moment(start))", advice: "check this machine's clock")
        } else if let authorities {
            self.init(
                why: "no certificate authority in \(authorities) signed its certificate",
                advice: "add the authority's certificate to that file; it stands in place of the system's")
        } else {
            self.init(
                why: "no certificate authority that this machine trusts signed its certificate",
                advice: "if a proxy inspects TLS, or the address is your own, "
                    + "set AWS_CA_BUNDLE to a PEM file with its certificate authority")
        }
    }

    /// Returns BoringSSL's reason, such as `CERTIFICATE_VERIFY_FAILED`; `nil` if there is none.
    ///
    /// The library provides only a text: `Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:REASON at
    /// FILE:LINE`.
    private static func code(of error: BoringSSLError) -> String? {
        let stack: NIOBoringSSLErrorStack =
            switch error {
            case .sslError(let stack), .unknownError(let stack), .invalidSNIName(let stack),
                .failedToSetALPN(let stack):
                stack
            default: []
            }
        for error in stack {
            let text = error.description
            guard let start = text.firstRange(of: "OPENSSL_internal:")?.upperBound else { continue }
            let code = text[start...].prefix { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
            if !code.isEmpty { return String(code) }
        }
        return nil
    }
}
