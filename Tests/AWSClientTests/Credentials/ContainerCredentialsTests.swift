import FoundationEssentials
import Testing

@testable import AWSClient

@Suite("Container credentials")
struct ContainerCredentialsTests {
    private static let key =
        #"{"RoleArn":"arn","AccessKeyId":"ASIATASK","SecretAccessKey":"SECRETKEY","Token":"SESSIONTOKEN","Expiration":"2026-01-31T13:00:00Z"}"#
    private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    private func provider(_ stage: CredentialStage, _ variables: [String: String]) -> ContainerCredentials {
        ContainerCredentials(environment: stage.environment(variables), transport: stage)
    }

    @Test("ECS: the relative URI is asked of the agent")
    func relative() async throws {
        let stage = CredentialStage { _ in answer(Self.key) }
        let read = try await provider(stage, ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/a-b?x=1%2F2"])
            .credentials()
        #expect(read.accessKeyID == "ASIATASK")
        #expect(read.sessionToken == "SESSIONTOKEN")
        #expect(read.expiration == noon + 3600)
        #expect(stage.requests.map(\.url) == ["http://169.254.170.2/v2/credentials/a-b?x=1%2F2"])
    }

    @Test("EKS: the token file is read each time and wins over the token")
    func tokenFile() async throws {
        let stage = CredentialStage(files: ["/t": "from-file\n"]) { _ in answer(Self.key) }
        let eks = provider(
            stage,
            [
                Self.full: "http://169.254.170.23/v1/credentials", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "from-variable",
            ])
        _ = try await eks.credentials()
        stage.write("newer", to: "/t")
        _ = try await eks.credentials()
        #expect(stage.requests.map { $0[header: "Authorization"] } == ["from-file", "newer"])
    }

    @Test(
        "Credentials are taken from trusted hosts and over TLS only",
        arguments: [
            ("http://127.0.0.1:51678/x", true), ("http://127.1.2.3/x", true), ("http://localhost/x", true),
            ("http://[::1]:80/x", true), ("http://169.254.170.2/x", true), ("http://169.254.170.23/x", true),
            ("http://[fd00:ec2::23]/x", true), ("https://credentials.example.com/x", true),
            ("http://credentials.example.com/x", false), ("http://169.254.169.254/x", false),
            ("http://127.0.0.1.example.com/x", false), ("http://1270.0.0.1/x", false), ("http://10.0.0.1/x", false),
            ("http://localhost@evil.example.com/x", false), ("ftp://localhost/x", false), ("nonsense", false),
            ("http://[fd00:ec2::24]/x", false), ("http:///x", false), ("http://localhost:99999/x", false),
        ])
    func hosts(url: String, trusted: Bool) async throws {
        let stage = CredentialStage { _ in answer(Self.key) }
        let provider = provider(stage, [Self.full: url])
        if trusted {
            #expect(try await provider.credentials().accessKeyID == "ASIATASK")
        } else {
            await expectFailure("the container's credentials cannot be had") { try await provider.credentials() }
            #expect(stage.requests.isEmpty)
        }
    }

    @Test(
        "Answers that are no credentials are told",
        arguments: [
            (answer("", status: 404), "HTTP status 404"), (answer("<html>"), "what are no credentials"),
            (answer(#"{"AccessKeyId":"A"}"#), "no SecretAccessKey"), (answer("[]"), "what are no credentials"),
            (answer("\u{0}"), "what are no credentials"),
        ])
    func refusals(response: HTTPResponse, why: String) async {
        let stage = CredentialStage { _ in response }
        await expectFailure(why) { try await provider(stage, [Self.full: "https://h/x"]).credentials() }
    }

    @Test("A token that would forge headers is refused")
    func forgedHeader() async {
        let stage = CredentialStage { _ in answer(Self.key) }
        await expectFailure("cannot stand in a header") {
            try await provider(stage, [Self.full: "https://h/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nHost: b"])
                .credentials()
        }
        await expectFailure("/gone", "cannot be read") {
            try await provider(stage, [Self.full: "https://h/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/gone"])
                .credentials()
        }
        await expectFailure("does not begin with /") {
            try await provider(stage, ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@evil.example.com/"]).credentials()
        }
    }

    @Test("An agent that does not answer is asked three times")
    func silence() async {
        let stage = CredentialStage()
        await expectFailure("gives no answer") { try await provider(stage, [Self.full: "https://h/x"]).credentials() }
        #expect(stage.requests.count == 3)
    }
}
