import AWSClient
import Foundation
import Inventory
import Testing
import TestSupport

/// A rule or an entry of a kind that is not known leaves its group or list unknown, and no other.
@Suite struct UnknownKindTests {
    private func rule(
        _ id: String, of group: String, _ peer: String, over ipProtocol: String = "tcp", port: Int = 22
    ) -> String {
        """
        <item><securityGroupRuleId>\(id)</securityGroupRuleId><groupId>\(group)</groupId><isEgress>false</isEgress>
        <ipProtocol>\(ipProtocol)</ipProtocol><fromPort>\(port)</fromPort><toPort>\(port)</toPort>\(peer)</item>
        """
    }

    private func account(_ facets: Set<Facet>, _ answers: [String: String]) async throws -> Account {
        let server = try await AnsweringServer { operation, _, _ in
            .xml("<\(operation.name)Response>\(answers[operation.name] ?? "")</\(operation.name)Response>")
        }
        return await server.account("123456789012", caller: "x", facets: facets)
    }

    @Test(
        "a key in a state, or of a manager, that is not known is unknown",
        arguments: [("Updating", "CUSTOMER", true), ("Hibernating", "CUSTOMER", false), ("Enabled", "PARTNER", false)])
    func keys(state: String, manager: String, isKnown: Bool) async throws {
        let server = try await AnsweringServer { operation, _, _ in
            operation.name == "ListKeys"
                ? .json(#"{"Keys": [{"KeyId": "k", "KeyArn": "\#(Self.key)"}]}"#)
                : .json(
                    #"{"KeyMetadata": {"Arn": "\#(Self.key)", "AWSAccountId": "123456789012", "KeyState": "\#(state)", "KeyManager": "\#(manager)"}}"#
                )
        }
        let account = await server.account("123456789012", caller: "x", facets: [.everyKeyDescription])
        let key = try #require(try account.customerKeys["us-east-1"].value.first)
        #expect((try? key.description.value.keyState) == (isKnown ? state : nil))
        #expect(key.description.source == "kms:DescribeKey")
    }

    private static let key = "arn:aws:kms:us-east-1:123456789012:key/k"

    @Test func aRuleOfAnUnknownKindConcernsItsGroupOnly() async throws {
        let cidr = "<cidrIpv4>203.0.113.0/24</cidrIpv4>"
        let account = try await account(
            [.securityGroups, .securityGroupRules],
            [
                "DescribeSecurityGroups": """
                <securityGroupInfo><item><groupId>sg-1</groupId><groupName>a</groupName></item>
                <item><groupId>sg-2</groupId><groupName>b</groupName></item></securityGroupInfo>
                """,
                "DescribeSecurityGroupRules": """
                <securityGroupRuleSet>\(rule("sgr-1", of: "sg-1", cidr))\(rule("sgr-2", of: "sg-1", "<moonBase/>"))
                \(rule("sgr-3", of: "sg-2", cidr))\(rule("sgr-4", of: "sg-1", cidr, port: 70_000))</securityGroupRuleSet>
                """,
            ])
        let rules = try account.securityGroups["us-east-1"].value.map { try $0.rules.value }
        #expect(rules[0].map(\.peer) == [.ipv4("203.0.113.0/24"), .unknown, .unknown])
        #expect(rules[0][1...].allSatisfy { $0.ipProtocol == "-1" }, "it may admit anything")
        #expect(rules[1].map(\.peer) == [.ipv4("203.0.113.0/24")])
    }

    @Test(
        "a rule or an entry over an unknown protocol is of an unknown kind",
        arguments: [
            ("6", true), ("255", true), ("-1", true), ("quic", false), ("", false), ("256", false), ("06", false),
        ])
    func protocols(_ text: String, isKnown: Bool) async throws {
        let account = try await account(
            [.securityGroups, .securityGroupRules, .networkACLs],
            [
                "DescribeSecurityGroups": """
                <securityGroupInfo><item><groupId>sg-1</groupId><groupName>a</groupName></item></securityGroupInfo>
                """,
                "DescribeSecurityGroupRules": """
                <securityGroupRuleSet>\(rule("sgr-1", of: "sg-1", "<cidrIpv4>10.0.0.0/8</cidrIpv4>", over: text))
                </securityGroupRuleSet>
                """,
                "DescribeNetworkAcls": """
                <networkAclSet><item><networkAclId>acl-1</networkAclId><entrySet><item><ruleNumber>1</ruleNumber>
                <protocol>\(text)</protocol><ruleAction>allow</ruleAction><egress>false</egress>
                <cidrBlock>10.0.0.0/8</cidrBlock></item></entrySet></item></networkAclSet>
                """,
            ])
        let rules = try account.securityGroups["us-east-1"].value[0].rules.value
        #expect(rules.map(\.peer) == [isKnown ? .ipv4("10.0.0.0/8") : .unknown])
        #expect((try? account[.networkACLs]["us-east-1"].value[0].entries.value.count) == (isKnown ? 1 : nil))
    }

    @Test func anEntryOfAnUnknownKindConcernsItsListOnly() async throws {
        func list(_ id: String, _ action: String) -> String {
            """
            <item><networkAclId>\(id)</networkAclId><entrySet><item><ruleNumber>1</ruleNumber><protocol>6</protocol>
            <ruleAction>\(action)</ruleAction><egress>false</egress><cidrBlock>0.0.0.0/0</cidrBlock></item></entrySet></item>
            """
        }
        let account = try await account(
            [.networkACLs],
            ["DescribeNetworkAcls": "<networkAclSet>\(list("acl-1", "ponder"))\(list("acl-2", "deny"))</networkAclSet>"]
        )
        let lists = try account[.networkACLs]["us-east-1"].value
        let unknown = #expect(throws: Unknown.self) { try lists[0].entries.value }
        #expect(unknown?.call == "ec2:DescribeNetworkAcls")
        #expect(try lists[1].entries.value.count == 1)
    }
}
