import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Practices
import Remediation
import Testing

/// What no step may touch, whatever the plan says.
@Suite struct GuardsTests {
    private static let account = "123456789012"

    private static func step(
        _ operation: AWSClient.Operation = .updateAccessKey, user: String, key: String = "AKIAOTHER",
        status: JSON = "Inactive"
    ) -> Step {
        Step(
            "Deactivate", on: "arn:aws:iam::\(account):user/\(user)",
            state: Observation(APICall(.listAccessKeys, in: "us-east-1")), before: .null,
            call: APICall(
                operation, in: "us-east-1",
                ["UserName": .string(user), "AccessKeyId": .string(key), "Status": status]), after: .null, undo: nil)
    }

    private static let guards = Guards(
        caller: "arn:aws:iam::\(account):user/ops/alice", accessKeys: ["AKIAMINE"],
        breakGlass: ["emergency-*", "arn:aws:iam::\(account):user/vault"], lastAdministrators: ["carol"],
        account: account)

    @Test(arguments: [
        ("alice", "AKIAOTHER", "the user that this run is"), ("bob", "AKIAMINE", "an access key that this run uses"),
        ("emergency-1", "AKIAOTHER", "set aside for emergencies"), ("vault", "AKIAOTHER", "set aside for emergencies"),
        ("carol", "AKIAOTHER", "the last administrator"),
    ])
    func theOwnTheEmergencyAndTheLastAdministratorsCredentialsAreRefused(user: String, key: String, reason: String) {
        #expect(Self.guards.refusal(of: Self.step(user: user, key: key))?.contains(reason) == true)
        for operation in [AWSClient.Operation.detachUserPolicy, .deleteUserPolicy, .removeUserFromGroup] {
            #expect(Self.guards.refusal(of: Self.step(operation, user: user, key: key))?.contains(reason) == true)
        }
    }

    @Test func othersAndWhatGivesAccessAreNotRefused() {
        #expect(Self.guards.refusal(of: Self.step(user: "bob")) == nil)
        #expect(Self.guards.refusal(of: Self.step(user: "alice", status: "Active")) == nil, "undoing must be possible")
        #expect(Self.guards.refusal(of: Self.step(.addUserToGroup, user: "alice")) == nil)
    }

    /// A role's session is no user of that name.
    @Test func theUserOfAnotherAccountIsNotTheCaller() {
        var guards = Self.guards
        guards.caller = "arn:aws:iam::210987654321:user/alice"
        #expect(guards.refusal(of: Self.step(user: "alice")) == nil)
        guards.caller = "arn:aws:sts::\(Self.account):assumed-role/admin/alice"
        #expect(guards.refusal(of: Self.step(user: "alice")) == nil)
    }

    // MARK: The last administrator

