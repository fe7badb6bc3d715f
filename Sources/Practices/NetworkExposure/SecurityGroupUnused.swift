import AWSClient
import Basics
import Inventory
import Posture

/// A group that guards nothing waits, with its old rules, to be picked from a list.
struct SecurityGroupUnused: Check {
    let about = About(
        id: "security-group-unused",
        title: "Every security group is in use",
        practice: .networkExposure, severity: .low,
        risk: "Old groups with forgotten rules stand in every list, and somebody picks one.",
        judges: """
            A group is in use when a network interface has it. Default groups are left out: they cannot be deleted. A \
            group may still be named by a rule of another group, or by a launch template. One that \
            another account shares is unknown if no interface here uses it.
            """,
        remedy: "Delete the group, once no rule of another group and no launch template names it.",
        references: [
            .prowler("ec2_securitygroup_not_used"), .securityHub("EC2.22"),
            .config("ec2-security-group-attached-to-eni-periodic"),
        ],
        sources: ["Amazon VPC User Guide: Delete a security group"],
        reads: [.securityGroups, .networkInterfaces])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.securityGroups, where: { !$0.isDefault }) { group, region throws(Unknown) in
            let interfaces = try reading.interfaces(in: region).value[group.groupID] ?? []
            if interfaces.isEmpty, let owner = group.ownerID, owner != reading.id {
                throw Unknown(
                    .anotherAccount, call: Operation.describeNetworkInterfaces.description,
                    detail: "the group is shared by account \(owner), and the interfaces of others are not seen")
            }
            let evidence = Evidence("NetworkInterfaceIds", JSON(interfaces), from: .describeNetworkInterfaces)
            return interfaces.isEmpty
                ? .fail("No network interface uses the group", evidence)
                : .pass("Network interfaces that use the group: \(interfaces.count)", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("an interface uses the group") {
                $0.hold(securityGroups: .sample)
                $0.hold(interfacesIn: [SecurityGroup.sample.groupID])
            },
            .passes("only the default group is unused") {
                $0.hold(
                    securityGroups: .sample,
                    .sample {
                        $0.groupID = "sg-default"
                        $0.groupName = "default"
                    })
                $0.hold(interfacesIn: [SecurityGroup.sample.groupID])
            },
            .fails("no interface uses the group") {
                $0.hold(securityGroups: .sample)
                $0.hold(interfacesIn: ["sg-0f0e0d0c"])
            },
            .unknown("no interface of this account uses a group that another account shares") {
                $0.hold(securityGroups: .sample { $0.ownerID = "999999999999" })
                $0.hold(interfacesIn: [])
            },
            .unknown("the interfaces cannot be listed") {
                $0.hold(securityGroups: .sample)
                $0[.networkInterfaces]["us-east-1"] = .denied(.describeNetworkInterfaces)
            },
            .unknown("the security groups cannot be listed") {
                $0[.securityGroups]["us-east-1"] = .denied(.describeSecurityGroups)
            },
        ]
    }
}

extension Reading {
    /// The ids of a region's network interfaces by the security group that they have.
    fileprivate func interfaces(in region: String) -> Fact<[String: [String]]> {
        interfacesByGroup[region] ?? .notCollected
    }

    private var interfacesByGroup: [String: Fact<[String: [String]]>] {
        once { reading in
            reading[.networkInterfaces].facts.mapValues { interfaces in
                interfaces.map { interfaces in
                    let pairs = interfaces.flatMap { one in one.securityGroupIDs.map { ($0, one.networkInterfaceID) } }
                    return Dictionary(grouping: pairs, by: \.0).mapValues { $0.map(\.1) }
                }
            }
        }
    }
}

extension Account {
    /// One interface of us-east-1, with these groups.
    fileprivate mutating func hold(interfacesIn groups: [String]) {
        self[.networkInterfaces]["us-east-1"] = .known([
            NetworkInterface(networkInterfaceID: "eni-0a1b2c3d", securityGroupIDs: groups)
        ])
    }
}
