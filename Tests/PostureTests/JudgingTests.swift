import Basics
import AWSClient
import Inventory
import Posture
import Testing

/// The walks over an account: every resource gets its verdict, and what could not be listed is unknown.
@Suite struct JudgingTests {
    private let denied = Unknown(
        .accessDenied, call: "cloudtrail:DescribeTrails", permission: "cloudtrail:DescribeTrails",
        detail: "AccessDenied")

    @Test("regions whose trails could not be listed are unknown beside the trails that others show")
    func unreadRegions() throws {
        var account = Account.sample
        account[.regions] = .known(["us-east-1", "eu-west-1"])
        account.hold(trails: .sample)
        account[.trails]["eu-west-1"] = .unknown(denied)
        let verdicts = try Reading(account, by: .sample).judgeEach(.trails) { _ in .pass("good") }
        #expect(verdicts.map(\.judgement.status) == [.pass, .unknown])
        #expect(verdicts.map(\.region) == ["us-east-1", "eu-west-1"])
    }

    @Test("without regions nothing is judged")
    func noRegions() {
        var account = Account.sample
        account[.regions] = .unknown(denied)
        let reading = Reading(account, by: .sample)
        #expect(throws: denied) { try reading.judgeEach(.trails) { _ in .pass("") } }
        #expect(throws: denied) { try reading.judgeEach(.securityGroups) { _ in .pass("") } }
        #expect(throws: denied) { try reading.judgeEachRegion { _ in .pass("") } }
    }

    @Test("a trail bucket that does not exist is unknown without being judged: one check tells it")
    func missingBucket() throws {
        var account = Account.sample
        account.hold(trails: .sample)
        account.hold(buckets: .sample { $0.region = .missing(.getBucketLocation) })
        let verdicts = try Reading(account, by: .sample).judgeEach(.trailBuckets) { _ in .pass("sound") }
        #expect(verdicts.map(\.judgement.status) == [.unknown])
        #expect(verdicts.first?.judgement.message.contains("the bucket does not exist") == true)
        #expect(
            verdicts.first?.judgement.evidence == [
                Evidence("TrailARN", ["\(Trail.sample.trailARN)"], from: .describeTrails)
            ])

        account.hold(buckets: .sample { $0.region = .elsewhere(.listBuckets) })
        let others = try Reading(account, by: .sample).judgeEach(.trailBuckets) { _ in .pass("sound") }
        #expect(others.map(\.judgement.status) == [.pass], "another account's bucket is judged by its facts")
    }

    @Test("a resource that meets an unknown fact is unknown, and the others are judged")
    func unknownFact() throws {
        var account = Account.sample
        account.hold(users: [.sample, .sample { $0.userName = "bob" }, .sample { $0.userName = "eve" }])
        let verdicts = try Reading(account, by: .sample).judgeEach(.users, where: { $0.userName != "eve" }) {
            user throws(Unknown) in
            if user.userName == "bob" { throw denied }
            return .pass("good")
        }
        #expect(verdicts.map(\.judgement.status) == [.pass, .unknown])
        #expect(verdicts.map(\.resource.id) == ["alice", "bob"])
    }

    @Test("a check leaves out the resources that it is not about")
    func leavesOut() throws {
        var account = Account.sample
        account.hold(users: [.sample])
        let verdicts = try Reading(account, by: .sample).judgeEach(.users) { _ in nil }
        #expect(verdicts.map(\.judgement.status) == [.notApplicable])
        #expect(
            verdicts.map(\.judgement.message) == [
                "No users of the type that this check evaluates found"
            ])
        #expect(
            try Reading(account, by: .sample).judgeEach(.users) { $0.userName == "alice" ? .pass("good") : nil }
                .map(\.judgement.status) == [.pass])
    }

    @Test("a walk that meets nothing says so, with the call that told it")
    func nothingToJudge() throws {
        var account = Account.sample
        account.holdNoTrails()
        account[.securityGroups]["us-east-1"] = .known([])
        let reading = Reading(account, by: .sample)
        let walks = [
            try reading.judgeEach(.trailBuckets) { _ in .pass("good") },
            try reading.judgeEach(.securityGroups) { _ in .pass("good") },
        ]
        #expect(walks.map { $0.map(\.judgement.status) } == [[.notApplicable], [.notApplicable]])
        #expect(
            walks.compactMap(\.first?.judgement.message)
                == ["No trail buckets found", "No security groups found"])
        #expect(walks[0].first?.resource == .account(account))
        #expect(walks[0].first?.judgement.evidence == [Evidence("trail buckets", 0, from: .describeTrails)])
    }

    @Test("roles that services made for themselves are not judged")
    func serviceLinkedRoles() throws {
        var account = Account.sample
        account.hold(
            users: [.sample], groups: [.sample], roles: [.sample, .sample { $0.path = "/aws-service-role/x/" }])
        let reading = Reading(account, by: .sample)
        #expect(try reading.judgeEach(.roles) { _ in .pass("") }.count == 1)
        #expect(
            try reading.judgeEach(.policyHolders) { _ in .pass("") }.map(\.resource.type) == [
                "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role",
            ])
    }

    @Test("an account without a password policy fails whatever is asked of the policy")
    func noPasswordPolicy() throws {
        var account = Account.sample
        account[.passwordPolicy] = .known(nil)
        let verdicts = try Reading(account, by: .sample).judgeEach(.passwordPolicy) { _ in .pass("good") }
        #expect(verdicts.map(\.judgement.status) == [.fail])
    }
}
