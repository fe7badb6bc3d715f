import AWSClient
import Analytics
import Basics
import FoundationEssentials
import Inventory

@testable import EffectiveAccess
@testable import IAMPolicy
@testable import Posture
@testable import Reports
@testable import TrailIntegrity

/// Reports of every verb: small ones for the golden files, and the same with what an attacker would like to have in them.
enum ReportSamples {
    static var usual: [String: Report] {
        [
            "scan": scan().report, "verify": verify().report, "verify-nothing": nothing.report,
            "hunt": HuntSamples.usual.report, "access-can": can().report, "access-who-can": whoCan().report,
            "access-what-can": whatCan().report, "access-escalations": escalations().report,
            "access-suggest": suggest().report,
        ]
    }

    /// Each with many items, in every text of which is one of ``HuntSamples/hostile``.
    static var hostile: [String: Report] {
        let texts = HuntSamples.hostile
        return [
            "scan": scan(texts).report, "verify": verify(texts).report, "hunt": HuntSamples.hostileReport.report,
            "access-can": can(texts).report, "access-who-can": whoCan(texts).report,
            "access-what-can": whatCan(texts).report, "access-escalations": escalations(texts).report,
            "access-suggest": suggest(texts).report,
        ]
    }

    static let account = "123456789012"
    static let started = Date(timeIntervalSince1970: 1_767_225_600)
    static let finished = Date(timeIntervalSince1970: 1_767_225_660)

    // MARK: scan

    static let validation = About(
        id: "cloudtrail-log-file-validation", title: "Trails should have log file validation enabled",
        practice: .auditTrail, severity: .medium,
        risk: "An attacker who can write to the bucket can change or delete log files unnoticed.",
        remedy: "Enable log file validation on the trail.",
        references: [.prowler("cloudtrail_log_file_validation_enabled"), .cis("3.0", "3.2")], reads: [.trails])
    static let ports = About(
        id: "security-group-ssh", title: "Security groups should not allow SSH from the internet",
        practice: .networkExposure, severity: .high, risk: "Anyone can try passwords.", remedy: "Narrow the rule.",
        references: [.securityHub("EC2.13")], reads: [.trails])

    static func finding(
        _ about: About, _ status: Finding.Status, _ resource: Resource, region: String = "us-east-1",
        account: String = account, message: String, evidence: [Posture.Evidence] = [], unknown: Unknown? = nil
    ) -> Finding {
        Finding(
            check: about.id, practice: about.practice, severity: about.severity, status: status, account: account,
            region: region, resource: resource, message: message, evidence: evidence, unknown: unknown)
    }

    static func scan(_ texts: [String] = []) -> ScanReport {
        let trail = Resource(
            type: "AWS::CloudTrail::Trail", id: "main", arn: "arn:aws:cloudtrail:us-east-1:\(account):trail/main")
        let group = Resource(
            type: "AWS::EC2::SecurityGroup", id: "sg-1", arn: "arn:aws:ec2:eu-west-1:\(account):security-group/sg-1",
            name: "web")
        let evidence = Posture.Evidence("LogFileValidationEnabled", false, from: .describeTrails)
        var findings = [
            finding(validation, .fail, trail, message: "Log file validation is disabled.", evidence: [evidence]),
            finding(
                validation, .pass,
                Resource(
                    type: "AWS::CloudTrail::Trail", id: "other",
                    arn: "arn:aws:cloudtrail:us-east-1:\(account):trail/other"),
                message: "Log file validation is enabled."),
            finding(
                ports, .fail, group, region: "eu-west-1", message: "Port 22 is open to 0.0.0.0/0.",
                evidence: [Posture.Evidence("IpRanges", ["0.0.0.0/0"], from: .describeTrails)]),
            finding(
                ports, .muted,
                Resource(
                    type: "AWS::EC2::SecurityGroup", id: "sg-2",
                    arn: "arn:aws:ec2:eu-west-1:\(account):security-group/sg-2"), region: "eu-west-1",
                message: "Port 22 is open to 0.0.0.0/0. — accepted (ops): a bastion"),
            finding(
                ports, .unknown,
                Resource(
                    type: "AWS::::Account", id: "AWS::::Account:\(account)", arn: "arn:aws:iam::\(account):root"),
                region: "us-west-2", message: "m",
                unknown: Unknown(
                    .accessDenied, call: "ec2:DescribeSecurityGroups", permission: "ec2:DescribeSecurityGroups",
                    detail: "no")),
            finding(
                validation, .manual,
                Resource(
                    type: "AWS::::Account", id: "AWS::::Account:\(account)", arn: "arn:aws:iam::\(account):root"),
                region: "global", message: "A person must decide."),
        ]
        for text in texts {
            findings.append(
                finding(
                    validation, .fail, Resource(type: text, id: text, arn: text, name: text), region: text,
                    account: text, message: text,
                    evidence: [Posture.Evidence(text, .string(text), from: .describeTrails)]))
        }
        return ScanReport(
            scan: .init(
                id: "1", started: started, finished: finished, parapet: "0.1.0", accounts: [account],
                regions: ["eu-west-1", "us-east-1", "us-west-2"]),
            findings: findings, checks: [validation, ports])
    }

