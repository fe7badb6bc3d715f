import AWSClient
import Basics
import Foundation
import Testing
import TestSupport

/// Calls that are data: how they go over the wire, and that nothing else can be sent.
@Suite struct APICallTests {
    private static func client(_ transport: ScriptedTransport) -> Client {
        var configuration = ClientConfiguration()
        configuration.sleep = { _ in }
        return Client(
            credentials: StaticCredentials(Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")),
            endpoints: EndpointResolver(EndpointSettings()), transport: transport, configuration: configuration,
            budget: RateBudget { _ in RateLimit(perSecond: 1e6, burst: 1e6) })
    }

    private func sent(_ call: APICall) async throws -> HTTPRequest {
        let transport = ScriptedTransport(HTTPResponse(status: 200))
        _ = try? await WritingClient(Self.client(transport)).send(try WriteRequest<RawAnswer>(call), in: call.region)
        return try #require(transport.sent.first)
    }

    @Test func aBucketsConfigurationIsXMLWithAChecksum() async throws {
        let request = try await sent(
            APICall(
                .putBucketLogging, in: "eu-west-1",
                [
                    "Bucket": "trail", "ExpectedBucketOwner": "123456789012",
                    "BucketLoggingStatus": ["LoggingEnabled": ["TargetBucket": "a&b", "TargetPrefix": "<x>\"\r"]],
                ]))
        #expect(request.method == "PUT")
        #expect(request.query == [.init("logging", "")])
        #expect(request.host == "trail.s3.eu-west-1.amazonaws.com")
        #expect(request[header: "x-amz-expected-bucket-owner"] == "123456789012")
        #expect(
            String(decoding: request.body, as: UTF8.self) == """
                <BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LoggingEnabled>\
                <TargetBucket>a&amp;b</TargetBucket><TargetPrefix>&lt;x&gt;&quot;&#13;</TargetPrefix>\
                </LoggingEnabled></BucketLoggingStatus>
                """)
        #expect(request[header: "x-amz-checksum-sha256"]?.count == 44)
    }

    /// The checksum of a known text: `printf '{}' | openssl dgst -sha256 -binary | base64`.
    @Test func aBucketsPolicyIsTheBodyItself() async throws {
        let request = try await sent(
            APICall(
                .putBucketPolicy, in: "us-east-1",
                ["Bucket": "trail", "ExpectedBucketOwner": "123456789012", "Policy": "{}"]))
        #expect(request.body == Array("{}".utf8))
        #expect(request[header: "x-amz-checksum-sha256"] == "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=")
        let deleted = try await sent(
            APICall(
                .deleteBucketPolicy, in: "us-east-1", ["Bucket": "trail", "ExpectedBucketOwner": "123456789012"]))
        #expect(deleted.method == "DELETE" && deleted.body.isEmpty)
    }

    @Test func listsOfAmazonEC2HaveTheirNamesOnTheWire() async throws {
        let request = try await sent(
            APICall(
                .authorizeSecurityGroupIngress, in: "us-east-1",
                [
                    "GroupId": "sg-1",
                    "IpPermissions": [
                        ["IpProtocol": "tcp", "FromPort": 22, "IpRanges": [["CidrIp": "10.0.0.0/8"]]]
                    ], "TagSpecifications": [["ResourceType": "security-group-rule", "Tags": [["Key": "a"]]]],
                ]))
        let fields = String(decoding: request.body, as: UTF8.self).split(separator: "&")
        for field in [
            "GroupId=sg-1", "IpPermissions.1.FromPort=22", "IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0%2F8",
            "TagSpecification.1.Tag.1.Key=a",
        ] {
            #expect(fields.contains(Substring(field)), "\(fields)")
        }
    }

