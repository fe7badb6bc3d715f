import EffectiveAccess
import IAMPolicy
import Inventory
import Testing

/// Each method is found where it works, and not where a boundary, a denial or a missing target closes it.
@Suite struct EscalationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// The methods of bob's path in order; `nil` for none.
        var path: [String]?
        var isAdministration = true
        var isCertain = true
        var build: @Sendable (inout SmallAccount) -> Void

        var testDescription: String { name }
    }

    static let root = "arn:aws:iam::\(SmallAccount.id):root"
    static let pass = allow("iam:PassRole")

    static let cases: [Case] = [
        Case(name: "reads a bucket", path: nil) { $0.add(user: "bob", allow("s3:GetObject")) },
        Case(name: "is an administrator already", path: nil) { $0.add(user: "bob", allow("*")) },

        Case(name: "attaches policies to himself", path: ["attach-user-policy"]) {
            $0.add(user: "bob", allow("iam:AttachUserPolicy", on: SmallAccount.user("bob")))
        },
        Case(name: "attaches one harmless policy only", path: nil) {
            $0.add(
                user: "bob",
                allow(
                    "iam:AttachUserPolicy",
                    if: #"{"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}"#))
        },
        Case(name: "attaches policies with MFA", path: ["attach-user-policy"], isCertain: false) {
            $0.add(
                user: "bob", allow("iam:AttachUserPolicy", if: #"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#))
        },
        Case(name: "attaches policies within a boundary that gives no more", path: nil) {
            $0.add(policy: "limit", allow("iam:AttachUserPolicy s3:GetObject"))
            $0.add(user: "bob", allow("iam:AttachUserPolicy s3:GetObject"), boundary: "limit")
        },
        Case(
            name: "attaches policies within a boundary that gives more", path: ["attach-user-policy"],
            isAdministration: false
        ) {
            $0.add(policy: "limit", allow("iam:AttachUserPolicy s3:*"))
            $0.add(user: "bob", allow("iam:AttachUserPolicy s3:GetObject"), boundary: "limit")
        },
        Case(name: "is denied to attach", path: nil) {
            $0.add(user: "bob", allow("iam:AttachUserPolicy"), deny("iam:Attach*"))
        },
        Case(name: "a service control policy does not let anybody attach", path: nil) {
            $0.add(user: "bob", allow("iam:AttachUserPolicy"))
            $0.limit(by: "limit", allow("*"), deny("iam:Attach*"))
        },
        Case(name: "writes a policy into himself", path: ["put-user-policy"]) {
            $0.add(user: "bob", allow("iam:PutUserPolicy"))
        },
        Case(name: "writes policies into another, whom he cannot become", path: nil) {
            $0.add(user: "bob", allow("iam:PutUserPolicy", on: SmallAccount.user("eve")))
            $0.add(user: "eve")
        },
        Case(name: "writes policies into a role that he can assume", path: ["put-role-policy", "assume-role"]) {
            $0.add(
                user: "bob", allow("iam:PutRolePolicy", on: SmallAccount.role("deploy")),
                allow("sts:AssumeRole", on: SmallAccount.role("deploy")))
            $0.add(role: "deploy", trust: trust(root))
        },
        Case(name: "attaches to his own group", path: ["attach-group-policy"]) {
            $0.add(group: "staff")
            $0.add(user: "bob", allow("iam:AttachGroupPolicy"), groups: ["staff"])
        },
        Case(name: "attaches to a group that he is not in", path: nil) {
            $0.add(group: "staff")
            $0.add(user: "bob", allow("iam:AttachGroupPolicy"))
        },
        Case(name: "joins the administrators", path: ["add-user-to-group"]) {
            $0.add(group: "admins", allow("*"))
            $0.add(user: "bob", allow("iam:AddUserToGroup"))
        },
        Case(name: "joins a group that gives nothing new", path: nil) {
            $0.add(group: "readers", allow("s3:GetObject"))
            $0.add(user: "bob", allow("iam:AddUserToGroup s3:Get*"))
        },
        Case(name: "rewrites a policy that he has", path: ["create-policy-version"]) {
            $0.add(policy: "mine", allow("iam:CreatePolicyVersion"))
            $0.add(user: "bob", attached: ["mine"])
        },
        Case(name: "rewrites a policy that nobody has", path: nil) {
            $0.add(policy: "mine", allow("s3:GetObject"))
            $0.add(user: "bob", allow("iam:CreatePolicyVersion"))
        },
        Case(name: "goes back to an older version that allowed more", path: ["set-default-policy-version"]) {
            $0.add(policy: "mine", allow("iam:SetDefaultPolicyVersion"), older: [allow("*")])
            $0.add(user: "bob", attached: ["mine"])
        },
        Case(name: "goes back to an older version that allowed less", path: nil) {
            $0.add(policy: "mine", allow("iam:SetDefaultPolicyVersion s3:*"), older: [allow("s3:GetObject")])
            $0.add(user: "bob", attached: ["mine"])
        },
        Case(name: "a policy is full of versions, and he may not delete one", path: nil) {
            $0.add(
                policy: "mine", allow("iam:CreatePolicyVersion"), older: Array(repeating: allow("s3:Get*"), count: 4))
            $0.add(user: "bob", attached: ["mine"])
        },

        Case(name: "makes keys for an administrator", path: ["create-access-key"]) {
            $0.add(user: "bob", allow("iam:CreateAccessKey"))
            $0.add(user: "ada", allow("*"))
        },
        Case(name: "makes keys for himself only", path: nil) {
            $0.add(user: "bob", allow("iam:CreateAccessKey", on: "arn:aws:iam::*:user/${aws:username}"))
            $0.add(user: "ada", allow("*"))
        },
        Case(name: "the administrator has two keys", path: nil) {
            $0.add(user: "bob", allow("iam:CreateAccessKey"))
            $0.add(user: "ada", allow("*"))
            $0.account.hold(
                credentials: UserCredentials(
                    name: "ada", arn: SmallAccount.user("ada"), password: .init(isEnabled: false), hasMFA: true,
                    accessKeys: [.init(number: 1, isActive: true), .init(number: 2, isActive: true)]))
        },
        Case(name: "sets an administrator's password", path: ["update-login-profile"]) {
            $0.add(user: "bob", allow("iam:UpdateLoginProfile"))
            $0.add(user: "ada", allow("*"))
        },

        Case(name: "assumes the administrators' role without a condition", path: ["assume-role"]) {
            $0.add(user: "bob", allow("sts:AssumeRole"))
            $0.add(role: "admin", trust: trust(root), allow("*"))
        },
        Case(name: "assumes the administrators' role with MFA", path: nil) {
            $0.add(user: "bob", allow("sts:AssumeRole"))
            $0.add(
                role: "admin", trust: trust(root, if: #"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#),
                allow("*"))
        },
        Case(name: "assumes a role that is no administrator", path: nil) {
            $0.add(user: "bob", allow("sts:AssumeRole"))
            $0.add(role: "reader", trust: trust(root), allow("s3:GetObject"))
        },
        Case(name: "the role does not trust the account", path: nil) {
            $0.add(user: "bob", allow("sts:AssumeRole"))
            $0.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"))
        },
        Case(name: "changes whom the role trusts", path: ["update-trust-policy"]) {
            $0.add(user: "bob", allow("iam:UpdateAssumeRolePolicy"))
            $0.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"))
        },
        Case(name: "changes whom the role trusts, and has another account assume it", path: ["update-trust-policy"]) {
            $0.add(user: "bob", allow("iam:UpdateAssumeRolePolicy"), deny("sts:*"))
            $0.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"))
        },
        Case(name: "changes whom the role trusts, and nobody outside the organization can assume it", path: nil) {
            $0.add(user: "bob", allow("iam:UpdateAssumeRolePolicy"), deny("sts:*"))
            $0.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"))
            $0.closeToOthers()
        },
        Case(name: "creates a role, and has another account assume it", path: ["create-role"]) {
            $0.add(user: "bob", allow("iam:CreateRole iam:AttachRolePolicy"), deny("sts:*"))
        },
        Case(name: "creates a role, and nobody outside the organization can assume it", path: nil) {
            $0.add(user: "bob", allow("iam:CreateRole iam:AttachRolePolicy"), deny("sts:*"))
            $0.closeToOthers()
        },

        Case(name: "passes a role to a function", path: ["pass-role-to-function"]) {
            $0.add(user: "bob", pass, allow("lambda:CreateFunction lambda:InvokeFunction"))
            $0.add(role: "admin", trust: trust("lambda.amazonaws.com"), allow("*"))
        },
        Case(name: "passes a role to a function of one name", path: ["pass-role-to-function"]) {
            $0.add(
                user: "bob", pass,
                allow(
                    "lambda:CreateFunction lambda:InvokeFunction",
                    on: "arn:aws:lambda:*:\(SmallAccount.id):function:bob-*"))
            $0.add(role: "admin", trust: trust("lambda.amazonaws.com"), allow("*"))
        },
        Case(name: "makes a function and cannot start it", path: nil) {
            $0.add(user: "bob", pass, allow("lambda:CreateFunction"))
            $0.add(role: "admin", trust: trust("lambda.amazonaws.com"), allow("*"))
        },
        Case(name: "no role trusts the service", path: nil) {
            $0.add(user: "bob", pass, allow("lambda:CreateFunction lambda:InvokeFunction"))
            $0.add(role: "admin", trust: trust("glue.amazonaws.com"), allow("*"))
        },
        Case(name: "passes roles to another service only", path: nil) {
            $0.add(
                user: "bob",
                allow("iam:PassRole", if: #"{"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}}"#),
                allow("lambda:*"))
            $0.add(role: "admin", trust: trust("lambda.amazonaws.com"), allow("*"))
        },
        Case(name: "passes a role that can no more than he", path: nil) {
            $0.add(user: "bob", pass, allow("lambda:* s3:*"))
            $0.add(role: "worker", trust: trust("lambda.amazonaws.com"), allow("s3:GetObject"))
        },
        Case(
            name: "passes a role that can something else", path: ["pass-role-to-function"], isAdministration: false
        ) {
            $0.add(user: "bob", pass, allow("lambda:*"))
            $0.add(role: "worker", trust: trust("lambda.amazonaws.com"), allow("s3:GetObject"))
        },
        Case(name: "passes a role to an instance", path: ["pass-role-to-instance"]) {
            $0.add(user: "bob", pass, allow("ec2:RunInstances"))
            $0.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"))
        },
        Case(name: "the role has no instance profile", path: nil) {
            $0.add(user: "bob", pass, allow("ec2:RunInstances"))
            $0.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"), profile: false)
        },
        Case(name: "makes the instance profile himself", path: ["pass-role-to-instance"]) {
            $0.add(
                user: "bob", pass, allow("ec2:RunInstances iam:CreateInstanceProfile iam:AddRoleToInstanceProfile"))
            $0.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"), profile: false)
        },
        Case(name: "passes a role to a stack", path: ["pass-role-to-stack"]) {
            $0.add(user: "bob", pass, allow("cloudformation:CreateStack"))
            $0.add(role: "admin", trust: trust("cloudformation.amazonaws.com"), allow("*"))
        },

        Case(name: "replaces the code of a function", path: ["code-of-function"]) {
            $0.add(user: "bob", allow("lambda:UpdateFunctionCode"))
            $0.add(role: "admin", trust: trust("lambda.amazonaws.com"), allow("*"))
            $0.account[.functions]["us-east-1"] = .known([
                Function(
                    functionARN: "arn:aws:lambda:us-east-1:\(SmallAccount.id):function:f",
                    role: SmallAccount.role("admin"))
            ])
        },
        Case(name: "there is no function", path: nil) {
            $0.add(user: "bob", allow("lambda:UpdateFunctionCode"))
            $0.add(role: "admin", trust: trust("lambda.amazonaws.com"), allow("*"))
        },
        Case(name: "sends a command to an instance", path: ["command-on-instance"]) {
            $0.add(user: "bob", allow("ssm:SendCommand"))
            $0.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"))
            $0.account.hold(
                instances: .sample {
                    $0.instanceID = "i-1"
                    $0.iamInstanceProfile = .init(arn: "arn:aws:iam::\(SmallAccount.id):instance-profile/admin")
                })
        },

        Case(name: "assumes a role, passes another", path: ["assume-role", "pass-role-to-stack"]) {
            $0.add(user: "bob", allow("sts:AssumeRole", on: SmallAccount.role("deploy")))
            $0.add(
                role: "deploy", trust: trust(root), allow("iam:PassRole cloudformation:CreateStack"))
            $0.add(role: "admin", trust: trust("cloudformation.amazonaws.com"), allow("*"))
        },
        Case(name: "makes a key for one who makes a key", path: ["create-access-key", "create-access-key"]) {
            $0.add(user: "bob", allow("iam:CreateAccessKey", on: SmallAccount.user("eve")))
            $0.add(user: "eve", allow("iam:CreateAccessKey", on: SmallAccount.user("ada")))
            $0.add(user: "ada", allow("*"))
        },
        Case(name: "the chain is broken by a boundary", path: ["create-access-key"], isAdministration: false) {
            $0.add(policy: "limit", allow("s3:*"))
            $0.add(user: "bob", allow("iam:CreateAccessKey", on: SmallAccount.user("eve")))
            $0.add(
                user: "eve", allow("iam:CreateAccessKey", on: SmallAccount.user("ada")), allow("s3:Get*"),
                boundary: "limit")
            $0.add(user: "ada", allow("*"))
        },
    ]

    @Test(arguments: cases) func isFoundWhereItWorks(_ example: Case) throws {
        let found = SmallAccount(example.build).landscape.escalations()
        let path = found.paths.first { $0.principal.name == "bob" }
        #expect(path?.steps.map(\.method) == example.path)
        #expect(found.doubts.isEmpty)
        guard let path, example.path != nil else { return }
        #expect(path.gain.isAdministration == example.isAdministration)
        #expect(path.isCertain == example.isCertain)
        #expect(path.gain.isAdministration || !path.gain.examples.isEmpty)
        #expect(path.breakers.contains { $0.policy.contains("bob") || $0.policy.contains("policy/mine") })
        let calls = path.steps.flatMap(\.calls)
        #expect(!calls.contains { $0.access.isRuledOut })
    }

    @Test func aWorkloadThatCouldNotBeReadLeavesADoubt() {
        let account = SmallAccount {
            $0.add(user: "bob", allow("lambda:UpdateFunctionCode"))
            $0.account[.functions]["us-east-1"] = .unknown(
                Unknown(.accessDenied, permission: "lambda:ListFunctions", detail: "denied"))
        }
        let found = account.landscape.escalations()
        #expect(found.paths.isEmpty)
        #expect(found.doubts.contains { $0.permission == "lambda:ListFunctions" })
    }
}
