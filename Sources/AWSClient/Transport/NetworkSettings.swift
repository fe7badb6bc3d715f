public import Basics
internal import NIOSSL

/// Proxies for connections to servers, and the certificate authorities to trust.
///
/// Source: AWS CLI User Guide, "Using an HTTP proxy for the AWS CLI"; AWS SDKs and Tools Reference Guide, "General
/// configuration settings", `ca_bundle`.
public struct NetworkSettings: Sendable {
    var proxies = ProxySettings()
    /// `nil` for the certificate authorities that the system trusts.
    var authorities: Authorities?

    /// Certificate authorities to trust instead of the system's.
    struct Authorities: Sendable {
        var certificates: [NIOSSLCertificate]
        /// Name of the setting and the file, for messages.
        var name: String
    }

    /// No proxy, and the system's certificate authorities.
    public init() {}

    /// Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. The bundle comes from `AWS_CA_BUNDLE`, else from the profile's
    /// `ca_bundle`, else from `REQUESTS_CA_BUNDLE`, as in botocore.
    /// - Throws: if a proxy's address is invalid, or the bundle cannot be read.
    public init(_ environment: AWSEnvironment, _ shared: SharedConfiguration, profile: String) throws(Failure) {
        proxies = try ProxySettings(environment.variables)
        let bundles = [
            ("AWS_CA_BUNDLE", environment.variable("AWS_CA_BUNDLE")),
            ("ca_bundle of the profile '\(profile)'", shared.setting("ca_bundle", ofProfile: profile)),
            ("REQUESTS_CA_BUNDLE", environment.variable("REQUESTS_CA_BUNDLE")),
        ]
        for case (let setting, let path?) in bundles {
            authorities = try Self.authorities(in: path, from: setting, environment)
            break
        }
    }

    private static func authorities(
        in path: String, from setting: String, _ environment: AWSEnvironment
    ) throws(Failure) -> Authorities {
        func failure(_ why: String) -> Failure {
            Failure(
                "the certificate authorities of \(setting) cannot be used", why: "\(path.quotable): \(why)",
                advice: "name a file with certificates in PEM form, or remove the setting")
        }
        let bytes: [UInt8]?
        do {
            bytes = try environment.readFile(environment.expand(path))
        } catch {
            throw failure(error.fileReason)
        }
        guard let bytes else { throw failure("there is no such file") }
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw failure("the file holds no certificate in PEM form")
        }
        return Authorities(certificates: certificates, name: "\(setting) (\(path.quotable))")
    }
}
