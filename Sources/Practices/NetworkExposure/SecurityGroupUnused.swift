import AWSClient
import Basics
import Inventory
import Posture

/// An unused group can be attached later by mistake, with its old rules.
struct SecurityGroupUnused: Check {
    let about = About(
        id: "security-group-unused",
        title: "Unused security groups should be removed",
        practice: .networkExposure, severity: .low,
        risk: "Unused groups with outdated rules can be attached by mistake.",
        judges: """
            A group is in use if a network interface uses it. Default groups are excluded, because they cannot be \
            deleted. Rules of other groups or launch templates can still reference an unused group. A group that is \
            shared by another account is not determined if no interface of this account uses it.
            """,
        remedy: "Delete the group after removing references to it from other security groups and launch templates.",
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
                    detail: "the group is shared by account \(owner), whose network interfaces are not visible")
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
    /// Returns the IDs of a region's network interfaces by their security groups.
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
    /// Sets one interface of us-east-1, with these groups.
    fileprivate mutating func hold(interfacesIn groups: [String]) {
        self[.networkInterfaces]["us-east-1"] = .known([
            NetworkInterface(networkInterfaceID: "eni-0a1b2c3d", securityGroupIDs: groups)
        ])
    }
}
