public import Basics
public import Foundation
import NIOSSL

/// The certificate and the private key with which the dashboard speaks TLS 1.2 and 1.3.
public struct ServerCertificate: Sendable {
    let configuration: TLSConfiguration
    /// The time at which the certificate ends.
    public let end: Date

    /// - Parameters:
    ///   - certificate: a PEM file with the certificate and those that lead to its authority.
    ///   - key: a PEM file with the private key, not encrypted.
    /// - Throws: ``Failure`` if a file cannot be read, or the two do not belong together.
    public init(certificate: String, key: String) throws(Failure) {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMFile(certificate) } catch {
            throw Failure(
                "the certificate \(certificate) cannot be used", why: Self.reason(certificate, "certificates"),
                advice: "name a PEM file with the certificate and its chain", cause: error)
        }
        guard let first = chain.first else {
            throw Failure(
                "the certificate \(certificate) cannot be used", why: "the file contains no certificate",
                advice: "name a PEM file with the certificate and its chain")
        }
        let privateKey: NIOSSLPrivateKey
        do { privateKey = try NIOSSLPrivateKey(file: key, format: .pem) } catch {
            throw Failure(
                "the private key \(key) cannot be used", why: Self.reason(key, "a private key without passphrase"),
                advice: "name a PEM file with the key of the certificate", cause: error)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do { _ = try NIOSSLContext(configuration: configuration) } catch {
            throw Failure(
                "the certificate \(certificate) cannot be used", why: "the key \(key) is not its key",
                advice: "name the certificate and the key that belong together", cause: error)
        }
        self.configuration = configuration
        end = Date(timeIntervalSince1970: TimeInterval(first.notValidAfter))
    }

    private static func reason(_ path: String, _ content: String) -> String {
        FileManager.default.isReadableFile(atPath: path)
            ? "it is not a PEM file with \(content)" : "no such readable file"
    }
}
