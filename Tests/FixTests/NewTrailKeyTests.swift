import AWSClient
import Basics
import Foundation
import Posture
import Practices
import Remediation
import Reports
import Testing
import TestSupport

/// Trails for which no KMS key is known get a new one, whose ARN only AWS's answer gives.
extension FixTests {
    private static let checks: Set<String> = ["cloudtrail-kms-encryption"]
    private static let settings = Settings {
        var access = TrailAccess()
        access.readers = ["arn:aws:iam::123456789012:role/audit"]
        $0.trailAccess = access
    }

    private func twoTrails() async throws -> FixWorld {
        let world = try await FixWorld.lent
        try await world.reset()
        try await world.makeTrail("first", "trail-one")
        try await world.makeTrail("second", "trail-two")
        return world
    }

    private func planned(_ world: FixWorld) async throws -> PlanFile {
        try await Planned.make(world.endpoint, checks: Self.checks, settings: Self.settings).file
    }

    /// The only key of the account, and the keys that its trails have.
    private func keys(_ state: JSON) throws -> (key: JSON.Object.Member, ofTrails: [String]) {
        let region = try #require(state["us-east-1"])
        let keys = try #require(region["keys"]?.object?.members)
        #expect(keys.count == 1)
        return (
            try #require(keys.first),
            (region["trails"]?.object?.members ?? []).compactMap { $0.value["KmsKeyId"]?.text }
        )
    }

    @Test func trailsWithoutAKeyShareANewOneThatUndoingLeavesAndALaterPlanUses() async throws {
        let world = try await twoTrails()
        let before = try await world.state()
        let file = try await planned(world)
        #expect(
            file.plan.steps.map(\.call.operation) == [
                "CreateKey", "EnableKeyRotation", "CreateAlias", "PutBucketPolicy", "UpdateTrail",
                "PutBucketEncryption", "PutBucketPolicy", "UpdateTrail", "PutBucketEncryption",
            ])
        #expect(file.plan.leftOut.isEmpty)
        #expect(["kms:CreateKey", "kms:TagResource", "tag:GetResources"].allSatisfy(file.plan.permissions.contains))
        #expect(try await world.state() == before, "planning changes nothing")
        #expect(try await planned(world).bytes == file.bytes, "the same account gives the same plan")
        for language in InfrastructureCode.Language.allCases {
            #expect(try await world.problems(of: file, in: language) == [], "\(language)")
        }
        let report = PlanReport(file)
        #expect(try report.code(in: .cloudformation).contains(#""Fn::GetAtt""#))
        #expect(try report.code(in: .terraform).contains("kms_key_id = aws_kms_key.key_1_for_cloudtrail"))
        #expect(report.markdown.contains("KmsKeyId = the new key 1 for CloudTrail log files in us-east-1"))

