import AWSClient
import Basics
import Inventory
import Testing

@testable import Posture

/// The commands of the AWS CLI that read evidence again; that they work, `Tests/ScanTests/RereadTests.swift` sees.
@Suite struct EvidenceCommandTests {
    private func command(
        _ evidence: Evidence, on resource: Resource, region: String = "eu-west-1", status: Finding.Status = .fail
    ) -> String? {
        evidence.command(
            in: Finding(
                check: "c", practice: .auditTrail, severity: .low, status: status, account: "123456789012",
                region: region, resource: resource, message: "m", evidence: [evidence]))
    }

    private let bucket = Resource(type: "AWS::S3::Bucket", id: "logs", arn: "arn:aws:s3:::logs")
    private let user = Resource(type: "AWS::IAM::User", id: "ann.b", arn: "arn:aws:iam::123456789012:user/ann.b")

    @Test func aCommandNamesRegionResourceAndFact() {
        let trail = Resource(
            type: "AWS::CloudTrail::Trail", id: "main", arn: "arn:aws:cloudtrail:us-east-1:123456789012:trail/main")
        #expect(
            command(Evidence("KmsKeyId", .null, from: .describeTrails), on: trail) == """
                aws cloudtrail describe-trails --region us-east-1 --trail-name-list \
                arn:aws:cloudtrail:us-east-1:123456789012:trail/main --query "trailList[0].KmsKeyId" --output json
                """)
        #expect(
            command(Evidence("mfa_active", false, from: .getCredentialReport), on: user, region: "global") == """
                aws iam get-credential-report --region us-east-1 --query Content --output text \
                | base64 --decode | grep -e '^user,' -e '^ann\\.b,'
                """)
    }

    @Test func anotherSubjectThanTheResourceIsNamed() {
        let policy = Evidence("Policy", "{}", from: .getBucketPolicy)
        #expect(command(policy, on: bucket)?.contains("--bucket logs ") == true)
        #expect(command(policy.about("other"), on: bucket)?.contains("--bucket other ") == true)
        #expect(command(policy, on: user) == nil, "a user is no bucket")
        let statement = Evidence.identity("Statement", "{}", at: "Statement[1]", inline: "own")
        let inline = "UserPolicyList[?PolicyName=='own'] | [0].PolicyDocument.Statement[1]"
        #expect(command(statement, on: user, region: "global")?.contains(inline) == true)
    }

    @Test func keysAreReadByTheirIDs() {
        let keys: JSON = [
            ["AccessKeyId": "AKIAONE", "CreateDate": "2026-01-01T00:00:00Z", "Status": "Active"],
            ["AccessKeyId": "AKIATWO", "CreateDate": .null, "Status": "Inactive"],
        ]
        #expect(
            command(Evidence("AccessKeyMetadata", keys, from: .listAccessKeys), on: user, region: "global") == """
                aws iam list-access-keys --region us-east-1 --user-name ann.b --query "AccessKeyMetadata\
                [?AccessKeyId=='AKIAONE' || AccessKeyId=='AKIATWO'].{AccessKeyId: AccessKeyId, CreateDate: CreateDate, \
                Status: Status}" --output json
                """)
        let unread = Unknown(.accessDenied, call: "iam:ListAccessKeys", detail: "no")
        for evidence in [
            Evidence("AccessKeyMetadata", [], from: .listAccessKeys),
            .unread("AccessKeyMetadata", unread, from: .listAccessKeys),
        ] {
            let command = command(evidence, on: user, region: "global")
            #expect(command?.hasPrefix("aws iam list-access-keys --region us-east-1 --user-name ann.b ") == true)
        }
    }

    @Test func aRegionOfThePartitionIsAskedForWhatIsGlobal() {
        let root = Resource(type: "AWS::::Account", id: "a", arn: "arn:aws-us-gov:iam::123456789012:root")
        let evidence = Evidence("AccountMFAEnabled", false, from: .getAccountSummary)
        #expect(command(evidence, on: root, region: "global")?.contains("--region us-gov-west-1 ") == true)
    }

    @Test(arguments: [
        "-x", "a b", "a'b", "a\"b", "$(id)", "`id`", "a;b", "a\nb", "a\\b", "é", "", "a|b", "file:///etc/passwd",
    ])
    func aNameThatAShellMightObeyMakesNoCommand(name: String) {
        let bucket = Resource(type: "AWS::S3::Bucket", id: name, arn: "arn:aws:s3:::x")
        #expect(command(Evidence("Policy", .null, from: .getBucketPolicy), on: bucket) == nil)
        let user = Resource(type: "AWS::IAM::User", id: name, arn: "arn:aws:iam::1:user/x")
        #expect(command(.identity("GroupList", []), on: user) == nil)
        #expect(command(Evidence("mfa_active", false, from: .getCredentialReport), on: user) == nil)
    }

    @Test func whatNoCallShowsHasNoCommand() {
        for source in [Evidence.Source.derived, .settings, .call("x:Unheard")] {
            #expect(command(Evidence("f", 1, from: source), on: bucket) == nil)
        }
        #expect(command(Evidence("trails", 0, from: .describeTrails), on: bucket, status: .notApplicable) == nil)
    }
}
