import AWSClient
import Basics
import Inventory
import Posture

extension CredentialRotation {
    /// Changes the failing attributes and repeats the others, because the call resets every omitted attribute to AWS's
    /// default.
    ///
    /// Source: IAM API Reference, "UpdateAccountPasswordPolicy".
    static let passwordPolicyFix = Fix(
        "password-policy", "Changes only the failing attributes of the account's password policy.",
        checks: [
            "iam-password-policy-length", "iam-password-policy-uppercase", "iam-password-policy-lowercase",
            "iam-password-policy-number", "iam-password-policy-symbol", "iam-password-policy-expiry",
            "iam-password-policy-reuse",
        ],
        calls: [.updateAccountPasswordPolicy, .deleteAccountPasswordPolicy]
    ) { target, _, _ in
        [passwordPolicy(in: target.region)]
    } propose: { target, reading, observed throws(Unknown) in
        let observation = passwordPolicy(in: target.region)
        let before = try observed[observation]
        var after = before.isNull ? awsDefault : before
        let changed = changes(for: target, by: reading.settings)
        for (name, value) in changed { after.set(name, value) }
        return .steps([
            Step(
                "Set \(changed.map { "\($0.0) to \($0.1)" }.joined(separator: ", ")) in the password policy",
                on: target.resource.arn, for: target.checks, state: observation, before: before,
                call: APICall(.updateAccountPasswordPolicy, in: target.region, after.settable),
                after: after,
                undo: before.isNull
                    ? APICall(.deleteAccountPasswordPolicy, in: target.region)
                    : APICall(.updateAccountPasswordPolicy, in: target.region, before.settable),
                notes: notes(on: target))
        ])
    }

    /// A policy without expiry or a history of passwords has no such attribute, or 0.
    ///
    /// Source: IAM API Reference, "PasswordPolicy" (`ExpirePasswords`) and "UpdateAccountPasswordPolicy".
    private static func passwordPolicy(in region: String) -> Observation {
        Observation(
            APICall(.getAccountPasswordPolicy, in: region), "PasswordPolicy",
            .members([
                "MinimumPasswordLength", "RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters",
                "RequireLowercaseCharacters", "AllowUsersToChangePassword", "MaxPasswordAge",
                "PasswordReusePrevention", "HardExpiry",
            ]), .completed(["MaxPasswordAge": 0, "PasswordReusePrevention": 0]))
    }

    /// The defaults of the call, except that users may change their passwords: without that, expiry would lock them
    /// out.
    private static let awsDefault: JSON = [
        "MinimumPasswordLength": 6, "RequireSymbols": false, "RequireNumbers": false,
        "RequireUppercaseCharacters": false, "RequireLowercaseCharacters": false, "AllowUsersToChangePassword": true,
        "MaxPasswordAge": 0, "PasswordReusePrevention": 0, "HardExpiry": false,
    ]

    private static func changes(for target: Fix.Target, by settings: Settings) -> [(String, JSON)] {
        let all: [(check: String, name: String, value: JSON)] = [
            ("length", "MinimumPasswordLength", .int(settings.passwordMinimumLength)),
            ("uppercase", "RequireUppercaseCharacters", true), ("lowercase", "RequireLowercaseCharacters", true),
            ("number", "RequireNumbers", true), ("symbol", "RequireSymbols", true),
            ("expiry", "MaxPasswordAge", .int(settings.passwordMaximumAgeDays)),
            ("reuse", "PasswordReusePrevention", .int(settings.passwordReusePrevention)),
        ]
        return all.filter { target.fails("iam-password-policy-\($0.check)") }.map { ($0.name, $0.value) }
    }

    private static func notes(on target: Fix.Target) -> [String] {
        var notes = [
            "The new rules hold from the next change of each password; present passwords stay valid until then."
        ]
        if target.fails("iam-password-policy-expiry") {
            notes.append("Users whose password is older than the limit must choose a new one at their next sign-in.")
        }
        return notes
    }
}

extension JSON {
    fileprivate mutating func set(_ name: String, _ value: JSON) {
        guard case .object(var object) = self else { return }
        object[name] = value
        self = .object(object)
    }

    /// The attributes that have a value, with numbers as numbers: the call accepts neither empty attributes nor 0 for
    /// "none".
    fileprivate var settable: JSON {
        .members(
            (object?.members ?? []).compactMap { member in
                let value = member.value.text.flatMap { Int($0) }.map { JSON.int($0) } ?? member.value
                return value.isNull || value == 0 ? nil : .init(member.name, value)
            })
    }
}
