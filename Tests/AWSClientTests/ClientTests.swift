import Basics
import Foundation
import Synchronization
import Testing
import TestSupport

@testable import AWSClient

@Suite struct ClientTests {
    private let now = Date(timeIntervalSince1970: 1_767_225_600)
    private let clock = ServerClock { Date(timeIntervalSince1970: 1_767_225_600) }
    private let trails = #"{"trailList":[]}"#

    private struct DescribedTrail: Decodable {
        var trailARN: String
    }

    private struct Versioning: Decodable {
        var status: String?
    }

    private struct LogGroup: Decodable {
        var logGroupName: String
    }

    private static let describeLogGroups: ReadRequest<DescribeLogGroupsAnswer<LogGroup>> =
        CloudWatchLogs.describeLogGroups(prefix: "")
    private static let describeTrails: ReadRequest<DescribeTrailsAnswer<DescribedTrail>> = CloudTrail.describeTrails()

    /// A client whose waits take no time and are written down.
    private func client(_ transport: ScriptedTransport, attempts: Int = 4, waits: Waits = Waits()) -> Client {
        var configuration = ClientConfiguration()
        configuration.retry = RetryPolicy(maximumAttempts: attempts)
        configuration.clock = clock
        configuration.sleep = { waits.append($0) }
        configuration.random = { 1 }
        return Client(
            credentials: StaticCredentials(Credentials(accessKeyID: "AKID", secretAccessKey: "secret")),
            endpoints: EndpointResolver(), transport: transport, configuration: configuration)
    }

    final class Waits: Sendable {
        private let all = Mutex<[Duration]>([])
        func append(_ wait: Duration) { all.withLock { $0.append(wait) } }
        var list: [Duration] { all.withLock { $0 } }
    }

    private func failure(_ client: Client) async -> AWSError? {
        do throws(AWSError) {
            _ = try await client.send(Self.describeTrails, in: "us-east-1")
            return nil
        } catch {
            return error
        }
    }

    // MARK: What is sent

    @Test func jsonRequestsNameTheOperation() async throws {
        let transport = ScriptedTransport(.json(trails))
        _ = try await client(transport).send(Self.describeTrails, in: "eu-west-1")
        let sent = try #require(transport.sent.first)
        #expect(sent.host == "cloudtrail.eu-west-1.amazonaws.com")
        #expect(sent[header: "X-Amz-Target"]?.hasSuffix(".DescribeTrails") == true)
        #expect(sent[header: "Authorization"]?.contains("/eu-west-1/cloudtrail/aws4_request") == true)
        #expect(String(decoding: sent.body, as: UTF8.self) == #"{"includeShadowTrails":true}"#)
    }

    @Test func formRequestsFlattenTheirLists() {
        let fields = FormEncoder.fields(
            ["B": ["x", "y"], "A": ["K": ["v": 1]], "C": true, "D": .null], lists: .query
        ).map { "\($0.0)=\($0.1)" }
        #expect(fields == ["A.K.v=1", "B.member.1=x", "B.member.2=y", "C=true"])
        let ec2 = FormEncoder.fields(["Filter": [["Name": "n", "Value": ["v"]]]], lists: .ec2).map { "\($0.0)=\($0.1)" }
        #expect(ec2 == ["Filter.1.Name=n", "Filter.1.Value.1=v"])
    }

    @Test(arguments: [
        ("plain-bucket", "plain-bucket.s3.us-east-1.amazonaws.com", "/"),
        ("dotted.bucket", "s3.us-east-1.amazonaws.com", "/dotted.bucket"),
        ("under_score", "s3.us-east-1.amazonaws.com", "/under_score"),
    ])
    func bucketsStandInTheHostWhereTheirNamesFit(bucket: String, host: String, path: String) async throws {
        let transport = ScriptedTransport(.xml("<VersioningConfiguration/>"))
        let request: ReadRequest<Versioning> = S3.getBucketVersioning(bucket, owner: "123456789012")
        _ = try await client(transport).send(request, in: "us-east-1")
        let sent = try #require(transport.sent.first)
        #expect(sent.host == host)
        #expect(sent.path == path)
        #expect(sent.query == [.init("versioning", "")])
        #expect(sent[header: "x-amz-expected-bucket-owner"] == "123456789012")
    }

