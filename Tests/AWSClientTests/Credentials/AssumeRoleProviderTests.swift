import AWSClient
import FoundationEssentials
import Synchronization
import Testing

@Suite("Assuming a role")
struct AssumeRoleProviderTests {
    private func provider(
        _ stage: CredentialStage, arn: String = "arn:aws:iam::123456789012:role/audit", mfa: String? = nil,
        region: String? = nil, prompt: (@Sendable (String) async throws -> String)? = nil
    ) -> AssumeRoleProvider {
        let environment = stage.environment(promptMFA: prompt)
        let sts = SecurityTokenService(
            endpoints: EndpointResolver(), region: region, environment: environment, transport: stage,
            sign: markWhoSigns)
        return AssumeRoleProvider(
            AssumableRole(arn: arn, mfaSerial: mfa),
            source: StaticCredentials(Credentials(accessKeyID: "AKIA1", secretAccessKey: "SECRETKEY")), sts: sts,
            promptMFA: prompt)
    }

    @Test("The role's credentials come with their expiration; the session is named after Parapet")
    func assumes() async throws {
        let stage = CredentialStage { _ in roleAnswer("ASIAROLE") }
        let credentials = try await provider(stage, region: "eu-west-1").credentials()
        #expect(
            credentials
                == Credentials(
                    accessKeyID: "ASIAROLE", secretAccessKey: "SECRETKEY", sessionToken: "SESSIONTOKEN",
                    expiration: noon + 3600))
        let request = try #require(stage.requests.first)
        #expect(request.method == "POST")
        #expect(request[header: "Authorization"] == "AKIA1 eu-west-1 sts")
        #expect(request.bodyText.contains("RoleSessionName=parapet-1769860800"))
    }

    @Test(
        "STS of the role's own partition is asked",
        arguments: [
            ("arn:aws:iam::1:role/r", nil, "sts.us-east-1.amazonaws.com"),
            ("arn:aws:iam::1:role/r", "ap-south-1", "sts.ap-south-1.amazonaws.com"),
            ("arn:aws-cn:iam::1:role/r", nil, "sts.cn-northwest-1.amazonaws.com.cn"),
            ("arn:aws-us-gov:iam::1:role/r", "us-east-1", "sts.us-gov-west-1.amazonaws.com"),
        ] as [(String, String?, String)])
    func partitions(arn: String, region: String?, host: String) async throws {
        let stage = CredentialStage { _ in roleAnswer("ASIAROLE") }
        _ = try await provider(stage, arn: arn, region: region).credentials()
        #expect(stage.requests.map(\.host) == [host])
    }

    @Test(
        "STS's refusals are told with code, words and advice",
        arguments: [
            ("AccessDenied", "not authorized to perform: sts:AssumeRole", "trust policy"),
            ("ExpiredToken", "The security token included in the request is expired", "renew"),
            ("RegionDisabledException", "STS is not activated in this region", "AWS_REGION"),
            ("InvalidClientTokenId", "The security token included in the request is invalid", "access key"),
            ("Odd", "never seen", "try again"),
        ])
    func refusals(code: String, message: String, advice: String) async {
        let stage = CredentialStage { _ in stsError(code, message) }
        await expectFailure("role/audit cannot be assumed", "\(code): \(message)", advice) {
            try await provider(stage).credentials()
        }
        #expect(stage.requests.count == 1)
    }

    @Test(
        "A request that STS refused for its time is signed again by STS's clock",
        arguments: [("SignatureDoesNotMatch", "13:00:00", 2), ("SignatureDoesNotMatch", "12:01:00", 1)])
    func wrongClock(code: String, time: String, requests: Int) async throws {
        var refusal = stsError(code, "Signature expired")
        refusal.headers = [.init("Date", "Sat, 31 Jan 2026 \(time) GMT")]
        let answers = Mutex([refusal, roleAnswer("ASIAROLE")])
        let stage = CredentialStage { _ in answers.withLock { $0.removeFirst() } }
        var environment = stage.environment()
        let clock = ServerClock(environment.now)
        environment.now = { clock.now }
        let times = Mutex<[Date]>([])
        let sts = SecurityTokenService(
            endpoints: EndpointResolver(), region: nil, environment: environment,
            transport: ClockedTransport(stage, clock: clock)
        ) { request, _, _, _, time in
            times.withLock { $0.append(time) }
            return request
        }
        let provider = AssumeRoleProvider(
            AssumableRole(arn: "arn:aws:iam::123456789012:role/audit"),
            source: StaticCredentials(Credentials(accessKeyID: "AKIA1", secretAccessKey: "SECRETKEY")), sts: sts,
            promptMFA: nil)
        let credentials = try? await provider.credentials()
        #expect((credentials != nil) == (requests == 2))
        #expect(times.withLock { $0 } == [noon, noon + 3600].prefix(requests).map(\.self))
    }

    @Test("Throttling and failures of STS's own are tried again, each time signed anew")
    func retries() async throws {
        let answers = Mutex([
            stsError("Throttling", "Rate exceeded", status: 400), stsError("InternalFailure", "", status: 500),
        ])
        let stage = CredentialStage { _ in answers.withLock { $0.popLast() } ?? roleAnswer("ASIAROLE") }
        #expect(try await provider(stage).credentials().accessKeyID == "ASIAROLE")
        #expect(stage.requests.count == 3)
    }

    @Test("No network and an answer that is none are told", arguments: ["", "<html>", "\u{0}\u{1}", "{}"])
    func garbage(body: String) async {
        await expectFailure("answers what is not its answer") {
            try await provider(CredentialStage { _ in answer(body) }).credentials()
        }
        await expectFailure("sts.us-east-1.amazonaws.com gives no answer", "no route") {
            try await provider(CredentialStage()).credentials()
        }
    }

    @Test(
        "What is typed in place of an MFA code never reaches AWS",
        arguments: ["", "12345", "abcdef", "1234567", "１２３４５６"])
    func badCodes(typed: String) async {
        let stage = CredentialStage { _ in roleAnswer("ASIAROLE") }
        await expectFailure("six digits") {
            try await provider(stage, mfa: "GAHT1", prompt: { _ in typed }).credentials()
        }
        #expect(stage.requests.isEmpty)
    }

    @Test("A prompt that is broken off is told")
    func brokenOff() async {
        await expectFailure("no code of the MFA device GAHT1") {
            try await provider(
                CredentialStage(), mfa: "GAHT1", prompt: { _ in throw StageError(description: "end of input") }
            ).credentials()
        }
    }
}