    @Test func nothingElseCanBeSent() {
        var stranger = APICall(.enableKeyRotation, in: "us-east-1")
        stranger.operation = "ScheduleKeyDeletion"
        #expect(throws: Failure.self) { try WriteRequest<RawAnswer>(stranger) }
        #expect(throws: Failure.self) { try ReadRequest<RawAnswer>(stranger) }
        #expect(throws: Failure.self) { try ReadRequest<RawAnswer>(APICall(.enableKeyRotation, in: "us-east-1")) }
        #expect(throws: Failure.self) { try WriteRequest<RawAnswer>(APICall(.getKeyRotationStatus, in: "us-east-1")) }
        for parameters in [
            [:], ["Bucket": "b"], ["Bucket": "", "ExpectedBucketOwner": "1"], "x", .null,
            ["Bucket": "b", "ExpectedBucketOwner": "1", "Policy": "{}", "More": 1],
        ] as [JSON] {
            #expect(throws: Failure.self, "\(parameters)") {
                try WriteRequest<RawAnswer>(APICall(.putBucketPolicy, in: "us-east-1", parameters))
            }
        }
    }

    // MARK: Answers

    private func answer(_ operation: AWSClient.Operation, _ response: HTTPResponse) async throws(Failure) -> JSON {
        let bucket: JSON = ["Bucket": "trail", "ExpectedBucketOwner": "123456789012"]
        return try await Self.client(ScriptedTransport(response)).answer(
            to: APICall(operation, in: "us-east-1", operation.service == .s3 ? bucket : [:]))
    }

    @Test func answersOfEveryProtocolBecomeJSON() async throws {
        #expect(
            try await answer(.getKeyRotationStatus, .json(#"{"KeyRotationEnabled": true}"#))
                == ["KeyRotationEnabled": true])
        #expect(
            try await answer(
                .listAccessKeys,
                .xml(
                    """
                    <ListAccessKeysResponse><ListAccessKeysResult><IsTruncated>false</IsTruncated><AccessKeyMetadata>
                    <member><AccessKeyId>AKIA</AccessKeyId></member></AccessKeyMetadata></ListAccessKeysResult>
                    </ListAccessKeysResponse>
                    """))
                == ["IsTruncated": false, "AccessKeyMetadata": [["AccessKeyId": "AKIA"]]])
        #expect(
            try await answer(
                .describeFlowLogs,
                .xml(
                    """
                    <DescribeFlowLogsResponse><flowLogSet><item><flowLogId>fl-1</flowLogId></item></flowLogSet>
                    </DescribeFlowLogsResponse>
                    """)) == ["flowLogSet": [["flowLogId": "fl-1"]]])
        #expect(try await answer(.getBucketPolicy, .json(#"{"Statement": []}"#)) == ["Statement": []])
        #expect(try await answer(.getBucketVersioning, .xml("<VersioningConfiguration/>")) == [:])
    }

    @Test func whatIsAbsentIsNullAndARefusalIsAnError() async throws {
        let absent = HTTPResponse.xml("<Error><Code>NoSuchBucketPolicy</Code></Error>", status: 404)
        #expect(try await answer(.getBucketPolicy, absent) == .null)
        let denied = HTTPResponse.xml("<Error><Code>AccessDenied</Code></Error>", status: 403)
        let failure = await #expect(throws: Failure.self) { try await answer(.getBucketPolicy, denied) }
        #expect(failure?.advice == "allow s3:GetBucketPolicy")
        let missing = HTTPResponse.xml("<Error><Code>NoSuchBucket</Code></Error>", status: 404)
        await #expect(throws: Failure.self) { try await answer(.getBucketPolicy, missing) }
    }

    @Test(arguments: ["", "x", "<", "<a/>", "{", "[1", "<Error/>"])
    func garbageIsAnErrorAndNeverNothing(body: String) async throws {
        for operation in [
            AWSClient.Operation.getBucketPolicy, .getBucketVersioning, .getKeyRotationStatus, .describeFlowLogs,
            .listAccessKeys, .getAccountPasswordPolicy,
        ] {
            await #expect(throws: Failure.self, "\(operation)") { try await answer(operation, .xml(body)) }
        }
    }

    @Test func aListThatGoesOnIsNoAnswer() async throws {
        await #expect(throws: Failure.self) {
            try await answer(
                .describeFlowLogs,
                .xml(
                    "<DescribeFlowLogsResponse><flowLogSet/><nextToken>x</nextToken></DescribeFlowLogsResponse>"))
        }
        await #expect(throws: Failure.self) {
            try await answer(
                .listAccessKeys,
                .xml(
                    """
                    <ListAccessKeysResponse><ListAccessKeysResult><IsTruncated>true</IsTruncated><AccessKeyMetadata/>
                    </ListAccessKeysResult></ListAccessKeysResponse>
                    """))
        }
    }
}