    private static let administrator = InlinePolicy(
        policyName: "all",
        policyDocument: PolicyDocument(
            statements: #"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#))

    private static func reading(administrators: [String], roles: [Role] = []) -> Reading {
        var account = Account.sample
        let users = ["ann", "ben", "cid"].map { name in
            User(
                userName: name, arn: "arn:aws:iam::\(Self.account):user/\(name)",
                userPolicyList: administrators.contains(name) ? [administrator] : [])
        }
        account[.identities] = .known(Identities(users: users, roles: roles))
        account[.credentialReport] = .known(
            CredentialReport(
                root: nil,
                users: users.map { user in
                    UserCredentials.sample {
                        $0.name = user.userName
                        $0.arn = user.arn
                    }
                }))
        return Reading(account, by: .sample)
    }

    @Test func takingTheCredentialsOfEveryAdministratorIsRefused() throws {
        let one = Self.reading(administrators: ["ann"])
        #expect(try one.lastAdministrators(hitBy: [Self.step(user: "ann")]) == ["ann"])
        #expect(try one.lastAdministrators(hitBy: [Self.step(user: "ben")]).isEmpty)
        let two = Self.reading(administrators: ["ann", "ben"])
        #expect(try two.lastAdministrators(hitBy: [Self.step(user: "ann")]).isEmpty)
        #expect(
            try two.lastAdministrators(hitBy: [Self.step(user: "ann"), Self.step(user: "ben")]) == ["ann", "ben"])
    }

    @Test func aBucketPolicyThatLocksOutAReaderOrTheCallerIsRefused() throws {
        let audit = "arn:aws:iam::\(Self.account):role/audit"
        var account = Account.sample
        account[.identities] = .known(
            Identities(
                roles: ["audit", "ops"].map { name in
                    Role(
                        roleName: name, arn: "arn:aws:iam::\(Self.account):role/\(name)",
                        assumeRolePolicyDocument: PolicyDocument(statements: ""), rolePolicyList: [Self.administrator])
                }))
        var criteria = Criteria.sample
        criteria.settings.trailAccess = TrailAccess()
        criteria.settings.trailAccess?.readers = [audit]
        let reading = Reading(account, by: criteria)
        func refusal(_ statement: String) throws -> String? {
            let policy = PolicyDocument(statements: statement).text
            let call = APICall(.putBucketPolicy, in: "us-east-1", ["Bucket": "logs", "Policy": .string(policy)])
            let step = Step(
                "Change", on: "arn:aws:s3:::logs", state: Observation(APICall(.getBucketPolicy, in: "us-east-1")),
                before: .null, call: call, after: .null, undo: nil)
            return try reading.lockouts(
                by: [step], caller: "arn:aws:sts::\(Self.account):assumed-role/ops/someone")[call]
        }
        let tail = #""Principal": "*", "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]"#
        let tlsOnly =
            #"{"Effect": "Deny", "Action": "s3:*", \#(tail), "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#
        #expect(try refusal(tlsOnly) == nil)
        let noReader =
            #"{"Effect": "Deny", "Action": "s3:GetObject", \#(tail), "Condition": {"ArnEquals": {"aws:PrincipalArn": "\#(audit)"}}}"#
        #expect(try refusal(noReader)?.hasPrefix("\(audit), a reader of trail-access, would lose s3:GetObject") == true)
        let noChange = #"{"Effect": "Deny", "Action": "s3:Put*", \#(tail)}"#
        #expect(try refusal(noChange)?.contains("role/ops, this run, would lose s3:PutBucketPolicy") == true)
    }

    /// Who keeps the policy through a group is an administrator still.
    @Test func theLastAdministratorsPolicyMayMoveToAGroup() throws {
        let reading = Self.reading(administrators: ["ann"])
        func step(_ operation: AWSClient.Operation, _ parameters: JSON) -> Step {
            var step = Self.step(operation, user: "ann")
            step.call = APICall(operation, in: "us-east-1", parameters)
            return step
        }
        let delete = step(.deleteUserPolicy, ["UserName": "ann", "PolicyName": "all"])
        let add = [
            step(.createGroup, ["GroupName": "all"]),
            step(
                .putGroupPolicy,
                [
                    "GroupName": "all", "PolicyName": "all",
                    "PolicyDocument": .string(Self.administrator.policyDocument.text),
                ]),
            step(.addUserToGroup, ["GroupName": "all", "UserName": "ann"]),
        ]
        #expect(try reading.lastAdministrators(hitBy: [delete]) == ["ann"])
        #expect(try reading.lastAdministrators(hitBy: add + [delete]).isEmpty)
        #expect(try reading.lastAdministrators(hitBy: [add[0], add[1], delete]) == ["ann"], "not a member")
    }

    @Test func whereTheAdministratorsAreNotKnownNothingIsGuessed() {
        var account = Account.sample
        account[.identities] = .denied(.getAccountAuthorizationDetails)
        account[.credentialReport] = .denied(.getCredentialReport)
        let reading = Reading(account, by: .sample)
        #expect(throws: Unknown.self) { try reading.lastAdministrators(hitBy: [Self.step(user: "ann")]) }
    }
}
