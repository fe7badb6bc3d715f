import FoundationEssentials
import Testing

@testable import AWSClient

@Suite("Instance metadata")
struct InstanceMetadataTests {
    private static let key =
        #"{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAEC2","SecretAccessKey":"SECRETKEY","Token":"SESSIONTOKEN","Expiration":"2026-01-31T13:00:00Z"}"#

    private func metadata(
        _ stage: CredentialStage, _ variables: [String: String] = [:]
    ) throws -> InstanceMetadata {
        let environment = stage.environment(variables)
        return InstanceMetadata(environment, try SharedConfiguration(environment), profile: "default", transport: stage)
    }

    /// Answers only those who show the session token.
    private static func service(role: String = "web", credentials: String = key)
        -> @Sendable (HTTPRequest) -> HTTPResponse
    {
        { request in
            if request.method == "PUT" { return answer(request.path == "/latest/api/token" ? "t0ken" : "") }
            guard request[header: "X-aws-ec2-metadata-token"] == "t0ken" else { return answer("", status: 401) }
            switch request.path {
            case "/latest/meta-data/iam/security-credentials/": return answer(role)
            case "/latest/meta-data/iam/security-credentials/web": return answer(credentials)
            case "/latest/meta-data/placement/region": return answer("ap-south-1\n")
            default: return answer("", status: 404)
            }
        }
    }

    @Test("Session token, role, credentials: version 2, never without a token")
    func version2() async throws {
        let stage = CredentialStage(answer: Self.service())
        let read = try await metadata(stage).credentials()
        #expect(read.accessKeyID == "ASIAEC2")
        #expect(read.expiration == noon + 3600)
        #expect(stage.requests.map(\.method) == ["PUT", "GET", "GET"])
        #expect(stage.requests[0][header: "X-aws-ec2-metadata-token-ttl-seconds"] == "21600")
        #expect(try await metadata(stage).region() == "ap-south-1")
    }

    @Test("Where version 2 gives no token, version 1 is not tried", arguments: [403, 404, 405, 400])
    func noFallback(status: Int) async throws {
        let stage = CredentialStage { _ in answer("Forbidden", status: status) }
        await expectFailure("no session token (HTTP status \(status))") { try await metadata(stage).credentials() }
        #expect(stage.requests.map(\.method) == ["PUT"])
    }

    @Test("A service that does not answer is asked twice, or as often as the variable says")
    func attempts() async throws {
        let stage = CredentialStage()
        await expectFailure("no answer at 169.254.169.254", "hop limit") { try await metadata(stage).credentials() }
        #expect(stage.requests.count == 2)
        let one = CredentialStage()
        await expectFailure("no answer") {
            try await metadata(one, ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "1"]).credentials()
        }
        #expect(one.requests.count == 1)
    }

    @Test(
        "Other endpoints can be named",
        arguments: [
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://localhost:1338/"], "http://localhost:1338/latest/api/token"),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://localhost/x/"], "http://localhost/x/latest/api/token"),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], "http://[fd00:ec2::254]/latest/api/token"),
            ([:], "http://169.254.169.254/latest/api/token"),
        ])
    func endpoints(variables: [String: String], url: String) async throws {
        let stage = CredentialStage()
        _ = try? await metadata(stage, variables).credentials()
        #expect(stage.requests.first?.url == url)
    }

    @Test("AWS_EC2_METADATA_DISABLED forbids asking")
    func disabled() async throws {
        let stage = CredentialStage(answer: Self.service())
        await expectFailure("AWS_EC2_METADATA_DISABLED is true") {
            try await metadata(stage, ["AWS_EC2_METADATA_DISABLED": "TRUE"]).credentials()
        }
        #expect(stage.requests.isEmpty)
    }

    @Test(
        "Answers that are no credentials are told",
        arguments: [
            ("web", "<html>", "what are no credentials"), ("web", "{", "what are no credentials"),
            ("web", #"{"Code":"AssumeRoleUnauthorizedAccess"}"#, "AssumeRoleUnauthorizedAccess"),
            ("web", #"{"Code":"Success"}"#, "no AccessKeyId"), ("", key, "no role"), ("other", key, "role other"),
            ("../../x\u{1B}[31m", key, "no credentials of the role"),
        ])
    func refusals(role: String, credentials: String, why: String) async throws {
        let stage = CredentialStage(answer: Self.service(role: role, credentials: credentials))
        let text = await expectFailure(why) { try await metadata(stage).credentials() }
        #expect(!text.contains("\u{1B}"))
    }
}
