import AWSClient
import Basics
import Inventory
import Posture

/// A resource that is started without a security group gets the default group, whose members can all reach each other.
struct SecurityGroupDefaultClosed: Check {
    let about = About(
        id: "security-group-default-closed",
        title: "VPC default security groups should have no rules",
        practice: .networkExposure, severity: .high,
        risk: """
            Instances launched without an explicit group use the default group and can communicate with every other \
            member.
            """,
        judges: """
            Any rule fails, inbound or outbound, including the two rules that AWS adds to every new default group.
            """,
        remedy: "Move resources from the default group to dedicated groups, then remove all of its rules.",
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
                ? .pass("Default security group has no rules", evidence)
                : .fail(
                    "Default security group has \(inbound) inbound and \(rules.count - inbound) outbound rule(s)",
                    evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the default group has no rules") { $0.hold(securityGroups: defaultGroup()) },
            .fails("members can communicate with each other") {
                $0.hold(securityGroups: defaultGroup(.admits(.group("sg-0a1b2c3d"), over: "-1")))
            },
            .fails("members can communicate with any address") {
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
