import AWSClient
import Basics
import Inventory
import Posture

/// What is started without a group of its own lands in the default group, whose members may all talk to each other.
struct SecurityGroupDefaultClosed: Check {
    let about = About(
        id: "security-group-default-closed",
        title: "The default security group of every VPC has no rules",
        practice: .networkExposure, severity: .high,
        risk: """
            An instance for which nobody chose a group lands in the default one, and may then talk to everything else \
            that nobody thought about.
            """,
        judges: "Any rule fails, inbound or outbound, also the two that AWS puts into every new default group.",
        remedy: "Move what uses the default group to groups of its own, then remove all of its rules.",
        references: [
            .prowler("ec2_securitygroup_default_restrict_traffic"), .securityHub("EC2.2"),
            .cis("1.4", "5.3"), .cis("3.0", "5.4"), .cis("5.0", "5.5"),
            .config("vpc-default-security-group-closed"),
        ],
        sources: ["Amazon VPC User Guide: Default security groups for your VPCs"],
        reads: [.securityGroups, .securityGroupRules])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.securityGroups, where: \.isDefault) { group throws(Unknown) in
            let rules = try group.rules.value
            let inbound = rules.count { !$0.isEgress }
            let evidence = Evidence(
                "SecurityGroupRuleIds", JSON(rules.map(\.securityGroupRuleID)), from: .describeSecurityGroupRules)
            return rules.isEmpty
                ? .pass("The default group has no rules", evidence)
                : .fail(
                    "The default group has \(inbound) inbound and \(rules.count - inbound) outbound rules",
                    evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the default group has no rules") { $0.hold(securityGroups: defaultGroup()) },
            .fails("its members may talk to each other") {
                $0.hold(securityGroups: defaultGroup(.admits(.group("sg-0a1b2c3d"), over: "-1")))
            },
            .fails("its members may talk to everybody") {
                $0.hold(
                    securityGroups: defaultGroup(
                        SecurityGroupRule("sgr-1", isEgress: true, ipProtocol: "-1", peer: .ipv4("0.0.0.0/0"))))
            },
            .unknown("the security groups cannot be listed") {
                $0[.securityGroups]["us-east-1"] = .denied(.describeSecurityGroups)
            },
        ]
    }

    private func defaultGroup(_ rules: SecurityGroupRule...) -> SecurityGroup {
        .sample {
            $0.groupName = "default"
            $0.rules = .known(rules)
        }
    }
}
