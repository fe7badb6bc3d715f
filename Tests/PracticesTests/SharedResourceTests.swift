import Inventory
import Posture
import Practices
import Testing

/// What another account owns bears that account in its ARN, so that its owner recognizes it.
@Suite struct SharedResourceTests {
    @Test(
        "the ARN of what another account shares names its owner",
        arguments: [
            ("vpc-flow-logs", "vpc/vpc-0a1b2c3d"), ("security-group-ssh", "security-group/sg-0a1b2c3d"),
            ("security-group-unused", "security-group/sg-0a1b2c3d"), ("network-acl-ssh", "network-acl/acl-0a1b2c3d"),
        ])
    func owners(_ id: String, _ resource: String) throws {
        for owner in ["999999999999", nil] {
            var account = Account.sample
            account.hold(vpcs: .sample { $0.ownerID = owner }, flowLogs: [])
            account.hold(securityGroups: .sample { $0.ownerID = owner })
            account.hold(networkACLs: .sample { $0.ownerID = owner })
            account[.prefixLists] = .known([:])
            account[.networkInterfaces]["us-east-1"] = .known([])
            let findings = try Catalogue.check(id).findings(in: account)
            #expect(findings.map(\.resource.arn) == ["arn:aws:ec2:us-east-1:\(owner ?? account.id):\(resource)"])
        }
    }
}
