import Basics
import Inventory
import Posture
import Testing

@Suite struct EvaluatorTests {
    @Test("findings are ordered by practice, check, region and resource, whatever the order of checks")
    func order() {
        let checks: [any Check] = [
            Fixed("b", [.on("two", .pass("")), .on("one", .fail(""))]),
            Fixed("c", practice: .trailAccessLogging, [.on("one", .pass(""))]),
            Fixed("a", [.on("one", in: "us-east-1", .pass("")), .on("two", in: "eu-west-1", .pass(""))]),
        ]
        for order in [checks, checks.reversed()] {
            let findings = Evaluator(checks: order, criteria: .sample).findings(in: .sample)
            #expect(findings.map(\.check) == ["a", "a", "b", "b", "c"])
            #expect(findings.map(\.region) == ["eu-west-1", "us-east-1", "global", "global", "global"])
            #expect(findings.map(\.resource.id) == ["two", "one", "one", "two", "one"])
        }
    }

    @Test("a check that meets an unknown fact outside of any resource gives one unknown finding on the account")
    func unknown() throws {
        let unknown = Unknown(.accessDenied, call: "iam:ListUsers", permission: "iam:ListUsers", detail: "no")
        let findings = Fixed("a", unknown: unknown).findings(in: .sample)
        #expect(findings.map(\.status) == [.unknown])
        #expect(findings.first?.resource == .account(.sample))
        #expect(findings.first?.unknown == unknown)
        #expect(findings.first?.message == unknown.explanation)
    }

    @Test("a region that service control policies close is named once for all checks that they deny, and stays unknown")
    func closedRegions() {
        let explicit = "with an explicit deny in a service control policy"
        let implicit = "because no service control policy allows the ec2:DescribeVpcs action"
        let missing = "because no identity-based policy allows the ec2:DescribeVpcs action"
        func check(_ id: String, _ why: String, _ others: Verdict...) -> Fixed {
            let detail = "UnauthorizedOperation: User: x is not authorized to perform: y \(why)"
            let unknown = Unknown(
                .accessDenied, call: "ec2:DescribeVpcs", permission: "ec2:DescribeVpcs", detail: detail)
            return Fixed(id, [Verdict(on: .account(.sample), in: "eu-south-1", .unknown(unknown))] + others)
        }
        func findings(_ checks: Fixed..., mutes: Mute...) -> [Finding] {
            let findings = Evaluator(checks: checks, criteria: .sample).findings(in: .sample)
            return Mutes(mutes, asOf: Criteria.sample.now).applied(to: findings).findings.namingClosedRegionsOnce()
        }
        let closed = findings(check("a", explicit), check("b", implicit), check("c", explicit, .on("one", .pass(""))))
        #expect(closed.map(\.check) == ["a", "b", "c"])
        #expect(closed.map(\.status) == [.unknown, .notApplicable, .pass])
        #expect(closed[0].message.hasPrefix("Service control policies deny eu-south-1 to 3 checks"))
        #expect(findings(check("a", missing), check("b", missing)).map(\.status) == [.unknown, .unknown])
        // What lacks a permission is not hidden behind what is closed, nor is what was read.
        let mixed = findings(
            check("a", explicit), check("b", explicit), check("c", missing),
            Fixed("d", [Verdict(on: .account(.sample), in: "eu-south-1", .pass(""))]))
        #expect(mixed.map(\.status) == [.unknown, .notApplicable, .unknown, .pass])
        #expect(mixed[0].message.contains("to 2 checks") && mixed[2].unknown?.detail.contains(missing) == true)
        // A mute is for its own check only.
        let muted = findings(
            check("a", explicit), check("b", explicit), check("c", explicit), mutes: Mute(check: "a", reason: "unused"))
        #expect(muted.map(\.status) == [.muted, .unknown, .notApplicable])
        #expect(muted[1].message.contains("to 2 checks"))
        #expect(!findings(check("a", explicit))[0].message.contains("deny eu-south-1"))
    }

    @Test("a check that judged nothing gives one finding that says so, and never silence")
    func nothing() throws {
        let none = Judgement.notApplicable("The account has no keys", Evidence("keys", 0, from: .settings))
        let account = Verdict(on: .account(.sample), none)
        for (verdicts, statuses) in [
            ([], [.notApplicable]), ([account], [.notApplicable]), ([account, account], [.notApplicable]),
            ([account, .on("one", .pass(""))], [.pass]),
        ] as [([Verdict], [Finding.Status])] {
            let findings = Fixed("a", verdicts).findings(in: .sample)
            #expect(findings.map(\.status) == statuses)
            #expect(findings.allSatisfy { !$0.message.isEmpty || $0.status == .pass })
            if verdicts.isEmpty { #expect(findings.first?.resource == .account(.sample)) }
        }
    }

    @Test("a finding has its check's practice and severity, and the account's id")
    func context() throws {
        let finding = try #require(Fixed("a", [.on("one", .fail("bad"))]).findings(in: .sample).first)
        #expect(finding.practice == .auditTrail && finding.severity == .medium && finding.account == "123456789012")
        #expect(finding.status == .fail && finding.message == "bad")
    }
}
