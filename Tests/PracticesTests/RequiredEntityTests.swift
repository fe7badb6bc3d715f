import Inventory
import Posture
import Practices
import Testing

/// The settings that name who may reach a port although many may.
@Suite struct RequiredEntityTests {
    @Test(
        "an entity takes effect for its source, ports and groups only",
        arguments: [
            (AllowedIngress(source: "0.0.0.0/0"), true),
            (AllowedIngress(source: "*", ports: ["22"]), true),
            (AllowedIngress(source: "*", ports: ["20-25"]), true),
            (AllowedIngress(source: "0.0.0.0/0", groups: ["sg-0a1b2c3d"]), true),
            (AllowedIngress(source: "0.0.0.0/0", groups: ["web"]), true),
            (AllowedIngress(source: "0.0.0.0/1"), false),
            (AllowedIngress(source: "::/0"), false),
            (AllowedIngress(source: "*", ports: ["443"]), false),
            (AllowedIngress(source: "*", ports: ["25-20"]), false),
            (AllowedIngress(source: "*", ports: ["ssh"]), false),
            (AllowedIngress(source: "*", groups: ["database"]), false),
            (AllowedIngress(source: "everybody"), false),
        ])
    func securityGroup(_ entity: AllowedIngress, _ passes: Bool) throws {
        let statuses = try statuses("security-group-ssh", entity) {
            $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 22...22)))
        }
        #expect(statuses == [passes ? .pass : .fail])
    }

    @Test("a prefix list that is allowed need not be read")
    func allowedPrefixList() throws {
        let statuses = try statuses("security-group-ssh", AllowedIngress(source: "pl-1")) {
            $0.hold(securityGroups: .sample(.admits(.prefixList("pl-1"), to: 22...22)))
        }
        #expect(statuses == [.pass])
    }

    @Test("one allowed port is enough for not every port to be open")
    func allPorts() throws {
        let statuses = try statuses("security-group-all-ports", AllowedIngress(source: "*", ports: ["8443"])) {
            $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), over: "-1")))
        }
        #expect(statuses == [.pass])
    }

    @Test("what is allowed for one group does not open a network ACL")
    func networkACL() throws {
        let everything = NetworkACL.sample(.init(100, "allow", cidr: "0.0.0.0/0"))
        for (groups, status) in [(["web"], Finding.Status.fail), ([], .pass)] {
            let entity = AllowedIngress(source: "*", ports: ["22"], groups: groups)
            #expect(try statuses("network-acl-ssh", entity) { $0.hold(networkACLs: everything) } == [status])
        }
    }

    @Test("the reason stands in the evidence")
    func evidence() throws {
        var criteria = Criteria.sample
        criteria.settings.allowedIngress = [AllowedIngress(source: "*", ports: ["22"], reason: "a bastion")]
        var account = Account.sample
        account.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 22...22)))
        let finding = try #require(try Catalogue.check("security-group-ssh").findings(in: account, by: criteria).first)
        #expect(finding.message == "SSH is open only to sources that the configuration allows")
        #expect(finding.evidence.contains { $0.source == .settings && "\($0.value)".contains("a bastion") })
    }

    private func statuses(
        _ id: String, _ entity: AllowedIngress, _ build: (inout Account) -> Void
    ) throws -> [Finding.Status] {
        var criteria = Criteria.sample
        criteria.settings.allowedIngress = [entity]
        var account = Account.sample
        build(&account)
        return try Catalogue.check(id).findings(in: account, by: criteria).map(\.status)
    }
}