    /// A scan such as a large organization has.
    static func largeScan(_ count: Int) -> ScanReport {
        var report = scan()
        let regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2"]
        let first = report.findings[2]
        report.findings = (0..<count).map { number in
            var finding = first
            let account = "\(100_000_000_000 + number / 500)"
            let id = "sg-0" + String(number &* 2_654_435_761 % 1_000_000_007, radix: 16)
            finding.account = account
            finding.region = regions[number % 5]
            finding.status = [.fail, .pass, .fail, .unknown][number % 4]
            finding.unknown = finding.status == .unknown ? doubt : nil
            finding.resource = Resource(
                type: "AWS::EC2::SecurityGroup", id: id,
                arn: "arn:aws:ec2:\(finding.region):\(account):security-group/\(id)", name: "group-\(number % 977)")
            finding.message = "Port 22 is open to 203.0.\(number % 251).0/24 by the rule sgr-\(number % 7919)."
            return finding
        }
        return report
    }

    // MARK: verify

    static func verify(_ texts: [String] = []) -> VerifyReport {
        var verification = Verification(range: started...finished.addingTimeInterval(7_200))
        verification.digests = .init(valid: 23, invalid: 1)
        verification.logs = .init(valid: 287, invalid: 1)
        verification.coverage = [
            .init(account: account, region: "us-east-1", trail: "main", from: started, to: finished)
        ]
        verification.problems = [
            Problem(
                .logHashMismatch, object: "s3://logs/AWSLogs/\(account)/CloudTrail/us-east-1/2026/01/01/a.json.gz",
                message: "The file's SHA-256 is not the one in the digest.", account: account, region: "us-east-1",
                trail: "main"),
            Problem(
                .digestSignature, object: "s3://logs/digest.json.gz", message: "The signature is not CloudTrail's.",
                account: account, region: "us-east-1", trail: "main"),
            Problem(.gap, object: "s3://logs/", message: "No digest from 01:00 to 02:00."),
        ]
        for text in texts {
            verification.problems.append(
                Problem(.logNotFound, object: text, message: text, account: text, region: text, trail: text))
        }
        return VerifyReport(verification, parapet: "0.1.0", finished: finished)
    }

    static let nothing = VerifyReport(
        Verification(range: started...finished), parapet: "0.1.0", finished: finished)

    // MARK: access

    static let alice = Landscape.Principal(
        arn: "arn:aws:iam::\(account):user/alice", name: "alice", accountID: account, kind: .user)
    static let robot = Landscape.Principal(
        arn: "arn:aws:iam::\(account):role/robot", name: "robot", accountID: account, kind: .role)
    static let grant = DecidingStatement(policy: "inline policy own of alice", statement: "Read", effect: .allow)
    static let denial = DecidingStatement(policy: "bucket policy", statement: "[1]", effect: .deny)
    static let certain = IAMPolicy.Access(requirement: .always, grants: [grant], denials: [])

    static func conditional(_ text: String = "true") -> IAMPolicy.Access {
        let condition = PolicyCondition(
            ConditionOperator(.bool), key: "aws:MultiFactorAuthPresent", values: [text])
        return IAMPolicy.Access(
            requirement: .applies(UncertainStatement(statement: grant, conditions: [condition])), grants: [grant],
            denials: [denial])
    }

    static let doubt = Unknown(
        .accessDenied, call: "iam:GetAccountAuthorizationDetails", permission: "iam:GetAccountAuthorizationDetails",
        detail: "no")

