import AWSClient
import Testing

@Suite("Web identity")
struct WebIdentityCredentialsTests {
    private static let variables = [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/pod",
        "AWS_ROLE_SESSION_NAME": "pod-7", "AWS_REGION": "eu-west-1",
    ]

    @Test("The token is sent unsigned, and read again each time")
    func assumes() async throws {
        let stage = CredentialStage(files: ["/var/run/token": "IDENTITYTOKEN\n"]) { _ in
            roleAnswer("ASIAPOD", operation: "AssumeRoleWithWebIdentity")
        }
        let chain = stage.chain(Self.variables)
        #expect(try await chain.credentials().accessKeyID == "ASIAPOD")
        stage.write("SECOND", to: "/var/run/token")
        _ = try await chain.credentials()
        #expect(stage.requests.allSatisfy { $0[header: "Authorization"] == nil })
        #expect(stage.requests[0].bodyText.contains("WebIdentityToken=IDENTITYTOKEN"))
        #expect(stage.requests[0].bodyText.contains("RoleSessionName=pod-7"))
        #expect(stage.requests[1].bodyText.contains("WebIdentityToken=SECOND"))
        #expect(stage.requests[0].host == "sts.eu-west-1.amazonaws.com")
    }

    @Test("A profile may name the token")
    func profile() async throws {
        let stage = CredentialStage(files: [
            "/home/ann/token": "IDENTITYTOKEN",
            "/home/ann/.aws/config":
                "[profile ci]\nrole_arn = arn:aws:iam::1:role/ci\nweb_identity_token_file = ~/token\n",
        ]) { _ in roleAnswer("ASIACI", operation: "AssumeRoleWithWebIdentity") }
        #expect(try await stage.chain(profile: "ci").credentials().accessKeyID == "ASIACI")
    }

    @Test(
        "A token without a role, and a role whose token is missing, empty or garbage, are errors",
        arguments: [
            (["AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token"], "AWS_ROLE_ARN is not"),
            (variables, "there is no such file"),
            (variables.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": "/empty"]) { $1 }, "holds no token"),
            (variables.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": "/binary"]) { $1 }, "holds no token"),
            (variables.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": "/huge"]) { $1 }, "holds no token"),
            (variables.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": "/locked"]) { $1 }, "permission denied"),
        ])
    func unusable(variables: [String: String], why: String) async {
        let stage = CredentialStage(
            files: ["/empty": " \n", "/binary": "\u{1}\u{2}", "/huge": String(repeating: "a", count: 100_000)],
            unreadable: ["/locked"])
        await expectFailure(why) { try await stage.chain(variables).credentials() }
    }

    @Test("An expired token is told in STS's words")
    func refused() async {
        let stage = CredentialStage(files: ["/var/run/token": "IDENTITYTOKEN"]) { _ in
            stsError("InvalidIdentityToken", "No OpenIDConnect provider found in your account", status: 400)
        }
        await expectFailure("InvalidIdentityToken: No OpenIDConnect provider", "identity provider") {
            try await stage.chain(Self.variables).credentials()
        }
    }
}
