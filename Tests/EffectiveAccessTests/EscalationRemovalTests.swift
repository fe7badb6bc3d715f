import EffectiveAccess
import Inventory
import Testing

/// Escalations of a principal that removes a policy which denies it something, and of administrators under a condition.
@Suite struct EscalationRemovalTests {
    /// How bob holds the policy that denies him what his own policy allows.
    enum Holding { case inline, attached, groupInline, groupAttached }

    /// What bob can do besides writing his own policies, which is denied, and the method.
    @Test(
        arguments: [
            ("iam:DeleteUserPolicy", .inline, "delete-user-policy"),
            ("iam:DetachUserPolicy", .attached, "detach-user-policy"),
            ("iam:DeleteGroupPolicy", .groupInline, "delete-group-policy"),
            ("iam:DetachGroupPolicy", .groupAttached, "detach-group-policy"),
            ("iam:RemoveUserFromGroup", .groupInline, "remove-user-from-group"),
            ("iam:RemoveUserFromGroup", .groupAttached, "remove-user-from-group"),
            ("iam:SetDefaultPolicyVersion", .attached, "set-default-policy-version"),
            ("iam:SetDefaultPolicyVersion", .groupAttached, "set-default-policy-version"),
            ("iam:CreatePolicyVersion", .attached, "create-policy-version"),
        ] as [(String, Holding, String)])
    func whatDeniesOneselfIsRemoved(action: String, holding: Holding, method: String) {
        func found(_ allowed: String, denied: String) -> Escalations {
            account {
                let denial = deny(denied)
                $0.add(policy: "denial", denial, older: [allow("s3:GetObject")])
                $0.add(group: "attached", attached: ["denial"])
                $0.add(group: "inline", denial)
                let groups: [String] =
                    switch holding {
                    case .groupInline: ["inline"]
                    case .groupAttached: ["attached"]
                    default: []
                    }
                $0.add(
                    user: "bob", allow(allowed), attached: holding == .attached ? ["denial"] : [], groups: groups,
                    denied: holding == .inline ? denial : nil)
            }
        }
        for write in ["iam:PutUserPolicy", "iam:AttachUserPolicy"] {
            let open = found("\(action) \(write)", denied: write)
            #expect(open.paths.map { $0.steps.map(\.method) } == [[method]])
            #expect(open.paths.first?.gain.isAdministration == true)
            #expect(found("\(action) \(write)", denied: "\(action) \(write)").paths.isEmpty)
            #expect(found("s3:GetObject \(write)", denied: write).paths.isEmpty)
        }
    }

