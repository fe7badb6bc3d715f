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

    @Test func whereTheAdministratorsAreNotKnownNothingIsGuessed() {
        var account = Account.sample
        account[.identities] = .denied(.getAccountAuthorizationDetails)
        account[.credentialReport] = .denied(.getCredentialReport)
        let reading = Reading(account, by: .sample)
        #expect(throws: Unknown.self) { try reading.lastAdministrators(hitBy: [Self.step(user: "ann")]) }
    }
}
