import AWSClient
import Testing

@Suite("Credentials of profiles")
struct ProfileCredentialsTests {
    private func stage(_ config: String, credentials: String = "") -> CredentialStage {
        CredentialStage(files: ["/home/ann/.aws/config": config, "/home/ann/.aws/credentials": credentials]) {
            request throws(TransportError) in
            guard request.host.hasPrefix("sts.") else { throw TransportError(.connection, "no route") }
            // Who assumed which role.
            let by = request[header: "Authorization"]?.split(separator: " ").first ?? "nobody"
            let role = request.bodyText.split(separator: "role%2F").last?.split(separator: "&").first ?? ""
            return roleAnswer("\(role)-by-\(by)")
        }
    }

    private static let keys = "aws_access_key_id = AKIA1\naws_secret_access_key = SECRETKEY\n"

    @Test("A role is assumed with the keys of its source profile, through any number of profiles")
    func roleChain() async throws {
        let config = """
            [profile top]
            role_arn = arn:aws:iam::111111111111:role/top
            source_profile = middle
            region = eu-west-1
            [profile middle]
            role_arn = arn:aws:iam::222222222222:role/middle
            source_profile = base
            """
        let stage = stage(config, credentials: "[base]\n" + Self.keys)
        #expect(try await stage.chain(profile: "top").credentials().accessKeyID == "top-by-middle-by-AKIA1")
        #expect(stage.requests.map(\.host) == ["sts.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com"])
    }

    @Test("External id, session name, duration and MFA code go with the request")
    func roleSettings() async throws {
        let stage = stage(
            """
            [default]
            role_arn = arn:aws:iam::111111111111:role/audit
            source_profile = base
            external_id = four/two
            role_session_name = ann
            duration_seconds = 900
            mfa_serial = arn:aws:iam::111111111111:mfa/ann
            """, credentials: "[base]\n" + Self.keys)
        let chain = stage.chain(promptMFA: { serial in
            #expect(serial == "arn:aws:iam::111111111111:mfa/ann")
            return " 123456\n"
        })
        _ = try await chain.credentials()
        let body = try #require(stage.requests.first?.bodyText)
        for part in [
            "Action=AssumeRole", "ExternalId=four%2Ftwo", "RoleSessionName=ann", "DurationSeconds=900",
            "TokenCode=123456",
            "SerialNumber=arn%3Aaws%3Aiam%3A%3A111111111111%3Amfa%2Fann",
        ] {
            #expect(body.split(separator: "&").contains(Substring(part)), "\(part) in \(body)")
        }
    }

    @Test("A chain of thousands of profiles is refused, and is no crash")
    func longChain() async throws {
        let profiles = (0..<3_000).map {
            "[profile p\($0)]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = p\($0 + 1)\n"
        }
        let stage = stage(profiles.joined() + "[profile p3000]\n" + Self.keys)
        let failure = await #expect(throws: (any Error).self) {
            try await stage.chain(profile: "p0").credentials()
        }
        #expect("\(String(describing: failure))".contains("more than 20 profiles"))
        #expect(try await stage.chain(profile: "p2985").credentials().accessKeyID.hasSuffix("AKIA1"))
    }

    @Test("A profile may be its own source for its own keys")
    func selfSource() async throws {
        let stage = stage("[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = default\n" + Self.keys)
        #expect(try await stage.chain().credentials().accessKeyID == "r-by-AKIA1")
    }

    @Test("A source profile's keys go before its own role")
    func keysBeforeRole() async throws {
        let stage = stage(
            """
            [default]
            role_arn = arn:aws:iam::1:role/outer
            source_profile = base
            [profile base]
            role_arn = arn:aws:iam::1:role/inner
            source_profile = other
            \(Self.keys)
            """)
        #expect(try await stage.chain().credentials().accessKeyID == "outer-by-AKIA1")
    }

    @Test("credential_source names the environment")
    func environmentSource() async throws {
        let stage = stage("[default]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = Environment\n")
        let variables = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "SECRETKEY"]
        #expect(try await stage.chain(variables, profile: "default").credentials().accessKeyID == "r-by-AKIAENV")
    }

    @Test("Key, secret and token come from one file, never mixed")
    func oneFile() async throws {
        let stage = stage(
            "[default]\naws_access_key_id = AKIA2\naws_secret_access_key = SECRETKEY\naws_session_token = T\n",
            credentials: "[default]\n" + Self.keys)
        let credentials = try await stage.chain().credentials()
        #expect(credentials.accessKeyID == "AKIA1")
        #expect(credentials.sessionToken == nil)
    }

    @Test(
        "A profile that cannot work is an error that says why",
        arguments: [
            ("role_arn = arn:aws:iam::1:role/r", "nothing to assume it with"),
            ("role_arn = arn:aws:iam::1:role/r\nsource_profile = gone", "source_profile 'gone' is not there"),
            ("role_arn = arn:aws:iam::1:role/r\nsource_profile = a\ncredential_source = Environment", "both"),
            (
                "role_arn = arn:aws:iam::1:role/r\ncredential_source = Nowhere",
                "Environment, Ec2InstanceMetadata, EcsContainer"
            ),
            ("role_arn = arn:aws:iam::1:role/r\nsource_profile = default", "(default → default)"),
            ("role_arn = arn:aws:iam::1:role/r\nsource_profile = a", "(default → a → b → a)"),
            ("role_arn = arn:aws:iam::1:role/r\nsource_profile = empty", "names no credentials"),
            ("role_arn = arn:aws:s3:::bucket\nsource_profile = keyed", "not the ARN of a role"),
            ("role_arn = arn:aws:iam::1:role/r\nsource_profile = keyed\nduration_seconds = soon", "900 to 43200"),
            ("aws_access_key_id = AKIA1", "aws_secret_access_key is not"),
            ("aws_secret_access_key = SECRETKEY", "aws_access_key_id is not"),
            ("login_session = arn:aws:iam::1:user/u", "export-credentials"),
            ("role_arn = arn:aws:iam::1:role/r\nsource_profile = keyed\nmfa_serial = GAHT1", "no terminal to ask"),
        ])
    func broken(settings: String, why: String) async {
        let stage = stage(
            """
            [default]
            \(settings)
            [profile a]
            role_arn = arn:aws:iam::1:role/a
            source_profile = b
            [profile b]
            role_arn = arn:aws:iam::1:role/b
            source_profile = a
            [profile empty]
            region = us-east-1
            [profile keyed]
            \(Self.keys)
            """)
        await expectFailure(why) { try await stage.chain().credentials() }
    }
}