    static func can(_ texts: [String] = []) -> AccessCanReport {
        var report = AccessCanReport(
            principal: texts.first ?? alice.arn, action: "s3:GetObject", resource: "arn:aws:s3:::logs/key",
            context: ["aws:SourceIp": ["10.0.0.1"]])
        report.access = conditional()
        report.reasons =
            [
                .init(
                    grant,
                    Quotation(
                        text: #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#, index: 0, sid: "read",
                        version: "v2")),
                .init(denial, nil),
            ]
            + texts.map {
                .init(
                    DecidingStatement(policy: $0, statement: $0, effect: .allow),
                    Quotation(text: $0, index: 1, sid: $0, version: $0))
            }
        report.doubts = [doubt]
        return report
    }

    static func whoCan(_ texts: [String] = []) -> AccessWhoCanReport {
        AccessWhoCanReport(
            WhoCan(
                action: "s3:GetObject", resource: "arn:aws:s3:::logs/key",
                holders: [Holder(principal: alice, access: certain), Holder(principal: robot, access: conditional())]
                    + texts.map {
                        Holder(
                            principal: Landscape.Principal(arn: $0, name: $0, accountID: $0, kind: .user),
                            access: conditional($0))
                    },
                outsiders: [Outsider(kind: .everybody, name: "*", access: conditional())]
                    + texts.map { Outsider(kind: .other, name: $0, access: certain) },
                indirect: [Assumption(who: alice.arn, roles: [robot.arn], steps: [certain])]
                    + texts.map { Assumption(who: $0, roles: [$0], steps: [conditional($0)]) },
                hiding: []),
            context: [:])
    }

    static func whatCan(_ texts: [String] = []) -> AccessWhatCanReport {
        var report = AccessWhatCanReport(principal: robot.arn)
        report.answer = WhatCan(
            principal: robot,
            permissions: [
                .init(actions: "s3:GetObject", resources: "*", access: certain, source: grant),
                .init(actions: "s3:PutObject", resources: "*", access: conditional(), source: grant),
                .init(
                    actions: "s3:DeleteObject", resources: "*",
                    access: IAMPolicy.Access(requirement: .never, grants: [], denials: [denial]), source: grant),
            ] + texts.map { .init(actions: $0, resources: $0, access: conditional($0), source: grant) },
            roles: [Assumption(who: robot.arn, roles: [robot.arn], steps: [certain])], doubts: [])
        return report
    }

    static func escalations(_ texts: [String] = []) -> AccessEscalationsReport {
        func path(_ text: String?) -> EscalationPath {
            EscalationPath(
                principal: text.map { Landscape.Principal(arn: $0, name: $0, accountID: $0, kind: .user) } ?? alice,
                steps: [
                    EscalationStep(
                        method: text ?? "attach-user-policy", actor: text ?? alice.arn, target: text ?? alice.arn,
                        calls: [
                            .init(action: text ?? "iam:AttachUserPolicy", resource: text ?? alice.arn, access: certain)
                        ])
                ], gain: .init(isAdministration: text == nil, examples: [text ?? "iam:CreateUser"]))
        }
        return AccessEscalationsReport(
            Escalations(
                paths: [path(nil)] + texts.map { path($0) }, administrators: [robot], examined: 12, hiding: [doubt]))
    }

    static func suggest(_ texts: [String] = []) -> AccessSuggestReport {
        var basis = Suggestion.Basis()
        basis.count(time: "2026-01-01T00:00:00Z", dataEventsOf: "s3.amazonaws.com", isOwn: true)
        func use(_ text: String, isGrantedNow: Bool = true) -> Suggestion.UsedPermission {
            .init(action: text, resource: text, calls: 3, lastUsed: "2026-01-01T00:00:00Z", isGrantedNow: isGrantedNow)
        }
        let policy = Policy(
            statements: [
                Statement(
                    effect: .allow, actions: .only(["s3:GetObject"]), resources: .only(["*"]))
            ])
        return AccessSuggestReport(
            Suggestion(
                principal: robot, policy: policy, notes: ["A note."] + texts, basis: basis,
                used: [use("s3:GetObject"), use("s3:PutObject", isGrantedNow: false)] + texts.map { use($0) },
                refused: [use("iam:CreateUser")],
                changes: [
                    .init(
                        kind: .kept, source: grant, actions: "s3:*", resources: "*", used: ["s3:GetObject"],
                        invisible: []),
                    .init(kind: .removed, source: grant, actions: "ec2:*", resources: "*", used: [], invisible: []),
                    .init(
                        kind: .unjudged, source: grant, actions: "sqs:*", resources: "*", used: [],
                        invisible: ["sqs.amazonaws.com"]),
                ]
                    + texts.map {
                        .init(kind: .removed, source: grant, actions: $0, resources: $0, used: [$0], invisible: [$0])
                    }, doubts: []))
    }
}
