import EffectiveAccess
import IAMPolicy
import Inventory
import Testing

/// Principals, groups and policies that do not exist yet, and policies that conditions leave to attach.
@Suite struct EscalationMakingTests {
    static let id = SmallAccount.id

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Bob's statements.
        var statements: [String]
        /// The methods of his path; `nil` for none.
        var methods: [String]?
        var isAdministration = true
        /// A call of the first step.
        var call: String?

        var testDescription: String { name }
    }

    static func named(_ policy: String) -> String { #"{"ArnLike": {"iam:PolicyARN": "\#(policy)"}}"# }
    static func bounded(_ policy: String) -> String {
        #"{"StringEquals": {"iam:PermissionsBoundary": "\#(SmallAccount.policy(policy))"}}"#
    }

    static let cases: [Case] = [
        Case(
            name: "makes a role and attaches to it", statements: [allow("iam:CreateRole iam:AttachRolePolicy")],
            methods: ["create-role"], call: "sts:AssumeRole"),
        Case(
            name: "makes a role of certain names",
            statements: [
                allow("iam:CreateRole", on: SmallAccount.role("new-*")),
                allow("iam:PutRolePolicy", on: "arn:aws:iam::*:role/*"),
            ], methods: ["create-role"]),
        Case(
            name: "makes roles of a path",
            statements: [allow("iam:CreateRole iam:AttachRolePolicy", on: SmallAccount.role("new/*"))],
            methods: ["create-role"]),
        Case(
            name: "makes a role and passes it, since he may not assume any",
            statements: [
                allow("iam:CreateRole iam:PutRolePolicy iam:PassRole", on: SmallAccount.role("app-*")),
                allow("lambda:CreateFunction lambda:InvokeFunction"), deny("sts:*"),
            ], methods: ["create-role"], call: "iam:PassRole"),
        Case(
            name: "makes a role that another account assumes",
            statements: [allow("iam:CreateRole iam:PutRolePolicy"), deny("sts:*")], methods: ["create-role"]),
        Case(name: "makes a role that has nothing", statements: [allow("iam:CreateRole sts:AssumeRole")], methods: nil),
        Case(
            name: "makes roles of some names, attaches to others",
            statements: [
                allow("iam:CreateRole", on: SmallAccount.role("new-*")),
                allow("iam:AttachRolePolicy", on: SmallAccount.role("old-*")),
            ], methods: nil),
        Case(
            name: "makes a user",
            statements: [
                allow("iam:CreateUser iam:AttachUserPolicy iam:CreateAccessKey", on: SmallAccount.user("new-*"))
            ], methods: ["create-user"], call: "iam:CreateAccessKey"),
        Case(
            name: "makes a user who logs in",
            statements: [
                allow("iam:CreateUser iam:PutUserPolicy iam:CreateLoginProfile", on: SmallAccount.user("new-*"))
            ], methods: ["create-user"],
            call: "iam:CreateLoginProfile"),
        Case(
            name: "makes a user without credentials",
            statements: [allow("iam:CreateUser iam:PutUserPolicy", on: SmallAccount.user("new-*"))], methods: nil),
        Case(
            name: "could make a user and put it into a group, and joins it himself",
            statements: [
                allow("iam:CreateUser iam:CreateAccessKey", on: SmallAccount.user("new-*")),
                allow("iam:AddUserToGroup", on: SmallAccount.group("admins")),
            ], methods: ["add-user-to-group"]),
        Case(
            name: "makes a group",
            statements: [
                allow("iam:CreateGroup iam:PutGroupPolicy iam:AddUserToGroup", on: SmallAccount.group("new-*"))
            ],
            methods: ["create-group"], call: "iam:AddUserToGroup"),
        Case(
            name: "makes a group that he cannot join", statements: [allow("iam:CreateGroup iam:AttachGroupPolicy")],
            methods: nil),
        Case(
            name: "attaches to a group and joins it",
            statements: [allow("iam:AttachGroupPolicy iam:AddUserToGroup", on: SmallAccount.group("staff"))],
            methods: ["attach-group-policy"], call: "iam:AddUserToGroup"),
        Case(
            name: "makes a role within a boundary that gives more",
            statements: [
                allow("iam:CreateRole iam:PutRolePolicy", if: bounded("limit")), allow("s3:GetObject"),
            ], methods: ["create-role"], isAdministration: false),
        Case(
            name: "makes a role within a boundary that gives no more",
            statements: [
                allow("iam:CreateRole iam:PutRolePolicy", if: bounded("limit")), allow("s3:*"),
            ], methods: nil),
        Case(
            name: "makes a role within a boundary and deletes that",
            statements: [
                allow("iam:CreateRole iam:PutRolePolicy", if: bounded("limit")), allow("s3:*"),
                allow("iam:DeleteRolePermissionsBoundary"),
            ], methods: ["create-role"]),

        Case(
            name: "attaches IAMFullAccess only",
            statements: [allow("iam:AttachUserPolicy", if: named("arn:aws:iam::aws:policy/IAMFullAccess"))],
            methods: ["attach-user-policy"]),
        Case(
            name: "attaches PowerUserAccess only",
            statements: [allow("iam:AttachUserPolicy", if: named("arn:aws:iam::aws:policy/PowerUserAccess"))],
            methods: ["attach-user-policy"], isAdministration: false),
        Case(
            name: "attaches anything but AdministratorAccess",
            statements: [
                allow(
                    "iam:AttachUserPolicy",
                    if: #"{"ArnNotEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}}"#)
            ], methods: ["attach-user-policy"]),
        Case(
            name: "attaches a policy that he makes",
            statements: [
                allow("iam:CreatePolicy"), allow("iam:AttachUserPolicy", if: named(SmallAccount.policy("team-*"))),
            ], methods: ["attach-user-policy"], call: "iam:CreatePolicy"),
        Case(
            name: "attaches a policy that he rewrites",
            statements: [
                allow("iam:CreatePolicyVersion"),
                allow("iam:AttachUserPolicy", if: named(SmallAccount.policy("limit"))),
            ], methods: ["attach-user-policy"], call: "iam:CreatePolicyVersion"),
        Case(
            name: "attaches a policy of the account that allows everything",
            statements: [allow("iam:AttachUserPolicy", if: named(SmallAccount.policy("wide")))],
            methods: ["attach-user-policy"]),
        Case(
            name: "attaches a policy of the account that gives no more",
            statements: [allow("s3:*"), allow("iam:AttachUserPolicy", if: named(SmallAccount.policy("limit")))],
            methods: nil),
        Case(
            name: "makes policies and cannot attach them", statements: [allow("iam:CreatePolicy")], methods: nil),
    ]

    @Test(arguments: cases) func isFoundIfItWorks(_ example: Case) {
        let found = account { $0.add(user: "bob", example.statements.joined(separator: ", ")) }
        let path = found.paths.first { $0.principal.name == "bob" }
        #expect(path?.steps.map(\.method) == example.methods)
        #expect(found.doubts.isEmpty)
        guard let path else { return }
        #expect(path.gain.isAdministration == example.isAdministration)
        #expect(!path.steps.flatMap(\.calls).contains { $0.access.isRuledOut })
        if let call = example.call { #expect(path.steps.first?.calls.map(\.action).contains(call) == true) }
    }

    /// A role cannot join a group, but a user whom it makes can.
    @Test func aRoleMakesAUserWhoJoinsTheAdministrators() {
        let found = account {
            $0.add(
                role: "deploy", trust: trust("ec2.amazonaws.com"),
                allow("iam:CreateUser iam:CreateAccessKey iam:AddUserToGroup"))
        }
        let path = found.paths.first { $0.principal.name == "deploy" }
        #expect(path?.steps.map(\.method) == ["create-user"])
        #expect(path?.gain.isAdministration == true)
    }

    @Test func anAWSPolicyThatIsNotInTheInventoryLeavesADoubt() {
        func found(_ policy: String, on resource: String = "*") -> Escalations {
            account {
                $0.add(
                    user: "bob",
                    allow("iam:AttachUserPolicy", on: resource, if: Self.named("arn:aws:iam::aws:policy/\(policy)")))
                $0.add(user: "eve")
            }
        }
        let open = found("service-role/AWSGlueServiceRole")
        #expect(open.paths.isEmpty)
        #expect(open.undetermined.map(\.principal.name) == ["bob"])
        #expect(open.undetermined.first?.reason.explanation.contains("AWSGlueServiceRole") == true)
        #expect(found("AmazonS3ReadOnlyAccess").doubts.isEmpty)
        #expect(found("AmazonS3FullAccess", on: SmallAccount.user("eve")).doubts.isEmpty, "he cannot be eve")
    }

    @Test func aServiceControlPolicyStopsTheMaking() {
        let found = account {
            $0.add(user: "bob", allow("iam:CreateRole iam:AttachRolePolicy"))
            $0.limit(by: "limit", allow("*"), deny("iam:CreateRole"))
        }
        #expect(found.paths.isEmpty)
    }

    private func account(_ build: (inout SmallAccount) -> Void) -> Escalations {
        SmallAccount { small in
            small.add(group: "admins", allow("*"))
            small.add(group: "staff")
            small.add(policy: "limit", allow("s3:*"))
            small.add(policy: "wide", allow("*"))
            build(&small)
        }.landscape.escalations()
    }
}
