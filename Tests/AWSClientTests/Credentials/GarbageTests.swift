import Basics
import FoundationEssentials
import Testing

@testable import AWSClient

/// Whatever files and services give, the answer is credentials or an error of one line.
@Suite("Garbage")
struct GarbageTests {
    /// Every truncation of `sound`, and `sound` with bytes changed at places that are always the same.
    private static func variations(of sound: String) -> [[UInt8]] {
        let bytes = Array(sound.utf8)
        var state: UInt64 = 11
        let changed = (0..<200).map { _ in
            var copy = bytes
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                copy[Int(state >> 33) % copy.count] = UInt8(truncatingIfNeeded: state >> 24)
            }
            return copy
        }
        let huge = Array(repeating: UInt8(ascii: "{"), count: 300_000)
        return bytes.indices.map { Array(bytes[..<$0]) } + changed + [huge, Array(repeating: 0, count: 1000)]
    }

    private static let key =
        #"{"Version":1,"Code":"Success","AccessKeyId":"A","SecretAccessKey":"B","Token":"C","Expiration":"2026-01-31T13:00:00Z"}"#

    @Test("Truncated and changed answers of STS")
    func sts() async {
        for body in Self.variations(of: String(decoding: roleAnswer("ASIA").body, as: UTF8.self)) {
            let stage = CredentialStage { _ in HTTPResponse(status: 200, body: body) }
            let sts = SecurityTokenService(
                endpoints: EndpointResolver(), region: nil, environment: stage.environment(), transport: stage,
                sign: markWhoSigns)
            await check { () async throws(Failure) in
                try await sts.assumeRole(AssumableRole(arn: "arn:aws:iam::1:role/r"), webIdentityToken: "t")
            }
        }
    }

    @Test("Truncated and changed answers of container endpoint and instance metadata")
    func json() async throws {
        for body in Self.variations(of: Self.key) {
            let stage = CredentialStage { request in
                HTTPResponse(status: 200, body: request.method == "PUT" ? Array("t".utf8) : body)
            }
            let environment = stage.environment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://h/"])
            let container = ContainerCredentials(environment: environment, transport: stage)
            await check { () async throws(Failure) in try await container.credentials() }
            let metadata = InstanceMetadata(
                environment, try SharedConfiguration(environment), profile: "default", transport: stage)
            await check { () async throws(Failure) in try await metadata.credentials() }
        }
    }

    @Test("Truncated and changed login caches")
    func sso() throws {
        let sound =
            #"{"accessToken":"A","expiresAt":"2026-01-31T13:00:00Z","refreshToken":"R","clientId":"c","clientSecret":"s","registrationExpiresAt":"2026-02-01T00:00:00Z"}"#
        #expect(try JSONDecoder().decode(SSOToken.self, from: Data(sound.utf8)).renewal(at: noon) != nil)
        for bytes in Self.variations(of: sound) {
            let token = try? JSONDecoder().decode(SSOToken.self, from: Data(bytes))
            _ = token?.expiration
            _ = token?.renewal(at: noon)
        }
    }

    @Test("Truncated and changed command lines and addresses")
    func text() {
        for bytes in Self.variations(of: #"/usr/bin/tool 'a b' "c \" d" \\ --url=https://h"#) {
            _ = ShellWords.split(String(decoding: bytes, as: UTF8.self))
        }
        for bytes in Self.variations(of: "https://[fd00::1]:8443/a/b?c=d%2Fe&f") {
            _ = try? EndpointURL(String(decoding: bytes, as: UTF8.self), from: "test")
        }
    }

    private func check(
        sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws(Failure) -> Credentials
    ) async {
        do {
            let credentials = try await body()
            #expect(!credentials.accessKeyID.isEmpty, sourceLocation: sourceLocation)
        } catch {
            let text = error.description
            #expect(
                !text.contains("\n") && !text.contains("\u{0}") && text.count < 1500, sourceLocation: sourceLocation)
        }
    }
}