    @Test func aRoleRemovesItsOwnDenial() {
        let found = account {
            $0.add(user: "bob", allow("s3:GetObject"))
            $0.add(
                role: "deploy", trust: trust(SmallAccount.user("bob")),
                allow("iam:DeleteRolePolicy iam:AttachRolePolicy"),
                profile: false, denied: deny("iam:AttachRolePolicy"))
        }
        #expect(
            found.paths.map { $0.steps.map(\.method) } == [
                ["delete-role-policy"], ["assume-role", "delete-role-policy"],
            ])
        #expect(found.paths.map(\.gain.isAdministration) == [true, true])
    }

    @Test func severalDenialsAreRemovedTogether() {
        let found = account {
            for name in ["one", "two"] { $0.add(policy: name, deny("iam:PutUserPolicy")) }
            $0.add(user: "bob", allow("iam:DetachUserPolicy iam:PutUserPolicy"), attached: ["one", "two"])
        }
        #expect(found.paths.first?.steps.map(\.method) == ["detach-user-policy", "detach-user-policy"])
        #expect(found.paths.first?.gain.isAdministration == true)
    }

    /// What bob is allowed and denied, and the method by which he becomes an administrator.
    @Test(arguments: [
        (
            allow("*"), #"{"Effect": "Deny", "NotAction": ["iam:DeleteUserPolicy", "s3:*"], "Resource": "*"}"#,
            "delete-user-policy"
        ),
        (
            allow("iam:PutUserPolicy"), #"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}"#,
            "put-user-policy"
        ),
        (
            allow("sts:AssumeRole iam:DeleteUserPolicy"), deny("sts:AssumeRole", on: SmallAccount.role("admin")),
            "delete-user-policy"
        ),
    ])
    func everythingIsGained(allowed: String, denied: String, method: String) {
        let found = account {
            $0.add(user: "bob", allowed, denied: denied)
            $0.add(role: "admin", trust: trust("arn:aws:iam::\(SmallAccount.id):root"), allow("*"), profile: false)
        }
        let path = found.paths.first { $0.principal.name == "bob" }
        #expect(path?.steps.map(\.method) == [method])
        #expect(path?.gain.isAdministration == true)
    }

    @Test func whatWasDeniedIsGained() {
        func found(_ denied: String) -> Escalations {
            account { $0.add(user: "bob", allow("s3:* iam:DeleteUserPolicy"), denied: denied) }
        }
        let open = found(deny("s3:DeleteBucket"))
        #expect(open.paths.first?.gain.examples == ["s3:DeleteBucket on *"])
        #expect(found(deny("ec2:RunInstances")).paths.isEmpty, "it is not allowed anyway")
        let mfa = #"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#
        #expect(found(deny("s3:DeleteBucket", if: mfa)).paths.isEmpty, "it is possible anyway")
    }

    @Test func aDenialThatIsHeldTwiceStays() {
        let found = account {
            $0.add(policy: "denial", deny("iam:PutUserPolicy"))
            $0.add(group: "team", attached: ["denial"])
            $0.add(
                user: "bob", allow("iam:DetachUserPolicy iam:PutUserPolicy"), attached: ["denial"], groups: ["team"])
        }
        #expect(found.paths.isEmpty)
    }

    // MARK: - Administrators under a condition

    static let mfa = #"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#
    static let tag = #"{"StringEquals": {"aws:PrincipalTag/admin": "true"}}"#

    /// What bob can do without the condition under which he is an administrator.
    @Test(
        arguments: [
            (mfa, "iam:PutUserPolicy", ["put-user-policy"]), (mfa, "s3:GetObject", nil),
            (mfa, "iam:CreateAccessKey", ["create-access-key"]), (tag, "iam:AttachUserPolicy", ["attach-user-policy"]),
            (#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}"#, "iam:CreateAccessKey", ["create-access-key"]),
            (mfa, "iam:TagUser", nil),
        ] as [(String, String, [String]?)])
    func anAdministratorUnderAConditionIsExaminedWithoutIt(condition: String, action: String, methods: [String]?) {
        let found = account {
            $0.add(user: "bob", allow("*", if: condition), allow(action))
            $0.add(user: "root", allow("*"))
        }
        #expect(found.paths.map { $0.steps.map(\.method) } == (methods.map { [$0] } ?? []))
        #expect(found.administrators.map(\.name) == (methods == nil ? ["bob", "root"] : ["root"]))
        #expect(found.doubts.isEmpty)
    }

    @Test func anAdministratorByATagThatItCanSetIsUndetermined() {
        func found(_ action: String) -> Escalations {
            account { $0.add(user: "bob", allow(action), allow("*", if: Self.tag)) }
        }
        #expect(found("iam:TagUser").undetermined.map(\.principal.name) == ["bob"])
        #expect(found("s3:GetObject").undetermined.isEmpty)
    }

    /// Conditions on the time of the request, and whether they hold when the account was read, in 2026.
    @Test(arguments: [
        (#"{"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}"#, false),
        (#"{"DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}"#, true),
        (#"{"NumericLessThan": {"aws:EpochTime": "1577836800"}}"#, false),
        (#"{"DateGreaterThan": {"aws:EpochTime": "1577836800"}}"#, true),
    ])
    func anAdministratorOfAnotherTimeIsNone(condition: String, holds: Bool) {
        let found = account {
            $0.add(user: "bob", allow("iam:CreateAccessKey"))
            $0.add(user: "admin", allow("*", if: condition), allow("iam:PutUserPolicy", on: SmallAccount.user("admin")))
        }
        #expect(found.administrators.map(\.name) == (holds ? ["admin"] : []))
        #expect(
            found.paths.first { $0.principal.name == "admin" }?.steps.map(\.method)
                == (holds ? nil : ["put-user-policy"]))
        let small = SmallAccount {
            $0.add(user: "bob", allow("iam:CreateAccessKey"))
            $0.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*", if: condition))
            $0.add(user: "ann", allow("*", if: condition))
        }
        #expect(small.landscape.escalations().paths.isEmpty == !holds)
    }

    private func account(_ build: (inout SmallAccount) -> Void) -> Escalations {
        SmallAccount(build).landscape.escalations()
    }
}
