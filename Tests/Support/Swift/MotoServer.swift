import Foundation

/// A moto server that plays AWS over real HTTP on a free loopback port.
public final class MotoServer: Sendable {
    public let endpoint: String
    private let server: PythonServer

    public struct Failure: Error, CustomStringConvertible {
        public var description: String

        public init(_ description: String) {
            self.description = description
        }
    }

    /// - Parameter seeded: with the sample account in it.
    public static func start(seeded: Bool) async throws -> MotoServer {
        let server = try MotoServer(try await PythonServer.start("Tests/Support/python/moto_server.py"))
        if seeded {
            let outcome = try await Subprocess.python(
                "Examples/sample-account/seed.py", ["--endpoint-url", server.endpoint])
            guard outcome.status == 0 else {
                throw Failure("the sample account cannot be seeded: \(outcome.standardError)")
            }
        }
        return server
    }

    /// One server with the sample account, for all tests that only read it.
    public static let sample = Task { try await MotoServer.start(seeded: true) }

    private init(_ server: PythonServer) throws {
        let ready = server.greeting.split(separator: " ")
        guard ready.count == 2, ready[0] == "READY", let port = Int(ready[1]) else {
            throw Failure("the moto server does not start; run 'make setup' first")
        }
        self.server = server
        endpoint = "http://127.0.0.1:\(port)"
    }
}