    /// A virtual host would be answered with a redirection where the bucket is in another region.
    @Test func aBucketsLocationIsAskedInThePath() async throws {
        let transport = ScriptedTransport(.xml("<LocationConstraint>eu-west-1</LocationConstraint>"))
        let answer = try await client(transport).send(S3.getBucketLocation("b-b", owner: "1"), in: "us-east-1")
        #expect(answer.constraint == "eu-west-1")
        #expect(transport.sent[0].host == "s3.us-east-1.amazonaws.com")
        #expect(transport.sent[0].path == "/b-b")
    }

    // MARK: Errors in their real shapes

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var response: HTTPResponse
        var code: String
        var message: String
        var requestID: String?
        var isForm = false
    }

    static let refusals = [
        Refusal(
            testDescription: "awsJson with a namespace",
            response: .json(
                #"{"__type":"com.amazonaws.cloudtrail#AccessDeniedException","Message":"no"}"#, status: 400,
                [.init("x-amzn-RequestId", "r1")]),
            code: "AccessDeniedException", message: "no", requestID: "r1"),
        Refusal(
            testDescription: "awsJson with the code in a header",
            response: .json(
                #"{"message":"no"}"#, status: 403, [.init("X-Amzn-ErrorType", "ForbiddenException:http://x/")]),
            code: "ForbiddenException", message: "no"),
        Refusal(
            testDescription: "XML where JSON was due",
            response: .json(
                "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>m</Message></Error></ErrorResponse>",
                status: 403),
            code: "InvalidClientTokenId", message: "m"),
        Refusal(
            testDescription: "HTML", response: .json("<html><body>Oops", status: 403), code: "HTTP403",
            message: "no reason given"),
        Refusal(
            testDescription: "nothing", response: .json("", status: 404), code: "HTTP404", message: "no reason given"),
        Refusal(
            testDescription: "query",
            response: .xml(
                "<ErrorResponse xmlns=\"u\"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not you</Message></Error><RequestId>r2</RequestId></ErrorResponse>",
                status: 403),
            code: "AccessDenied", message: "not you", requestID: "r2", isForm: true),
        Refusal(
            testDescription: "ec2",
            response: .xml(
                "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>not you</Message></Error></Errors><RequestID>r3</RequestID></Response>",
                status: 403),
            code: "UnauthorizedOperation", message: "not you", requestID: "r3", isForm: true),
        Refusal(
            testDescription: "S3",
            response: .xml(
                "<?xml version=\"1.0\"?><Error><Code>NoSuchBucketPolicy</Code><Message>none</Message><RequestId>r4</RequestId></Error>",
                status: 404),
            code: "NoSuchBucketPolicy", message: "none", requestID: "r4", isForm: true),
    ]

    @Test(arguments: refusals)
    func refusalsAreReadInTheirRealShapes(_ refusal: Refusal) async throws {
        let transport = ScriptedTransport(refusal.response)
        let error: AWSError?
        do throws(AWSError) {
            if refusal.isForm {
                _ = try await client(transport).send(EC2.describeRegions(), in: "us-east-1")
            } else {
                _ = try await client(transport).send(Self.describeTrails, in: "us-east-1")
            }
            error = nil
        } catch let thrown {
            error = thrown
        }
        #expect(error?.code == refusal.code)
        #expect(error?.message == refusal.message)
        #expect(error?.requestID == refusal.requestID)
        #expect(transport.sent.count == 1, "what is refused for good is not tried again")
    }

    // MARK: Trying again

    @Test(arguments: [
        (400, "ThrottlingException"), (400, "TooManyRequestsException"), (400, "RequestLimitExceeded"),
        (503, "SlowDown"), (400, "RequestThrottled"), (429, "Whatever"), (500, "InternalFailure"),
        (503, "ServiceUnavailable"), (502, "BadGateway"), (504, "GatewayTimeout"), (400, "RequestTimeout"),
    ])
    func passingFailuresAreTriedAgain(status: Int, code: String) async throws {
        let refusal = HTTPResponse.json(#"{"__type":"\#(code)"}"#, status: status)
        let transport = ScriptedTransport(refusal, refusal, .json(trails))
        let waits = Waits()
        _ = try await client(transport, waits: waits).send(Self.describeTrails, in: "us-east-1")
        #expect(transport.sent.count == 3)
        #expect(waits.list.count == 2 && waits.list[0] < waits.list[1])
    }

    @Test(arguments: ["AccessDeniedException", "ValidationException", "ExpiredTokenException"])
    func lastingFailuresAreNot(code: String) async {
        let transport = ScriptedTransport(.json(#"{"__type":"\#(code)"}"#, status: 400))
        #expect(await failure(client(transport))?.code == code)
        #expect(transport.sent.count == 1)
    }

    @Test func throttlingForEverEndsWithTheReason() async {
        let transport = ScriptedTransport(
            .json(#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#, status: 400))
        let error = await failure(client(transport, attempts: 3))
        #expect(error?.isThrottling == true)
        #expect(error?.attempts == 3)
        #expect(transport.sent.count == 3)
    }

    @Test func brokenConnectionsAreTriedAgainButNotTooLongAnswers() async {
        let cut = ScriptedTransport([.failure(TransportError(.cut, "cut")), .success(.json(trails))])
        #expect(await failure(client(cut)) == nil)
        let long = ScriptedTransport([.failure(TransportError(.tooLarge, "too long"))])
        #expect(await failure(client(long))?.kind == .transport(.tooLarge))
        #expect(long.sent.count == 1)
        let untrusted = ScriptedTransport([.failure(TransportError(.untrusted, "expired", advice: "renew it"))])
        #expect(await failure(client(untrusted))?.advice == "renew it")
        #expect(untrusted.sent.count == 1)
    }

    @Test(arguments: [(true, 1), (false, 4)])
    func anUnreadableAnswerIsAskedForAgainOnlyIfItMayHaveBeenCut(isKnownWhole: Bool, calls: Int) async {
        for body in ["{", #"{"trailList":[{"Name":1}]}"#, "<html>"] {
            var answer = HTTPResponse.json(body)
            answer.isKnownWhole = isKnownWhole
            let transport = ScriptedTransport(answer)
            #expect(await failure(client(transport))?.kind == .unreadableAnswer)
            #expect(transport.sent.count == calls, "\(body)")
        }
    }

    @Test func retryAfterIsHeeded() async throws {
        let transport = ScriptedTransport(
            .json(#"{"__type":"ThrottlingException"}"#, status: 400, [.init("Retry-After", "7")]), .json(trails))
        let waits = Waits()
        _ = try await client(transport, waits: waits).send(Self.describeTrails, in: "us-east-1")
        #expect(waits.list == [.seconds(7)])
    }

    @Test func aRetryAfterBeyondAllPatienceEndsTheAttempts() async {
        let transport = ScriptedTransport(
            .json(#"{"__type":"ThrottlingException"}"#, status: 400, [.init("Retry-After", "3600")]))
        #expect(await failure(client(transport))?.isThrottling == true)
        #expect(transport.sent.count == 1)
    }

    @Test func aWrongClockIsCorrectedByTheServers() async throws {
        let transport = ScriptedTransport(
            .json(
                #"{"__type":"InvalidSignatureException"}"#, status: 400,
                [.init("Date", "Thu, 01 Jan 2026 01:00:00 GMT")]),
            .json(trails))
        _ = try await client(transport).send(Self.describeTrails, in: "us-east-1")
        #expect(transport.sent.map { $0[header: "X-Amz-Date"] } == ["20260101T000000Z", "20260101T010000Z"])
    }

    @Test(
        "answers tell the time, whose difference counts from five minutes on",
        arguments: [
            ("Thu, 01 Jan 2026 00:04:00 GMT", 0.0), ("Thu, 01 Jan 2026 01:00:00 GMT", 3600),
            ("Wed, 31 Dec 2025 23:00:00 GMT", -3600), ("never", 0),
        ])
    func serverTime(date: String, ahead: Double) async throws {
        let client = client(ScriptedTransport(.json(trails, status: 200, [.init("Date", date)])))
        #expect(clock.ahead == 0)
        _ = try await client.send(Self.describeTrails, in: "us-east-1")
        #expect(clock.ahead == ahead)
        #expect(clock.now == now.addingTimeInterval(ahead))
    }

    @Test func aWrongSignatureWithTheRightClockIsFinal() async {
        let transport = ScriptedTransport(
            .json(
                #"{"__type":"InvalidSignatureException"}"#, status: 400,
                [.init("Date", "Thu, 01 Jan 2026 00:00:09 GMT")]))
        #expect(await failure(client(transport))?.isCredentialFailure == true)
        #expect(transport.sent.count == 1)
    }

    @Test func expiredCredentialsAreAskedForAnew() async throws {
        final class TwoKeys: CredentialProvider {
            let keys = Mutex(["first", "second"])
            func credentials() async throws(Failure) -> Credentials {
                Credentials(accessKeyID: keys.withLock { $0[0] }, secretAccessKey: "s", sessionToken: "t")
            }
            func discard(_ refused: Credentials) async -> Bool {
                keys.withLock { _ = $0.removeFirst() }
                return true
            }
        }
        let transport = ScriptedTransport(.json(#"{"__type":"ExpiredTokenException"}"#, status: 400), .json(trails))
        var configuration = ClientConfiguration()
        configuration.sleep = { _ in }
        let client = Client(
            credentials: TwoKeys(), endpoints: EndpointResolver(), transport: transport, configuration: configuration)
        _ = try await client.send(Self.describeTrails, in: "us-east-1")
        #expect(transport.sent[1][header: "Authorization"]?.contains("Credential=second/") == true)
    }

    // MARK: Writes

    /// What a write of a client that tries four times meets first; then it would succeed.
    static let mishaps: [(name: String, answer: ScriptedTransport.Answer, mayHaveTakenEffect: Bool)] = [
        ("timeout", .failure(TransportError(.timeout, "late")), true),
        ("lost connection", .failure(TransportError(.connection, "reset")), true),
        ("cut answer", .failure(TransportError(.cut, "cut")), true),
        ("unreadable answer", .success(cutAnswer), true),
        ("server error", .success(.json(#"{"__type":"InternalFailure"}"#, status: 500)), true),
        ("bad gateway", .success(.json("", status: 502)), true),
        ("unavailable", .success(.json(#"{"__type":"ServiceUnavailable"}"#, status: 503)), true),
        ("RequestTimeout", .success(.json(#"{"__type":"RequestTimeout"}"#, status: 400)), true),
        ("throttling", .success(.json(#"{"__type":"ThrottlingException"}"#, status: 400)), false),
        ("slow down", .success(.json(#"{"__type":"SlowDown"}"#, status: 503)), false),
        ("too many requests", .success(.json("", status: 429)), false),
    ]

    private static var cutAnswer: HTTPResponse {
        var answer = HTTPResponse.json("{")
        answer.isKnownWhole = false
        return answer
    }

    private struct MadeTrail: Decodable, Sendable {
        var name: String
    }

    private func makeTrail(isIdempotent: Bool) -> WriteRequest<MadeTrail> {
        WriteRequest(Operation(.cloudTrail, "CreateTrail"), isIdempotent: isIdempotent)
    }

    @Test(arguments: mishaps.indices)
    func aWriteWhoseOutcomeIsUnknownIsSentAgainOnlyIfItIsIdempotent(index: Int) async {
        let (name, answer, mayHaveTakenEffect) = Self.mishaps[index]
        for isIdempotent in [true, false] {
            let transport = ScriptedTransport([answer, .success(.json(#"{"Name":"t"}"#))])
            let error: AWSError?
            do throws(AWSError) {
                _ = try await WritingClient(client(transport)).send(
                    makeTrail(isIdempotent: isIdempotent), in: "us-east-1")
                error = nil
            } catch let thrown {
                error = thrown
            }
            let isRepeated = isIdempotent || !mayHaveTakenEffect
            #expect(transport.sent.count == (isRepeated ? 2 : 1), "\(name), idempotent: \(isIdempotent)")
            #expect((error == nil) == isRepeated, "\(name), idempotent: \(isIdempotent)")
            if let error { #expect(error.mayHaveTakenEffect, "\(name)") }
        }
    }

    @Test(arguments: ["AccessDeniedException", "InvalidTrailNameException"])
    func aRefusedWriteHasNotTakenEffect(code: String) async {
        let transport = ScriptedTransport(.json(#"{"__type":"\(code)"}"#, status: 400))
        let error = await #expect(throws: AWSError.self) {
            try await WritingClient(client(transport)).send(makeTrail(isIdempotent: true), in: "us-east-1")
        }
        #expect(error?.mayHaveTakenEffect == false)
        #expect(transport.sent.count == 1)
    }

    @Test func aWriteSentAgainBearsTheSameToken() async throws {
        let made = HTTPResponse.xml(
            "<CreateFlowLogsResponse><flowLogIdSet><item>fl-1</item></flowLogIdSet></CreateFlowLogsResponse>")
        let transport = ScriptedTransport([.failure(TransportError(.timeout, "late")), .success(made)])
        let request = EC2.createFlowLogs(vpc: "vpc-1", bucket: "arn:aws:s3:::logs", token: "wish-1")
        let answer = try await WritingClient(client(transport)).send(request, in: "us-east-1")
        #expect(answer.flowLogIDSet == ["fl-1"])
        #expect(transport.sent.count == 2 && transport.sent[0].body == transport.sent[1].body)
        #expect(String(decoding: transport.sent[1].body, as: UTF8.self).contains("ClientToken=wish-1"))
    }

    @Test func aTrailIsUpdatedByItsName() async throws {
        let transport = ScriptedTransport(.json("{}"))
        _ = try await WritingClient(client(transport)).send(
            CloudTrail.updateTrail("t", enableLogFileValidation: true), in: "eu-west-1")
        #expect(
            String(decoding: transport.sent[0].body, as: UTF8.self) == #"{"EnableLogFileValidation":true,"Name":"t"}"#
                || String(decoding: transport.sent[0].body, as: UTF8.self)
                    == #"{"Name":"t","EnableLogFileValidation":true}"#
        )
    }

    // MARK: Answers that are none

    @Test(arguments: [
        "", "{", "null", "[]", "{}", #"{"trailList":null}"#, #"{"trailList":[{}]}"#, "<html/>", "\u{0}\u{FFFD}",
    ])
    func anAnswerOfAnotherShapeIsAFailure(body: String) async {
        let transport = ScriptedTransport(.json(body))
        #expect(await failure(client(transport, attempts: 2))?.kind == .unreadableAnswer)
    }

    @Test(
        "a request that S3 refuses for its region is sent once more to the bucket's",
        arguments: [(301, "PermanentRedirect"), (307, "TemporaryRedirect"), (400, "AuthorizationHeaderMalformed")])
    func redirects(status: Int, code: String) async throws {
        let place = HTTPRequest.Header("x-amz-bucket-region", "eu-west-1")
        let refusal = HTTPResponse.xml("<Error><Code>\(code)</Code></Error>", status: status, [place])
        let request: ReadRequest<Versioning> = S3.getBucketVersioning("b-b", owner: "1")
        let transport = ScriptedTransport(
            refusal, .xml("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"))
        #expect(try await client(transport).send(request, in: "us-east-1").status == "Enabled")
        #expect(transport.sent.map(\.host) == ["b-b.s3.us-east-1.amazonaws.com", "b-b.s3.eu-west-1.amazonaws.com"])
        #expect(transport.sent[1][header: "Authorization"]?.contains("/eu-west-1/s3/") == true)

        let endless = ScriptedTransport(refusal)
        let error = await #expect(throws: AWSError.self) { try await client(endless).send(request, in: "us-east-1") }
        #expect(error?.code == code)
        #expect(endless.sent.count == 2)

        let foreign = ScriptedTransport(
            .xml("<Error><Code>\(code)</Code></Error>", status: status, [.init("x-amz-bucket-region", "e.example/")]))
        await #expect(throws: AWSError.self) { try await client(foreign).send(request, in: "us-east-1") }
        #expect(foreign.sent.count == 1, "what is no region is not followed")
    }

    @Test("what a server repeats of our secrets is not in the error")
    func echoedSecrets() async throws {
        let (secret, token) = ("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjEXAMPLE//token==")
        let encoded = token.replacing("/", with: "%2F").replacing("=", with: "%3D")
        let escaped = token.replacing("/", with: #"\/"#)
        let transport = ScriptedTransport(
            .xml(
                "<Error><Code>InvalidToken</Code><Message>no \(token), \(encoded), \(escaped), \(secret)!</Message></Error>",
                status: 403))
        let client = Client(
            credentials: StaticCredentials(
                Credentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: secret, sessionToken: token)),
            endpoints: EndpointResolver(), transport: transport, configuration: ClientConfiguration())
        let request: ReadRequest<Versioning> = S3.getBucketVersioning("b", owner: "1")
        let error = await #expect(throws: AWSError.self) { try await client.send(request, in: "us-east-1") }
        #expect(error?.message == "no (not shown), (not shown), (not shown), (not shown)!")
    }

    @Test(
        "an organization's account is in use by its state, and by its status only if AWS states none",
        arguments: [
            (#"{"Id":"1","State":"ACTIVE"}"#, true), (#"{"Id":"1","State":"SUSPENDED","Status":"ACTIVE"}"#, false),
            (#"{"Id":"1","State":"PENDING_CLOSURE"}"#, false), (#"{"Id":"1","State":"CLOSED"}"#, false),
            (#"{"Id":"1","State":"ACTIVE","Status":"SUSPENDED"}"#, true), (#"{"Id":"1","Status":"SUSPENDED"}"#, false),
            (#"{"Id":"1","Status":"ACTIVE"}"#, true), (#"{"Id":"1"}"#, true),
        ])
    func accountStates(account: String, isActive: Bool) async throws {
        let transport = ScriptedTransport(.json(#"{"Accounts":[\#(account)]}"#))
        let accounts = try await client(transport).all(Organizations.listAccounts(), in: "us-east-1", \.accounts)
        #expect(accounts.map(\.isActive) == [isActive])
    }

    @Test(arguments: ["", "<Error><Code>InternalError</Code></Error>", "<html><body/></html>", "<VersioningConfig"])
    func anS3AnswerOfAnotherKindIsNoEmptyConfiguration(body: String) async {
        let transport = ScriptedTransport(.xml(body))
        let request: ReadRequest<Versioning> = S3.getBucketVersioning("b", owner: "1")
        await #expect(throws: AWSError.self) {
            try await client(transport, attempts: 1).send(request, in: "us-east-1")
        }
    }

    // MARK: Time

    @Test func aCallThatHasNoAnswerFailsWhenTheTimeIsUp() async {
        final class Silent: HTTPTransport {
            func send(
                _ request: HTTPRequest, timeout: Duration, maximumBodyBytes: Int
            ) async throws(TransportError) -> HTTPResponse {
                try? await Task.sleep(for: .seconds(600))
                throw TransportError(.cancelled, "cancelled")
            }
        }
        var configuration = ClientConfiguration()
        configuration.maximumConcurrentCallsPerQuota = 1
        var hurried = Client(
            credentials: StaticCredentials(Credentials(accessKeyID: "AKID", secretAccessKey: "secret")),
            endpoints: EndpointResolver(), transport: Silent(), configuration: configuration)
        hurried.deadline = .now + .milliseconds(50)
        let client = hurried
        async let first = failure(client)
        async let second = failure(client)
        for error in await [first, second] {
            #expect(error?.kind == .transport(.timeout))
            #expect(error?.message.contains("the time was up (--timeout)") == true)
        }
        #expect(await failure(client)?.kind == .transport(.timeout), "it is not sent any more")
    }

    // MARK: Quotas

    @Test func callsThatWaitForOneQuotaHoldUpNoOther() async throws {
        var configuration = ClientConfiguration()
        configuration.maximumConcurrentCalls = 1
        let (begun, waiting) = AsyncStream.makeStream(of: Void.self)
        let client = Client(
            credentials: StaticCredentials(Credentials(accessKeyID: "AKID", secretAccessKey: "secret")),
            endpoints: EndpointResolver(), transport: ScriptedTransport(.json(trails)), configuration: configuration,
            budget: RateBudget { quota in
                if quota == "logs" { waiting.yield() }
                return RateLimit(perSecond: 1e-6, burst: quota == "logs" ? 0 : 1)
            })
        let slow = Task { try? await client.all(Self.describeLogGroups, in: "us-east-1", \.logGroups) }
        _ = await begun.first { _ in true }
        _ = try await client.send(Self.describeTrails, in: "us-east-1")
        slow.cancel()
    }

    @Test("objects of S3 have a quota of their own", arguments: [Operation.getObject, .listObjectsV2])
    func objectQuota(operation: AWSClient.Operation) {
        #expect(operation.quota != Operation.getBucketPolicy.quota)
        #expect(RateLimit.standard(operation.quota) != RateLimit.standard("an unknown one"))
    }

    // MARK: Pages

    private func logGroups(_ names: String..., next: String?) -> HTTPResponse {
        let groups = names.map { #"{"logGroupName":"\#($0)","arn":"a"}"# }.joined(separator: ",")
        return .json(#"{"logGroups":[\#(groups)]\#(next.map { #","nextToken":"\#($0)""# } ?? "")}"#)
    }

    @Test func pagesAreReadToTheLast() async throws {
        let transport = ScriptedTransport(
            logGroups("a", next: "1"), logGroups("b", next: "2"), logGroups("c", next: nil))
        let all = try await client(transport).all(
            Self.describeLogGroups, in: "us-east-1", \.logGroups)
        #expect(all.map(\.logGroupName) == ["a", "b", "c"])
        #expect(String(decoding: transport.sent[2].body, as: UTF8.self).contains(#""nextToken":"2""#))
    }

    @Test func aRepeatedTokenIsAFailureAndNotAnEndlessLoop() async {
        let transport = ScriptedTransport(
            logGroups("a", next: "1"), logGroups("b", next: "2"), logGroups("c", next: "1"))
        await #expect(throws: AWSError.self) {
            try await client(transport).all(Self.describeLogGroups, in: "us-east-1", \.logGroups)
        }
        #expect(transport.sent.count == 3)
    }

    @Test func aListWithoutAnEndIsAFailure() async {
        final class Endless: HTTPTransport {
            let count = Mutex(0)
            func send(
                _ request: HTTPRequest, timeout: Duration, maximumBodyBytes: Int
            ) async throws(TransportError) -> HTTPResponse {
                let next = count.withLock { count in
                    count += 1
                    return count
                }
                return .json(#"{"logGroups":[],"nextToken":"\#(next)"}"#)
            }
        }
        var configuration = ClientConfiguration()
        configuration.maximumPages = 20
        let endless = Client(
            credentials: StaticCredentials(Credentials(accessKeyID: "AKID", secretAccessKey: "secret")),
            endpoints: EndpointResolver(), transport: Endless(), configuration: configuration,
            budget: RateBudget { _ in RateLimit(perSecond: 1e6, burst: 1e6) })
        await #expect(throws: AWSError.self) {
            try await endless.all(Self.describeLogGroups, in: "us-east-1", \.logGroups)
        }
    }

    @Test func aPageThatSaysItIsCutButNotWhereItGoesOnIsAFailure() async {
        let transport = ScriptedTransport(
            .xml(
                "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><VirtualMFADevices/><IsTruncated>true</IsTruncated></ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>"
            ))
        await #expect(throws: AWSError.self) {
            try await client(transport).all(
                IAM.listVirtualMFADevices() as ReadRequest<ListVirtualMFADevicesAnswer<EmptyAnswer>>, in: "us-east-1",
                \.virtualMFADevices)
        }
    }
}
