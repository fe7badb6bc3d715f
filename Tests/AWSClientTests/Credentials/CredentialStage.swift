import AWSClient
import FoundationEssentials
import Synchronization
import Testing

/// A noon that all tests of credentials share.
let noon = Date(timeIntervalSince1970: 1_769_860_800)

/// Values that no error may show.
let secrets = ["SECRETKEY", "SESSIONTOKEN", "ACCESSTOKEN", "REFRESHTOKEN", "CLIENTSECRET", "IDENTITYTOKEN"]

/// Files, clock and network of a test, all in memory.
final class CredentialStage: HTTPTransport {
    private let files: Mutex<[String: [UInt8]]>
    private let time = Mutex(noon)
    private let sent = Mutex<[HTTPRequest]>([])
    private let answer: @Sendable (HTTPRequest) throws(TransportError) -> HTTPResponse
    private let unreadable: Set<String>

    /// - Parameter answer: by default there is no network.
    init(
        files: [String: String] = [:], unreadable: Set<String> = [],
        answer: @escaping @Sendable (HTTPRequest) throws(TransportError) -> HTTPResponse = {
            request throws(TransportError) in throw TransportError(.connection, "no route to \(request.host)")
        }
    ) {
        self.files = Mutex(files.mapValues { Array($0.utf8) })
        self.unreadable = unreadable
        self.answer = answer
    }

    var requests: [HTTPRequest] { sent.withLock { $0 } }

    func send(
        _ request: HTTPRequest, timeout: Duration, maximumBodyBytes: Int
    ) async throws(TransportError) -> HTTPResponse {
        sent.withLock { $0.append(request) }
        return try answer(request)
    }

    func file(_ path: String) -> String? {
        files.withLock { $0[path] }.map { String(decoding: $0, as: UTF8.self) }
    }

    func write(_ text: String, to path: String) {
        files.withLock { $0[path] = Array(text.utf8) }
    }

    func advance(by seconds: Double) {
        time.withLock { $0 += seconds }
    }

    func environment(
        _ variables: [String: String] = [:],
        promptMFA: (@Sendable (String) async throws -> String)? = nil
    ) -> AWSEnvironment {
        AWSEnvironment(
            variables: variables, homeDirectory: "/home/ann",
            readFile: { [self] path in
                if unreadable.contains(path) { throw StageError(description: "permission denied") }
                return files.withLock { $0[path] }
            },
            replacePrivateFile: { [self] path, bytes in files.withLock { $0[path] = bytes } },
            now: { [self] in time.withLock { $0 } }, pause: { _ in }, promptMFA: promptMFA)
    }

    func chain(
        _ variables: [String: String] = [:], profile: String? = nil, region: String? = nil,
        promptMFA: (@Sendable (String) async throws -> String)? = nil
    ) -> DefaultCredentialChain {
        DefaultCredentialChain(
            environment: environment(variables, promptMFA: promptMFA), transport: self, sign: markWhoSigns,
            profile: profile, region: region)
    }
}

struct StageError: Error, CustomStringConvertible {
    var description: String
}

/// Writes in the clear who signs for what, for tests to read.
let markWhoSigns: RequestSigning = { request, credentials, region, service, _ in
    var signed = request
    signed.headers.append(.init("Authorization", "\(credentials.accessKeyID) \(region) \(service)"))
    return signed
}

func answer(_ body: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, body: Array(body.utf8))
}

/// What STS answers; the access key tells which operation it was.
func roleAnswer(_ keyID: String, operation: String = "AssumeRole", expiration: String = "2026-01-31T13:00:00Z")
    -> HTTPResponse
{
    answer(
        """
        <\(operation)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(operation)Result><Credentials>
        <AccessKeyId>\(keyID)</AccessKeyId><SecretAccessKey>SECRETKEY</SecretAccessKey>
        <SessionToken>SESSIONTOKEN</SessionToken><Expiration>\(expiration)</Expiration>
        </Credentials></\(operation)Result></\(operation)Response>
        """)
}

func stsError(_ code: String, _ message: String, status: Int = 403) -> HTTPResponse {
    answer(
        """
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
        <Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>r-1</RequestId></ErrorResponse>
        """, status: status)
}

extension HTTPRequest {
    var bodyText: String { String(decoding: body, as: UTF8.self) }
}

/// The failure of `body`, which must be one, hold every part, and show no secret.
@discardableResult
func expectFailure(
    _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation,
    of body: () async throws -> some Any
) async -> String {
    do {
        _ = try await body()
        Issue.record("nothing failed", sourceLocation: sourceLocation)
        return ""
    } catch {
        let text = "\(error)"
        for part in parts {
            #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation)
        }
        for secret in secrets {
            #expect(!text.contains(secret), "a secret is shown: \(text)", sourceLocation: sourceLocation)
        }
        #expect(!text.contains("\n"), "more than one line", sourceLocation: sourceLocation)
        return text
    }
}
