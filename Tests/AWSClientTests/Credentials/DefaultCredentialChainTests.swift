import AWSClient
import Testing

@Suite("The order in which credentials are looked for")
struct DefaultCredentialChainTests {
    private static let keys = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "SECRETKEY"]
    private static let files = [
        "/home/ann/.aws/credentials": "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = SECRETKEY\n",
        "/home/ann/.aws/config": """
        [profile prod]
        aws_access_key_id = AKIAPROD
        aws_secret_access_key = SECRETKEY
        [profile bare]
        region = us-east-1
        """,
        "/token": "IDENTITYTOKEN\n",
    ]
    private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"]

    private static func network(_ request: HTTPRequest) throws(TransportError) -> HTTPResponse {
        let key =
            #"{"AccessKeyId":"ASIA","SecretAccessKey":"SECRETKEY","Token":"SESSIONTOKEN","Expiration":"2026-01-31T18:00:00Z"}"#
        switch (request.host, request.path) {
        case ("169.254.170.2", _): return answer(key.replacingName(with: "ASIACONTAINER"))
        case ("169.254.169.254", "/latest/api/token"): return answer("t0ken")
        case ("169.254.169.254", "/latest/meta-data/iam/security-credentials/"): return answer("web-role")
        case ("169.254.169.254", _): return answer(key.replacingName(with: "ASIAINSTANCE"))
        case ("sts.us-east-1.amazonaws.com", _): return roleAnswer("ASIAWEB", operation: "AssumeRoleWithWebIdentity")
        default: throw TransportError(.connection, "no route")
        }
    }

    @Test(
        "The first configured source is taken",
        arguments: [
            (keys, nil, "AKIAENV"),
            // The environment's keys go before AWS_PROFILE, as in the AWS CLI …
            (keys.merging(["AWS_PROFILE": "prod"]) { $1 }, nil, "AKIAENV"),
            // … and after --profile.
            (keys, "prod", "AKIAPROD"),
            (["AWS_PROFILE": "prod"], nil, "AKIAPROD"),
            ([:], nil, "AKIADEFAULT"),
            (["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r"], nil, "ASIAWEB"),
            (["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r"], "prod", "AKIAPROD"),
            (container, nil, "AKIADEFAULT"),
            (container.merging(["AWS_PROFILE": "bare"]) { $1 }, nil, "ASIACONTAINER"),
            (["AWS_PROFILE": "bare"], nil, "ASIAINSTANCE"),
        ] as [([String: String], String?, String)])
    func order(variables: [String: String], profile: String?, keyID: String) async throws {
        let stage = CredentialStage(files: Self.files, answer: Self.network)
        #expect(try await stage.chain(variables, profile: profile).credentials().accessKeyID == keyID)
    }

    @Test("The source is told without asking anybody")
    func sources() throws {
        let stage = CredentialStage(files: Self.files)
        #expect(try stage.chain(Self.keys).source() == .environment)
        #expect(try stage.chain(profile: "prod").source() == .profile("prod"))
        #expect(try stage.chain(profile: "bare").source() == .instanceMetadata)
        #expect(try stage.chain(Self.container, profile: "bare").source() == .container)
        #expect(stage.requests.isEmpty)
    }

    @Test("Half an access key in the environment is an error that says which half is missing")
    func halfSet() async {
        let stage = CredentialStage(files: Self.files)
        await expectFailure("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not") {
            try await stage.chain(["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": ""]).credentials()
        }
        await expectFailure("AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not") {
            try await stage.chain(["AWS_SECRET_ACCESS_KEY": "SECRETKEY"]).credentials()
        }
    }

    @Test("A temporary key of the environment keeps its session token")
    func sessionToken() async throws {
        let variables = Self.keys.merging(["AWS_SESSION_TOKEN": "SESSIONTOKEN"]) { $1 }
        #expect(try await CredentialStage().chain(variables).credentials().sessionToken == "SESSIONTOKEN")
    }

    @Test("A profile that is not there is an error, even where the environment has keys")
    func wrongProfile() async {
        let stage = CredentialStage(files: Self.files)
        await expectFailure("the profile 'prd' cannot be used", "bare, default, prod") {
            try await stage.chain(Self.keys, profile: "prd").credentials()
        }
        await expectFailure("'prd'") { try await stage.chain(["AWS_PROFILE": "prd"]).credentials() }
    }

    @Test("Where nothing is found, one error says what was tried and what to do")
    func nothing() async {
        let text = await expectFailure(
            "no AWS credentials were found", "AWS_ACCESS_KEY_ID", "the profile 'default' names none",
            "no container endpoint", "no answer at 169.254.169.254", "aws configure"
        ) { try await CredentialStage().chain().credentials() }
        #expect(text.count < 800)
        await expectFailure("no AWS credentials were found", "AWS_EC2_METADATA_DISABLED is true") {
            try await CredentialStage().chain(["AWS_EC2_METADATA_DISABLED": "true"]).credentials()
        }
    }

    @Test("A source that is configured and fails is not passed over for another identity")
    func failuresAreFinal() async {
        let stage = CredentialStage(
            files: [
                "/home/ann/.aws/config": """
                [profile sso]
                sso_start_url = https://a.awsapps.com/start
                sso_region = us-east-1
                sso_account_id = 123456789012
                sso_role_name = Audit
                aws_access_key_id = AKIAPROD
                aws_secret_access_key = SECRETKEY
                """
            ], answer: Self.network)
        await expectFailure("SSO", "run 'aws sso login --profile sso'") {
            try await stage.chain(Self.container, profile: "sso").credentials()
        }
        #expect(stage.requests.isEmpty)
    }

    @Test("Nonsense in place of a region is an error before anything is sent")
    func badRegion() async {
        await expectFailure("AWS_REGION", "'moon' is not the name of a region") {
            try await CredentialStage().chain(["AWS_REGION": "moon"]).credentials()
        }
    }
}

extension String {
    fileprivate func replacingName(with keyID: String) -> String {
        split(separator: "ASIA").joined(separator: keyID)
    }
}
