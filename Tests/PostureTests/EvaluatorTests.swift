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

    @Test("a region that a service control policy closes is named once, and stays unknown")
    func closedRegions() {
        func denied(_ by: String) -> Judgement {
            .unknown(
                Unknown(
                    .accessDenied, call: "ec2:DescribeVpcs", permission: "ec2:DescribeVpcs", isExplicitlyDenied: true,
                    detail:
                        "UnauthorizedOperation: User: x is not authorized to perform: y with an explicit deny in \(by)")
            )
        }
        func check(_ id: String, _ by: String, _ others: Verdict...) -> Fixed {
            Fixed(id, [Verdict(on: .account(.sample), in: "eu-south-1", denied(by))] + others)
        }
        let policy = "a service control policy"
        let closed = Evaluator(
            checks: [check("a", policy), check("b", policy), check("c", policy, .on("one", .pass("")))],
            criteria: .sample
        ).findings(in: .sample)
        #expect(closed.map(\.check) == ["a", "b", "c"])
        #expect(closed.map(\.status) == [.unknown, .notApplicable, .pass])
        #expect(
            closed[0].message.hasPrefix(
                "Service control policies deny eu-south-1: none of its data could be read for 3")
        )
        for checks in [
            [check("a", "an identity-based policy"), check("b", "an identity-based policy")],
            [
                check("a", policy), check("b", policy),
                Fixed("c", [Verdict(on: .account(.sample), in: "eu-south-1", .pass(""))]),
            ],
            [check("a", policy)],
        ] {
            let findings = Evaluator(checks: checks, criteria: .sample).findings(in: .sample)
            #expect(findings.count { $0.status == .unknown && $0.region == "eu-south-1" } == min(checks.count, 2))
        }
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
