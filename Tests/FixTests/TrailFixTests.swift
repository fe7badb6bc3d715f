import AWSClient
import Basics
import Foundation
import Posture
import Practices
import Remediation
import Testing

/// What the fixes of trails, buckets and keys leave alone, refuse and make besides.
extension FixTests {
    private func planned(
        _ checks: Set<String>, _ settings: Settings = Settings(), _ prepare: (FixWorld) async throws -> Void
    ) async throws -> (world: FixWorld, plan: PlanFile) {
        let world = try await FixWorld.lent
        try await world.reset()
        try await prepare(world)
        return (world, try await Planned.make(world.endpoint, checks: checks, settings: settings).file)
    }

    /// The bucket stays if logs have come by then: deleting them is a person's.
    @Test func aBucketForAccessLogsIsMadeAndStaysWithWhatItHolds() async throws {
        let (world, plan) = try await planned(["trail-bucket-access-logging"]) { world in
            try await world.makeTrail("first", "trail-one")
            try await world.makeTrail("second", "trail-two")
        }
        let name = "parapet-access-logs-123456789012-us-east-1"
        #expect(plan.plan.steps.map(\.call.operation).filter { $0 == "CreateBucket" }.count == 1)
        #expect(plan.plan.steps.map(\.call.operation).filter { $0 == "PutBucketLogging" }.count == 2)
        let journals = try TemporaryJournals()
        let applied = try await apply(plan, to: world.endpoint, in: journals)
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
        let buckets = try await world.state()["buckets"]
        for source in ["trail-one", "trail-two"] {
            #expect(buckets?[source]?["logging"]?["LoggingEnabled"]?["TargetBucket"] == .string(name))
        }
        #expect(buckets?[name]?["block"]?["PublicAccessBlockConfiguration"]?["RestrictPublicBuckets"] == true)
        #expect(buckets?[name]?["policy"]?["Statement"]?.elements?.count == 2)
        try await world.call("s3", "put_object", ["Bucket": .string(name), "Key": "trail-one/log"])

        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.next == nil && undone.progress.hasEnded)
        #expect(undone.progress.steps.last?.state == .stays)
        #expect(undone.progress.steps.last?.detail?.contains("BucketNotEmpty") == true)
        #expect(undone.progress.steps.dropLast().allSatisfy { $0.state == .verified }, "\(undone.progress.steps)")
        let after = try await world.state()["buckets"]
        #expect(after?["trail-one"]?["logging"] == [:] && after?["trail-two"]?["logging"] == [:])
        #expect(after?[name] == buckets?[name], "the bucket keeps its settings")
    }

    /// Whoever changed the bucket uses it. The steps that have nothing to do with it are undone.
    @Test func aNewBucketThatSomebodyChangedStays() async throws {
        let (world, plan) = try await planned(["vpc-flow-logs"]) { world in
            try await world.call("ec2", "create_vpc", ["CidrBlock": "10.1.0.0/16"])
        }
        let journals = try TemporaryJournals()
        let applied = try await apply(plan, to: world.endpoint, in: journals)
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
        let created = plan.plan.steps.filter { $0.call.operation == "CreateBucket" }
        let name = try #require(created.first?.call.parameters["Bucket"])
        try await world.call("s3", "delete_public_access_block", ["Bucket": name])
        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.next == nil)
        for (step, progress) in zip(undone.plan.steps, undone.progress.steps) {
            let isChanged = step.call.parameters["Bucket"] == name
            #expect(progress.state == (isChanged ? .stays : .verified), "\(step.title): \(progress)")
        }
        #expect(try await world.state()["buckets"]?.object?.names == [name.text ?? ""])
    }

    @Test func aBucketNeverReceivesItsOwnAccessLogs() async throws {
        let (_, plan) = try await planned(
            ["trail-bucket-access-logging"], Settings { $0.accessLogBucket = "trail-one" }
        ) { try await $0.makeTrail("first", "trail-one") }
        #expect(plan.plan.steps.isEmpty)
        #expect(plan.plan.leftOut.map(\.reason).first?.contains("its own access logs") == true)
    }

    @Test func aStatementForAnotherAccountIsLeftToAPerson() async throws {
        let (_, plan) = try await planned(["trail-bucket-policy-source"]) { world in
            try await world.makeTrail("first", "trail-one")
            try await world.call(
                "s3", "put_bucket_policy",
                [
                    "Bucket": "trail-one",
                    "Policy": #"""
                    {"Version":"2012-10-17","Statement":[
                    {"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},
                    "Action":"s3:PutObject","Resource":"arn:aws:s3:::trail-one/*",
                    "Condition":{"StringEquals":{"aws:SourceAccount":"210987654321"}}}]}
                    """#,
                ])
        }
        #expect(plan.plan.steps.isEmpty)
        #expect(plan.plan.leftOut.first?.reason.contains("account 210987654321") == true, "\(plan.plan.leftOut)")
    }

    /// A key whose policy names nobody who could change it again is not touched, and neither is another account's key.
    @Test(arguments: [
        (#"{"AWS":"arn:aws:iam::210987654321:root"}"#, "", "no principal could change the policy"),
        (#"{"AWS":"arn:aws:iam::123456789012:root"}"#, "210987654321", "account 210987654321"),
    ])
    func aKeyThatCannotServeIsLeftAlone(_ principal: String, _ account: String, _ reason: String) async throws {
        let world = try await FixWorld.lent
        try await world.reset()
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":"#
            + principal + "}]}"
        var key =
            try await world.call("kms", "create_key", ["Policy": .string(policy)])["KeyMetadata"]?["Arn"]?.text ?? ""
        if !account.isEmpty { key = key.replacing("123456789012", with: account) }
        try await world.makeTrail("first", "trail-one")
        let plan = try await Planned.make(
            world.endpoint, checks: ["cloudtrail-kms-encryption"], settings: Settings { $0.trailKey = key }
        ).file.plan
        #expect(plan.steps.isEmpty)
        #expect(plan.leftOut.first?.reason.contains(reason) == true, "\(plan.leftOut)")
    }

    @Test func aTrailWhoseKeyWasTakenAwayIsNotEncrypted() async throws {
        let world = try await FixWorld.lent
        try await world.reset()
        try await world.makeTrail("first", "trail-one", ["KmsKeyId": try await world.makeKey()])
        try await world.call("cloudtrail", "update_trail", ["Name": "first", "KmsKeyId": ""])
        let (_, _, findings) = await Planned.scan(world.endpoint, checks: ["cloudtrail-kms-encryption"])
        #expect(findings.map(\.status) == [.fail])
    }

    /// CloudTrail rejects a change of a trail that cannot deliver, so every fix that changes one admits delivery first.
    @Test(arguments: ["cloudtrail-log-file-validation", "cloudtrail-multi-region", "cloudtrail-kms-encryption"])
    func aTrailIsChangedAfterItsBucketAdmitsIt(_ check: String) async throws {
        let (_, plan) = try await planned([check]) { world in
            try await world.makeTrail(
                "first", "trail-one", ["EnableLogFileValidation": false, "IsMultiRegionTrail": false])
        }
        let calls = plan.plan.steps.map(\.call.operation)
        let admitted = try #require(calls.firstIndex(of: "PutBucketPolicy"), "\(calls)")
        let changed = try #require(calls.firstIndex(of: "UpdateTrail"), "\(calls)")
        #expect(admitted < changed)
    }

    @Test func eachCheckWithoutAFixSaysWhy() {
        for check in Catalogue.checks.map(\.about.id) {
            let words = Fixes.explanation(for: check)
            #expect(!words.contains("no fix for this check"), "\(check)")
        }
    }

    /// Root's ceremony has no call, and names the bucket, the proof and the clean-up.
    @Test func mfaDeleteIsHandedOver() async throws {
        let (_, plan) = try await planned(["trail-bucket-mfa-delete"]) { try await $0.makeTrail("first", "trail-one") }
        #expect(plan.plan.steps.isEmpty)
        let lines = plan.plan.leftOut.first?.byHand.joined(separator: "\n") ?? ""
        for words in [
            "--bucket trail-one", "MFADelete=Enabled", "--mfa 'arn:aws:iam::123456789012:mfa/DEVICE CODE'",
            "--check trail-bucket-mfa-delete", "--check root-access-key", "put-object-lock-configuration",
        ] {
            #expect(lines.contains(words), "\(words)")
        }
    }

    /// The readers of the settings can decrypt once the trail is encrypted, by name or by pattern.
    @Test func theTrailOfAnAccountWithoutOneIsEncryptedWithTheKeyOfTheSettings() async throws {
        let world = try await FixWorld.lent
        try await world.reset()
        let key = try await world.makeKey()
        let settings = Settings {
            $0.trailKey = key.text
            $0.trailBucket = "our-trail"
            var access = TrailAccess()
            access.readers = ["arn:aws:iam::123456789012:role/audit"]
            $0.trailAccess = access
        }
        let before = try await world.state()
        let plan = try await Planned.make(
            world.endpoint, checks: ["cloudtrail-multi-region", "cloudtrail-all-regions"], settings: settings
        ).file
        let journals = try TemporaryJournals()
        let applied = try await apply(plan, to: world.endpoint, in: journals)
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
        let (_, _, findings) = await Planned.scan(
            world.endpoint,
            checks: [
                "cloudtrail-multi-region", "cloudtrail-all-regions", "cloudtrail-kms-encryption",
                "cloudtrail-log-file-validation", "trail-key-encryption-context", "trail-bucket-policy-source",
                "trail-bucket-tls-only", "trail-bucket-versioning", "trail-bucket-not-public",
                "cloudtrail-management-events",
            ], settings: settings)
        for finding in findings where finding.status != .pass {
            Issue.record("\(finding.check): \(finding.status) \(finding.message)")
        }
        let state = try await world.state()
        #expect(state["us-east-1"]?["trails"]?["parapet"]?["isLogging"] == true)
        #expect(state["us-east-1"]?["trails"]?["parapet"]?["S3BucketName"] == "our-trail")
        let sids = state["us-east-1"]?["keys"]?.object?.members.first?.value["policy"]?["Statement"]?.elements?
            .compactMap { $0["Sid"]?.text }
        #expect(
            sids == [
                "Administrators", "AllowCloudTrailToEncryptLogs", "AllowCloudTrailToDescribeKey",
                "AllowReadersToDecryptLogs",
            ])
        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.steps.allSatisfy { $0.state == .verified }, "\(undone.progress.steps)")
        #expect(try await world.state() == before)
    }
}
