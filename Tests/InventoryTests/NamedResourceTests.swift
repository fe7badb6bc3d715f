import AWSClient
import Foundation
import Inventory
import Testing
import TestSupport

/// Buckets and keys that no trail names are read where the reading is told to.
@Suite(.timeLimit(.minutes(5))) struct NamedResourceTests {
    private static let key = "arn:aws:kms:eu-west-1:123456789012:key/k"

    private func read(_ facets: Set<Facet>) async throws -> Account {
        let server = try await AnsweringServer { operation, _, body in
            switch operation.description {
            case "cloudtrail:DescribeTrails": return .json(#"{"trailList": []}"#)
            case "s3:ListBuckets":
                return .xml(
                    "<ListAllMyBucketsResult><Buckets><Bucket><Name>data</Name></Bucket></Buckets></ListAllMyBucketsResult>"
                )
            case "s3:GetBucketLocation": return .xml("<LocationConstraint>eu-west-1</LocationConstraint>")
            case "s3:GetBucketPolicy": return .json(#"{"Version": "2012-10-17", "Statement": []}"#)
            case "kms:DescribeKey":
                return .json(
                    #"{"KeyMetadata": {"Arn": "\#(Self.key)", "AWSAccountId": "123456789012", "KeyState": "Enabled", "KeyManager": "CUSTOMER"}}"#
                )
            case "kms:ListGrants":
                return body.contains("second")
                    ? .json(#"{"Grants": [{"GrantId": "b", "Operations": ["Encrypt"]}], "Truncated": false}"#)
                    : .json(
                        #"""
                        {"Grants": [{"GrantId": "a", "GranteePrincipal": "arn:aws:iam::123456789012:role/r",
                          "RetiringPrincipal": "arn:aws:iam::999999999999:root", "IssuingAccount": "123456789012",
                          "Operations": ["Decrypt"], "Constraints": {"EncryptionContextEquals": {"k": "v"}}}],
                         "Truncated": true, "NextMarker": "second"}
                        """#)
            default: return operation.denial
            }
        }
        return await server.account(
            "123456789012", caller: "x", facets: facets, buckets: ["data", "elsewhere"],
            keys: [Self.key, "arn:aws:kms:eu-west-1:999999999999:key/other"])
    }

    @Test func theBucketAndTheKeyAreRead() async throws {
        let account = try await read([.bucketPolicy, .keyGrants])
        #expect(account.trails.isEmpty)
        #expect(try account.bucket("data").region.value == "eu-west-1")
        #expect(try account.bucket("data").policy.value != nil)
        #expect(throws: Unknown.self) { try account.bucket("elsewhere").policy.value }
        #expect(account.trailBuckets.isEmpty, "it is no trail's")

        let grants = try account.key(Self.key).grants.value
        #expect(grants.map(\.grantID) == ["a", "b"], "the second page too")
        #expect(grants[0].granteePrincipal == "arn:aws:iam::123456789012:role/r")
        #expect(grants[0].retiringPrincipal == "arn:aws:iam::999999999999:root")
        #expect(grants[0].constraints?.encryptionContextEquals == ["k": "v"])
        #expect(grants[1].constraints == nil)
        let foreign = #expect(throws: Unknown.self) {
            try account.key("arn:aws:kms:eu-west-1:999999999999:key/other").grants.value
        }
        #expect(foreign?.reason == .anotherAccount)
    }

    @Test(
        "a bucket that is not listed is another account's or does not exist, as S3 says",
        arguments: [
            ("AccessDenied", 403, Unknown.Reason.anotherAccount), ("NoSuchBucket", 404, .notFound),
            ("AccountProblem", 403, .failed),
        ])
    func strangers(code: String, status: Int, reason: Unknown.Reason) async throws {
        let server = try await AnsweringServer { operation, _, _ in
            switch operation.description {
            case "cloudtrail:DescribeTrails":
                return .json(
                    #"""
                    {"trailList": [{"TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/t", "Name": "t",
                                    "HomeRegion": "us-east-1", "S3BucketName": "gone"}]}
                    """#)
            case "s3:ListBuckets":
                return .xml(
                    """
                    <ListAllMyBucketsResult><Buckets><Bucket><Name>data</Name><BucketRegion>eu-west-1</BucketRegion>
                    </Bucket></Buckets></ListAllMyBucketsResult>
                    """)
            default: return operation.refusal(code, status: status)
            }
        }
        let account = await server.account(
            "123456789012", caller: "x", facets: [.bucketVersioning], buckets: ["data"])
        #expect(try account.bucket("data").region.value == "eu-west-1", "the list tells it")
        let unknown = #expect(throws: Unknown.self) { try account.bucket("gone").region.value }
        #expect(unknown?.reason == reason)
        #expect(account.bucket("gone").isMissing == (reason == .notFound))
        #expect(server.asked["x s3:GetBucketLocation"] == 1, "only the one that is not listed is asked for")
    }

    @Test("what a trail's bucket and key are asked is not asked again as every bucket and key are")
    func noRequestIsSentTwice() async throws {
        let key = "arn:aws:kms:us-east-1:123456789012:key/k"
        let server = try await AnsweringServer { operation, _, _ in
            switch operation.description {
            case "cloudtrail:DescribeTrails":
                .json(
                    #"""
                    {"trailList": [{"TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/t", "Name": "t",
                                    "HomeRegion": "us-east-1", "S3BucketName": "data", "KmsKeyId": "\#(key)"}]}
                    """#)
            case "s3:ListBuckets":
                .xml(
                    "<ListAllMyBucketsResult><Buckets><Bucket><Name>data</Name></Bucket></Buckets></ListAllMyBucketsResult>"
                )
            case "s3:GetBucketLocation": .xml("<LocationConstraint>eu-west-1</LocationConstraint>")
            case "s3:GetBucketLogging":
                .xml(
                    """
                    <BucketLoggingStatus><LoggingEnabled><TargetBucket>data</TargetBucket><TargetPrefix/></LoggingEnabled>
                    </BucketLoggingStatus>
                    """)
            case "kms:ListKeys": .json(#"{"Keys": [{"KeyArn": "\#(key)"}], "Truncated": false}"#)
            case "kms:DescribeKey":
                .json(
                    #"{"KeyMetadata": {"Arn": "\#(key)", "AWSAccountId": "123456789012", "KeyState": "Enabled", "KeyManager": "CUSTOMER"}}"#
                )
            default: operation.denial
            }
        }
        let account = await server.account(
            "123456789012", caller: "x",
            facets: [
                .bucketPolicy, .everyBucketPolicy, .loggingTargetPolicy, .bucketVersioning, .everyBucketVersioning,
                .everyBucketLogging, .bucketEncryption, .everyBucketEncryption, .loggingTargetEncryption,
                .keyDescription, .everyKeyDescription, .keyRotation, .everyKeyRotation, .keyPolicy, .everyKeyPolicy,
            ])
        let repeated = server.asked.filter { $0.value > 1 }
        #expect(repeated.isEmpty)
        #expect(server.asked["x kms:GetKeyPolicy"] == 1)
        #expect(try account.everyBucket.value.map(\.logging) == [account.bucket("data").logging])
        #expect(account.bucket("data").policy == (try account.everyBucket.value[0].policy), "a refusal is shared too")
    }

    @Test func aFacetThatIsNotWantedIsNotAsked() async throws {
        let account = try await read([.keyDescription])
        let unknown = #expect(throws: Unknown.self) { try account.key(Self.key).grants.value }
        #expect(unknown?.reason == .notCollected)
    }
}