        let journals = try TemporaryJournals()
        let applied = try await apply(file, to: world.endpoint, in: journals)
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
        let (key, ofTrails) = try keys(try await world.state())
        #expect(ofTrails.count == 2 && ofTrails.allSatisfy { $0.hasSuffix("key/\(key.name)") })
        #expect(key.value["rotation"]?["KeyRotationEnabled"] == true)
        let (_, _, findings) = await Planned.scan(
            world.endpoint,
            checks: ["cloudtrail-kms-encryption", "trail-key-encryption-context", "trail-key-rotation"],
            settings: Self.settings)
        for finding in findings where finding.status != .pass {
            Issue.record("\(finding.check): \(finding.status) \(finding.message)")
        }

        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.steps.allSatisfy { $0.state == .verified }, "\(undone.progress.steps)")
        #expect(undone.plan.leftOut.count == 3)
        #expect(
            undone.plan.leftOut.last?.reason
                == "what 'Create a KMS key for CloudTrail log files in us-east-1' made is left as it is")
        #expect(undone.plan.leftOut.last?.byHand.contains { $0.contains("schedule-key-deletion") } == true)
        let after = try await world.state()
        #expect(try keys(after).ofTrails == [])
        #expect(after["buckets"] == before["buckets"])
        #expect(after["us-east-1"]?["trails"] == before["us-east-1"]?["trails"])

        let again = try await planned(world).plan
        #expect(!again.steps.contains { $0.call.operation == "CreateKey" })
        let update = again.steps.first { $0.call.operation == "UpdateTrail" }
        #expect(update?.call.parameters["KmsKeyId"]?.text?.hasSuffix("key/\(key.name)") == true)
    }

    /// A key that waits for its deletion serves no trail; the next one has another number and another alias.
    @Test func aKeyThatWaitsForItsDeletionIsNotUsed() async throws {
        let world = try await twoTrails()
        _ = try await apply(try await planned(world), to: world.endpoint, in: try TemporaryJournals())
        for trail: JSON in ["first", "second"] {
            try await world.call("cloudtrail", "update_trail", ["Name": trail, "KmsKeyId": ""])
        }
        for bucket: JSON in ["trail-one", "trail-two"] {
            try await world.call("s3", "delete_bucket_encryption", ["Bucket": bucket])
        }
        let key = try keys(try await world.state()).key.name
        try await world.call("kms", "schedule_key_deletion", ["KeyId": .string(key)])
        let file = try await planned(world)
        #expect(file.plan.steps.first?.title == "Create a KMS key for CloudTrail log files in us-east-1")
        #expect(file.plan.steps[2].call.parameters["AliasName"] == "alias/parapet-cloudtrail-2")
        let applied = try await apply(file, to: world.endpoint, in: try TemporaryJournals())
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
    }

    /// The commands carry the ARN from one to the next in a variable.
    @Test func theCommandsOfTheAWSCLICreateTheKey() async throws {
        let world = try await twoTrails()
        let file = try await planned(world)
        let journals = try TemporaryJournals()
        try await runCommands(of: file, at: world.endpoint, in: journals)
        let progress = try await apply(file, to: world.endpoint, in: journals)
        #expect(progress.steps.allSatisfy { $0.state == .unneeded }, "\(progress.steps)")
    }

    /// Killed before or after any call, the run goes on with the key that it created, and creates no other.
    @Test func aKilledRunGoesOnWithTheKeyThatItCreated() async throws {
        func calls() async throws -> Int {
            let world = try await twoTrails()
            let journals = try TemporaryJournals()
            let counter = try await Interruption.start(world.endpoint, at: .max, .beforeCall, journals)
            _ = try await apply(try await planned(world), to: counter.endpoint, in: journals)
            return counter.calls
        }
        let all = Array(0..<(try await calls())).flatMap { [($0, Interruption.Moment.beforeCall), ($0, .afterCall)] }
        // The call that creates the key is the second; its answer is lost.
        for (number, moment) in FaultSample.chosen(all, 1, seed: 6) + [(1, .afterCall)] {
            let world = try await twoTrails()
            let before = try await world.state()
            let file = try await planned(world)
            let journals = try TemporaryJournals()
            let killer = try await Interruption.start(world.endpoint, at: number, moment, journals)
            _ = try? await apply(file, to: killer.endpoint, in: journals)
            try killer.restoreJournals()
            let resumed = try await apply(file, to: world.endpoint, in: journals)
            #expect(resumed.steps.allSatisfy { $0.state == .verified }, "\(moment) \(number): \(resumed.steps)")
            let (key, ofTrails) = try keys(try await world.state())
            #expect(ofTrails.count == 2 && ofTrails.allSatisfy { $0.hasSuffix("key/\(key.name)") })
            let undone = try await undo(to: world.endpoint, in: journals)
            #expect(undone.progress.next == nil, "\(moment) \(number)")
            let after = try await world.state()
            #expect(after["us-east-1"]?["trails"] == before["us-east-1"]?["trails"], "\(moment) \(number)")
            #expect(after["buckets"] == before["buckets"], "\(moment) \(number)")
        }
    }

    /// Without the step that creates the key, nothing is sent.
    @Test func aStepWhoseKeyWasNotCreatedIsRefused() async throws {
        let world = try await twoTrails()
        let before = try await world.state()
        var plan = try await planned(world).plan
        // Those that create the key, and the bucket policy that is allowed without it.
        plan.steps.removeFirst(4)
        let progress = try await apply(PlanFile(plan), to: world.endpoint, in: try TemporaryJournals())
        #expect(progress.steps[0].state == .refused)
        #expect(progress.steps[0].detail?.contains("no earlier step gave 'key 1 for CloudTrail") == true)
        #expect(try await world.state() == before)
    }

    /// A managed policy that a stack owns is left to its template. moto's tagging API does not know IAM: a stand-in answers
    /// for it with the tags that IAM has.
    @Test func aManagedPolicyThatAStackOwnsGetsAPatch() async throws {
        let world = try await FixWorld.lent
        try await world.reset()
        try await world.makeUsers(["alice": .init()])
        let arn =
            try await world.call(
                "iam", "create_policy",
                [
                    "PolicyName": "work", "Tags": [["Key": "managed-by", "Value": "terraform"]],
                    "PolicyDocument":
                        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sqs:*"],"Resource":"*"}]}"#,
                ])["Policy"]?["Arn"] ?? .null
        try await world.call("iam", "attach_user_policy", ["UserName": "alice", "PolicyArn": arn])
        let now = Moment(Date()).description.replacing("Z", with: "+00:00")
        try await world.tell(["services": ["arn:aws:iam::123456789012:user/alice": ["s3": .string(now)]]])
        let tags = try await world.call("iam", "list_policy_tags", ["PolicyArn": arn])["Tags"] ?? .null
        let standIn = try await TestServer.start { request in
            guard WireOperation(request)?.name == "GetResources" else {
                return await forward(request, to: world.endpoint).map { .answer($0) } ?? .hangUp
            }
            let asked = try? JSON(parsing: request.body)["ResourceARNList"]?.elements
            let found: JSON = asked?.contains(arn) == true ? [["ResourceARN": arn, "Tags": tags]] : []
            return .answer(.json(JSON.members([.init("ResourceTagMappingList", found)]).written(.compact)))
        }
        let plan = try await Planned.make(standIn.endpoint, checks: ["iam-unused-permissions"]).file.plan
        #expect(plan.steps.isEmpty)
        #expect(plan.leftOut.first?.reason.hasPrefix("owned by Terraform (tag managed-by)") == true, "\(plan.leftOut)")
    }
}
