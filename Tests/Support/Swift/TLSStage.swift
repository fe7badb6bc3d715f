import Foundation

/// TLS servers with sound and unsound certificates, and proxies: see `Tests/Support/python/tls_stage.py`.
public final class TLSStage: Sendable {
    /// A file with the certificate of the authority that signed the servers' certificates.
    public let authority: String
    private let ports: [String: Int]
    private let server: PythonServer

    /// One stage for all tests.
    public static let shared = Task { try await TLSStage() }

    private init() async throws {
        server = try await PythonServer.start("Tests/Support/python/tls_stage.py")
        guard let stage = try JSONSerialization.jsonObject(with: Data(server.greeting.utf8)) as? [String: Any],
            let authority = stage["authority"] as? String
        else { throw MotoServer.Failure("the TLS servers do not start; run 'make setup' first") }
        self.authority = authority
        ports = stage.compactMapValues { $0 as? Int }
    }

    /// - Parameter name: of a server or proxy.
    public subscript(name: String) -> Int { ports[name] ?? 0 }
}
