import AWSClient
import FoundationEssentials
import Testing

@Suite("IAM Identity Center")
struct SSOCredentialsTests {
    /// sha1("corp") and sha1("https://corp.awsapps.com/start"), from `printf corp | sha1sum`.
    private static let sessionCache = "/home/ann/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
    private static let legacyCache = "/home/ann/.aws/sso/cache/a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json"

    private static let config = """
        [sso-session corp]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = eu-west-1
        sso_registration_scopes = sso:account:access
        [profile audit]
        sso_session = corp
        sso_account_id = 123456789012
        sso_role_name = Audit
        [profile old]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = eu-west-1
        sso_account_id = 123456789012
        sso_role_name = Audit
        [profile lost]
        sso_session = gone
        sso_account_id = 123456789012
        sso_role_name = Audit
        [profile half]
        sso_session = corp
        sso_account_id = 123456789012
        [profile torn]
        sso_session = corp
        sso_region = us-east-1
        sso_account_id = 123456789012
        sso_role_name = Audit
        """

    private static func token(expires: String, registration: String = "2026-03-01T00:00:00Z") -> String {
        """
        {"startUrl": "https://corp.awsapps.com/start", "region": "eu-west-1", "accessToken": "ACCESSTOKEN",
         "expiresAt": "\(expires)", "clientId": "client", "clientSecret": "CLIENTSECRET",
         "registrationExpiresAt": "\(registration)", "refreshToken": "REFRESHTOKEN"}
        """
    }

    private func stage(
        token: String?, legacy: Bool = false,
        renewal: @escaping @Sendable () -> HTTPResponse = { answer(#"{"error":"invalid_grant"}"#, status: 400) },
        portal: @escaping @Sendable () -> HTTPResponse = {
            answer(
                #"{"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"SECRETKEY","sessionToken":"SESSIONTOKEN","expiration":1769864400000}}"#
            )
        }
    ) -> CredentialStage {
        var files = ["/home/ann/.aws/config": Self.config]
        files[legacy ? Self.legacyCache : Self.sessionCache] = token
        return CredentialStage(files: files) { request throws(TransportError) in
            switch request.host {
            case "portal.sso.eu-west-1.amazonaws.com": return portal()
            case "oidc.eu-west-1.amazonaws.com": return renewal()
            default: throw TransportError(.connection, "no route")
            }
        }
    }

    @Test("A valid login opens the role")
    func valid() async throws {
        let stage = stage(token: Self.token(expires: "2026-01-31T18:00:00Z"))
        let credentials = try await stage.chain(profile: "audit").credentials()
        #expect(credentials.accessKeyID == "ASIASSO")
        #expect(credentials.expiration == noon + 3600)
        let request = try #require(stage.requests.first)
        #expect(stage.requests.count == 1)
        #expect(request.url.hasSuffix("/federation/credentials?account_id=123456789012&role_name=Audit"))
        #expect(request[header: "x-amz-sso_bearer_token"] == "ACCESSTOKEN")
        #expect(request[header: "Authorization"] == nil)
    }

    @Test("A profile of the older form finds its login by the start URL, in the older date form too")
    func legacy() async throws {
        let stage = stage(token: Self.token(expires: "2026-01-31T18:00:00UTC"), legacy: true)
        #expect(try await stage.chain(profile: "old").credentials().accessKeyID == "ASIASSO")
    }

    @Test("An expired login is renewed, and the new one kept for the AWS CLI")
    func renewed() async throws {
        let stage = stage(
            token: Self.token(expires: "2026-01-31T11:00:00Z"),
            renewal: {
                answer(
                    #"{"accessToken":"NEWACCESS","expiresIn":28800,"refreshToken":"NEWREFRESH","tokenType":"Bearer"}"#)
            })
        _ = try await stage.chain(profile: "audit").credentials()
        #expect(stage.requests.map(\.host) == ["oidc.eu-west-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com"])
        #expect(stage.requests[0].bodyText.contains("REFRESHTOKEN"))
        #expect(stage.requests[0].path == "/token")
        #expect(stage.requests[1][header: "x-amz-sso_bearer_token"] == "NEWACCESS")
        let kept = try #require(stage.file(Self.sessionCache))
        #expect(kept.contains("NEWACCESS") && kept.contains("NEWREFRESH") && kept.contains("2026-01-31T20:00:00Z"))
        #expect(kept.contains("CLIENTSECRET"))
    }

    @Test("A login that cannot be renewed is used to its end")
    func usedToItsEnd() async throws {
        let stage = stage(token: Self.token(expires: "2026-01-31T12:05:00Z"))
        #expect(try await stage.chain(profile: "audit").credentials().accessKeyID == "ASIASSO")
        #expect(stage.requests.count == 2)
    }

    @Test(
        "An expired login, none, or a broken one says how to log in",
        arguments: [
            (token(expires: "2026-01-31T11:00:00Z"), "expired at 2026-01-31T11:00:00Z"),
            (token(expires: "2026-01-31T11:00:00Z", registration: "2026-01-01T00:00:00Z"), "expired at"),
            (nil, "no SSO session is active"),
            ("{", "holds no login"),
            ("\u{0}\u{1}", "holds no login"),
            ("[]", "holds no login"),
            (#"{"accessToken":"ACCESSTOKEN","expiresAt":"soon"}"#, "holds no login"),
        ] as [(String?, String)])
    func loginNeeded(token: String?, why: String) async {
        await expectFailure(why, "run 'aws sso login --profile audit'") {
            try await stage(token: token).chain(profile: "audit").credentials()
        }
    }

    @Test("Where the program's registration has expired, and for a profile of the older form, no renewal is asked for")
    func notRenewable() async {
        let expired = Self.token(expires: "2026-01-31T11:00:00Z", registration: "2026-01-31T11:59:00Z")
        let registration = stage(token: expired)
        await expectFailure("expired at") { try await registration.chain(profile: "audit").credentials() }
        #expect(registration.requests.isEmpty)
        let legacy = stage(token: Self.token(expires: "2026-01-31T11:00:00Z"), legacy: true)
        await expectFailure("expired at", "--profile old") { try await legacy.chain(profile: "old").credentials() }
        #expect(legacy.requests.isEmpty)
    }

    @Test("The portal's refusals are told")
    func refusals() async {
        let valid = Self.token(expires: "2026-01-31T18:00:00Z")
        let denied = HTTPResponse(
            status: 403, headers: [.init("x-amzn-errortype", "ForbiddenException")],
            body: Array(#"{"message":"No access"}"#.utf8))
        await expectFailure("ForbiddenException: No access", "sso_role_name") {
            try await stage(token: valid, portal: { denied }).chain(profile: "audit").credentials()
        }
        await expectFailure("run 'aws sso login --profile audit'") {
            try await stage(token: valid, portal: { answer(#"{"message":"Session token not found"}"#, status: 401) })
                .chain(profile: "audit").credentials()
        }
        await expectFailure("answers what is not its answer") {
            try await stage(token: valid, portal: { answer("<html>") }).chain(profile: "audit").credentials()
        }
    }

    @Test(
        "Settings that do not fit together are told",
        arguments: [
            ("lost", "there is no [sso-session gone]"), ("half", "sso_role_name is missing"),
            ("torn", "sso_region differs"),
        ])
    func settings(profile: String, why: String) async {
        await expectFailure(why) { try await stage(token: nil).chain(profile: profile).credentials() }
    }
}
