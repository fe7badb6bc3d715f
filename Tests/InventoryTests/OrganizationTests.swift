import AWSClient
import Foundation
import Inventory
import Testing
import TestSupport

/// An account's organization and the policies from its root down: who is asked, and what is made of the answers.
@Suite(.timeLimit(.minutes(5))) struct OrganizationTests {
    private static let management = "111111111111"

    /// Two units below the root; the accounts 222222222222 and 333333333333 are in the inner one. Only the management
    /// account may ask for more than the organization itself.
    private static func organization(
        featureSet: String = "ALL", types: String = "SERVICE_CONTROL_POLICY", status: String = "ENABLED"
    ) -> AnsweringServer.Answer {
        { operation, caller, body in
            guard caller == "management" || operation.name == "DescribeOrganization" else { return operation.denial }
            switch operation.name {
            case "DescribeOrganization":
                return .json(
                    #"{"Organization": {"Id": "o-a", "FeatureSet": "\#(featureSet)", "MasterAccountId": "\#(management)"}}"#
                )
            case "ListRoots":
                return .json(
                    #"{"Roots": [{"Id": "r-1", "PolicyTypes": [{"Type": "\#(types)", "Status": "\#(status)"}]}]}"#)
            case "ListParents":
                let parents = ["\"r-1\"": "", "ou-outer": "r-1", "ou-inner": "ou-outer"]
                let parent = parents.first { body.contains($0.key) }?.value ?? "ou-inner"
                let type = parent == "r-1" ? "ROOT" : "ORGANIZATIONAL_UNIT"
                return .json(#"{"Parents": [{"Id": "\#(parent)", "Type": "\#(type)"}]}"#)
            case "ListPoliciesForTarget":
                let own = body.contains("ou-outer") ? #", {"Id": "p-guard", "Name": "guard"}"# : ""
                return .json(#"{"Policies": [{"Id": "p-full", "Name": "FullAWSAccess"}\#(own)]}"#)
            case "DescribePolicy":
                let id = body.contains("p-guard") ? "guard" : "full"
                return .json(#"{"Policy": {"Content": "{\"Id\": \"\#(id)\"}"}}"#)
            default: return HTTPResponse(status: 500)
            }
        }
    }

    private func read(_ answer: @escaping AnsweringServer.Answer, as caller: String, account: String) async throws
        -> Account
    {
        try await AnsweringServer(answer).account(account, caller: caller, facets: [.organizationPolicies])
    }

    @Test func thePoliciesAreListedFromTheRootDown() async throws {
        // Credentials of the management account in a member, as after switching roles.
        let account = try await read(Self.organization(), as: "management", account: "222222222222")
        #expect(try account[.organization].value == Organization(id: "o-a", masterAccountID: Self.management))
        let policies = try account[.organizationPolicies].value
        #expect(policies.serviceControl.map(\.id) == ["r-1", "ou-outer", "ou-inner", "222222222222"])
        #expect(
            policies.serviceControl.map(\.kind) == [.root, .organizationalUnit, .organizationalUnit, .account])
        #expect(
            policies.serviceControl.map { $0.policies.map(\.name) } == [
                ["FullAWSAccess"], ["FullAWSAccess", "guard"], ["FullAWSAccess"], ["FullAWSAccess"],
            ])
        #expect(policies.serviceControl[1].policies[1].document.text == #"{"Id": "guard"}"#)
        #expect(policies.resourceControl.isEmpty, "the root has not enabled them")
    }

    @Test func theManagementAccountIsLimitedByNone() async throws {
        let account = try await read(Self.organization(), as: "management", account: Self.management)
        #expect(try account[.organizationPolicies].value == OrganizationPolicies())
    }

    @Test func aSharedBillBringsNoPolicies() async throws {
        let account = try await read(
            Self.organization(featureSet: "CONSOLIDATED_BILLING"), as: "management", account: "222222222222")
        #expect(try account[.organizationPolicies].value == OrganizationPolicies())
    }

    @Test func anAccountOfNoOrganizationHasNone() async throws {
        let account = try await read(
            { operation, _, _ in
                operation.refusal("AWSOrganizationsNotInUseException", status: 400)
            }, as: "x", account: "222222222222")
        #expect(try account[.organization].value == nil)
        #expect(try account[.organizationPolicies].value == OrganizationPolicies())
    }

    @Test func aMemberThatMayNotAskDoesNotKnow() async throws {
        let account = try await read(Self.organization(), as: "member", account: "222222222222")
        #expect(try account[.organization].value?.id == "o-a")
        let unknown = #expect(throws: Unknown.self) { try account[.organizationPolicies].value }
        #expect(unknown?.permission == nil, "no permission of the member's would settle it")
        #expect(unknown?.reason == .anotherAccount)
        #expect(unknown?.explanation.contains("only the management account \(Self.management)") == true)
    }

    @Test(arguments: ["PENDING_ENABLE", "PENDING_DISABLE"])
    func policiesThatAreJustBeingSwitchedAreUnknown(status: String) async throws {
        let account = try await read(Self.organization(status: status), as: "management", account: "222222222222")
        #expect(throws: Unknown.self) { try account[.organizationPolicies].value }
    }

    @Test func aWayThatDoesNotEndIsUnknown() async throws {
        let account = try await read(
            { operation, caller, body in
                operation.name == "ListParents"
                    ? .json(#"{"Parents": [{"Id": "ou-loop", "Type": "ORGANIZATIONAL_UNIT"}]}"#)
                    : Self.organization()(operation, caller, body)
            }, as: "management", account: "222222222222")
        #expect(throws: Unknown.self) { try account[.organizationPolicies].value }
    }

    @Test func manyMembersAskTheManagementAccountOnce() async throws {
        let server = try await AnsweringServer(Self.organization())
        let directory = OrganizationDirectory(
            client: server.client(as: "management"), accountID: Self.management, region: "us-east-1")
        let ids = ["222222222222", "333333333333"]
        let accounts = await withTaskGroup(of: Account.self) { group in
            for id in ids {
                group.addTask {
                    await server.account(id, caller: "member", facets: [.organizationPolicies], organization: directory)
                }
            }
            return await group.reduce(into: [String: Account]()) { $0[$1.id] = $1 }
        }
        for id in ids {
            #expect(try accounts[id]?[.organizationPolicies].value.serviceControl.last?.id == id)
            #expect(try accounts[id]?[.organizationPolicies].value.serviceControl.count == 4)
        }
        // Each of the members asks for its own organization; everything else is asked once.
        #expect(server.asked["member organizations:DescribeOrganization"] == 2)
        #expect(server.asked["management organizations:DescribeOrganization"] == 1)
        #expect(server.asked["management organizations:ListRoots"] == 1)
        #expect(server.asked["management organizations:ListParents"] == 4, "two accounts and two units")
        #expect(server.asked["management organizations:DescribePolicy"] == 2)
        #expect(server.asked["member organizations:ListRoots"] == nil)
    }

    @Test func anotherOrganizationSaysNothing() async throws {
        let server = try await AnsweringServer { operation, caller, body in
            caller == "stranger" && operation.name == "DescribeOrganization"
                ? .json(#"{"Organization": {"Id": "o-b", "FeatureSet": "ALL", "MasterAccountId": "999999999999"}}"#)
                : Self.organization()(operation, caller == "stranger" ? "management" : caller, body)
        }
        let directory = OrganizationDirectory(
            client: server.client(as: "stranger"), accountID: "999999999999", region: "us-east-1")
        let account = await server.account(
            "222222222222", caller: "member", facets: [.organizationPolicies], organization: directory)
        #expect(throws: Unknown.self) { try account[.organizationPolicies].value }
        #expect(server.asked["stranger organizations:ListRoots"] == nil)
    }
}
