import AWSClient
import Inventory
import Posture
import Practices
import Testing

/// The organization's trail as a member sees it: bucket, key and log group are another account's.
@Suite struct MemberTrailTests {
    private static let key = "arn:aws:kms:us-east-1:333333333333:key/k"
    private static let group = "arn:aws:logs:us-east-1:333333333333:log-group:trail"

    private func member(isOrganizationTrail: Bool = true, ownsBucket: Bool = false) -> Account {
        let elsewhere = Unknown(.anotherAccount, detail: "its owner alone may be asked")
        var account = Account.sample
        account.hold(
            trails: .sample {
                $0.trailARN = "arn:aws:cloudtrail:us-east-1:111111111111:trail/all"
                $0.isOrganizationTrail = isOrganizationTrail
                $0.s3BucketName = "central"
                $0.kmsKeyID = Self.key
                $0.cloudWatchLogsLogGroupARN = Self.group
            })
        var bucket = Bucket(name: "central")
        bucket.region = ownsBucket ? .known("us-east-1") : .unknown(elsewhere)
        account.hold(buckets: bucket)
        account[.keyDescription][Self.key] = .unknown(elsewhere)
        account[.trailLogGroups][Self.group] = .unknown(elsewhere)
        return account
    }

    private static let ids = Catalogue.checks.map(\.about.id).filter {
        ["trail-bucket-", "trail-key-", "trail-log-group-"].contains(where: $0.hasPrefix)
    }

    @Test("what serves the organization's trail is judged where that is, and never passes", arguments: ids)
    func elsewhere(_ id: String) throws {
        #expect(Self.ids.count > 8)
        let check = try Catalogue.check(id)
        let findings = check.findings(in: member())
        #expect(findings.map(\.status) == [.notApplicable], "\(findings.map(\.message))")
        // A bucket's name does not show whose it is, and the trail's account need not own it.
        let owner =
            id.hasPrefix("trail-bucket-")
            ? "the account that owns it; the trail is of account 111111111111" : "account 333333333333"
        #expect(findings.first?.message.hasSuffix("is evaluated in \(owner)") == true)
        // Another account's resource that serves a trail of one's own is not known.
        #expect(check.findings(in: member(isOrganizationTrail: false)).map(\.status) == [.unknown])
    }

    @Test("what another account of the run owns is judged there, also for a trail of one's own", arguments: ids)
    func peer(_ id: String) throws {
        let check = try Catalogue.check(id)
        func findings(_ change: (inout Account) -> Void) -> [Finding] {
            var owner = member(ownsBucket: true)
            owner.id = "222222222222"
            owner[.keyDescription][Self.key] = .known(.sample)
            owner[.trailLogGroups][Self.group] = .known(.sample)
            change(&owner)
            return Evaluator(checks: [check], criteria: .sample)
                .findings(in: member(isOrganizationTrail: false), beside: [owner])
        }
        let settled = findings { _ in }
        #expect(settled.map(\.status) == [.notApplicable])
        #expect(settled.first?.message.contains("account 222222222222, for which this scan evaluates it") == true)
        // Another account that could not read it settles nothing.
        let unread = findings { owner in
            owner[.bucketRegions]["central"] = .denied(.getBucketLocation)
            owner[.keyDescription][Self.key] = .denied(.describeKey)
            owner[.trailLogGroups][Self.group] = .denied(.describeLogGroups)
        }
        #expect(unread.map(\.status) == [.unknown])
    }

    @Test("the account that owns the bucket judges it", arguments: ids.filter { $0.hasPrefix("trail-bucket-") })
    func owner(_ id: String) throws {
        let findings = try Catalogue.check(id).findings(in: member(ownsBucket: true))
        #expect(!findings.contains { $0.status == .notApplicable })
    }
}
