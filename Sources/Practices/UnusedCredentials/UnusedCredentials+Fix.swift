import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

extension UnusedCredentials {
    /// Disables credentials that were unused beyond the limit, each by its ID, and deletes none that can be disabled.
    /// The decision uses IAM's current answers, because the credential report can be four hours old.
    static let credentialFix = Fix(
        "unused-credentials",
        "Deactivates unused keys and removes unused passwords; of an unused user also all other credentials.",
        checks: ["iam-access-key-unused", "iam-password-unused", "iam-user-unused"],
        calls: [
            .updateAccessKey, .deleteLoginProfile, .createLoginProfile, .updateSSHPublicKey,
            .updateSigningCertificate, .updateServiceSpecificCredential,
        ]
    ) { target, _, observed throws(Unknown) in
        let user = FixedUser(target)
        var wanted: [Observation] = []
        if target.concernsKeys { wanted.append(user.accessKeys.all) }
        if target.concernsPassword { wanted += [user.loginProfile, user.loginDetails, user.passwordUse] }
        if target.isUnusedUser {
            wanted += [
                user.publicKeys.all, user.certificates.all, user.serviceCredentials.all, user.devices.all,
                user.groupNames, user.attachedPolicies,
            ]
        }
        guard let keys = observed.known(user.accessKeys.all) else { return wanted }
        return wanted + FixedKey.all(keys).filter(\.isActive).map { user.lastUse(of: $0.id) }
    } propose: { target, reading, observed throws(Unknown) in
        let user = FixedUser(target)
        let limit = reading.settings.unusedCredentialDays
        var steps: [Step] = []
        // The credentials that IAM, unlike the credential report, shows as used within the limit.
        var used: [String] = []
        if target.concernsKeys {
            for key in FixedKey.all(try observed[user.accessKeys.all]) where key.isActive {
                let use = user.lastUse(of: key.id)
                let lastUse = try observed[use]
                guard let created = key.created else {
                    return .declined("IAM does not say when \(key.id) was created")
                }
                guard reading.days(since: FixedKey.used(lastUse) ?? created) > limit else {
                    used.append("access key \(key.id)")
                    continue
                }
                steps.append(
                    user.setting(
                        "Inactive", from: "Active", of: key.id, "Deactivate access key \(key.id) of \(user.name)",
                        in: user.accessKeys, by: .updateAccessKey, for: target,
                        notes: ["The key stays, and can be made active again. Delete it once nothing misses it."],
                        reach: [FixedKey.reach(lastUse, created: created, reading)],
                        unchanged: [.init(use, is: lastUse)]))
            }
        }
        if target.concernsPassword, try !observed[user.loginProfile].isNull {
            let password = try FixedPassword(of: user, observed)
            guard let last = password.used ?? password.created else {
                return .declined("IAM does not say when the password of \(user.name) was created")
            }
            if reading.days(since: last) > limit {
                steps.append(user.removing(password, for: target, reading))
            } else {
                used.append("the password")
            }
        }
        let isUnused = target.isUnusedUser && used.isEmpty
        if isUnused {
            let others: [(FixedUser.List, String, AWSClient.Operation)] = [
                (user.publicKeys, "SSH public key", .updateSSHPublicKey),
                (user.certificates, "signing certificate", .updateSigningCertificate),
                (user.serviceCredentials, "service credential", .updateServiceSpecificCredential),
            ]
            for (list, kind, operation) in others {
                let all = try observed[list.all].elements ?? []
                let active = all.filter { $0.memberIgnoringCase("Status") == "Active" }
                for id in list.ids(.array(active)) {
                    steps.append(
                        user.setting(
                            "Inactive", from: "Active", of: id, "Deactivate \(kind) \(id) of \(user.name)", in: list,
                            by: operation, for: target))
                }
            }
        }
        guard !steps.isEmpty else {
            return .declined(
                used.isEmpty
                    ? "IAM now shows no credential that is unused beyond the limit"
                    : "IAM now shows use within \(limit.days): \(used.joined(separator: ", "))")
        }
        if target.isUnusedUser, !used.isEmpty {
            steps[0].notes.append(
                "The user stays: IAM now shows use within \(limit.days): \(used.joined(separator: ", ")).")
        }
        if isUnused {
            for fact in [user.groupNames, user.attachedPolicies] {
                let value = try observed[fact]
                steps[0].unchanged.append(.init(fact, is: value))
            }
            let devices = user.devices.ids(try observed[user.devices.all])
            steps[0].notes.append(
                devices.isEmpty
                    ? "The user keeps groups and policies until it is deleted by a later plan."
                    : "The user keeps groups, policies and MFA devices (\(devices.joined(separator: ", "))) until it is "
                        + "deleted by a later plan.")
            steps[steps.count - 1].later = Step.Later(
                "delete the user \(user.name)", after: reading.settings.deletionWaitingDays ?? Settings.deletionWait,
                by: deletionFix.id)
        }
        return .steps(steps)
    }

    /// Deletes a user whose credentials an earlier run disabled, if they stayed disabled for the waiting time.
    static let deletionFix = Fix(
        "unused-user-deletion", "Deletes a user that an earlier run disabled, after a waiting time.", checks: [],
        calls: [
            .deleteAccessKey, .deleteSSHPublicKey, .deleteSigningCertificate, .deleteServiceSpecificCredential,
            .deactivateMFADevice, .removeUserFromGroup, .addUserToGroup, .detachUserPolicy, .attachUserPolicy,
            .deleteUserPolicy, .putUserPolicy, .deleteUser,
        ], reads: [.identities]
    ) { target, _, _ in
        let user = FixedUser(target)
        return [
            user.accessKeys.all, user.publicKeys.all, user.certificates.all, user.serviceCredentials.all,
            user.devices.all, user.loginProfile,
        ]
    } propose: { target, reading, observed throws(Unknown) in
        let user = FixedUser(target)
        guard let earlier = target.earlier else { return .steps([]) }
        if let wait = reading.wait(of: earlier) { return .declined(wait) }
        guard let held = try reading[.identities].value.users.first(where: { $0.userName == user.name }) else {
            return .declined("the user is gone")
        }
        let credentials: [(FixedUser.List, String, AWSClient.Operation)] = [
            (user.accessKeys, "access key", .deleteAccessKey),
            (user.publicKeys, "SSH public key", .deleteSSHPublicKey),
            (user.certificates, "signing certificate", .deleteSigningCertificate),
            (user.serviceCredentials, "service credential", .deleteServiceSpecificCredential),
        ]
        guard try observed[user.loginProfile].isNull else { return .declined("the user has a password again") }
        var steps: [Step] = []
        for (list, kind, operation) in credentials {
            let found = try observed[list.all].elements ?? []
            guard !found.contains(where: { $0.memberIgnoringCase("Status") == "Active" }) else {
                return .declined("the user has an active \(kind) again")
            }
            steps += list.ids(.array(found)).map {
                user.deleting(
                    $0, "Delete \(kind) \($0) of \(user.name)", kind, of: list, by: operation, for: target,
                    status: "Inactive")
            }
        }
        steps += user.devices.ids(try observed[user.devices.all]).map {
            user.deleting(
                $0, "Take the MFA device \($0) from \(user.name)", "MFA device", of: user.devices,
                by: .deactivateMFADevice, for: target,
                loss: "The MFA device \($0): the user must register it again.")
        }
        steps += held.groupList.sorted().map { user.leaving($0, for: target) }
        steps += try user.losing(held, for: target)
        steps.append(
            Step(
                "Delete the user \(user.name)", on: user.arn, for: target.checks,
                state: Observation(user.call(.getUser), "User", .members(["UserName"])),
                before: ["UserName": .string(user.name)], call: user.call(.deleteUser), after: .null, undo: nil,
                losses: [
                    "The user: one that is created again has another unique ID, and policies that name this one lapse."
                ]))
        return .steps(steps)
    }
}

extension Fix.Target {
    fileprivate var isUnusedUser: Bool { fails("iam-user-unused") }
    fileprivate var concernsKeys: Bool { fails("iam-access-key-unused") || isUnusedUser }
    fileprivate var concernsPassword: Bool { fails("iam-password-unused") || isUnusedUser }
}

extension FixedUser {
    /// The part of the password's state that can be observed.
    fileprivate var loginDetails: Observation {
        Observation(loginProfile.read, "LoginProfile", .members(["CreateDate", "PasswordResetRequired"]))
    }

    fileprivate var groupNames: Observation { Observation(groups.read, .name(groups.member), .each(groups.id)) }
    fileprivate var attachedPolicies: Observation {
        Observation(attached.read, .name(attached.member), .each(attached.id))
    }

    /// Returns the step that removes the password. IAM shows no password, so undoing can only set a new one, which is
    /// handed over.
    ///
    /// Source: IAM API Reference, "DeleteLoginProfile" and "CreateLoginProfile".
    fileprivate func removing(_ password: FixedPassword, for target: Fix.Target, _ reading: Reading) -> Step {
        let place: Step.HandOver.Place? =
            if let folder = reading.settings.handOverFolder {
                .file("\(folder)/\(name).password")
            } else if let prefix = reading.settings.handOverPrefix {
                .secret("\(prefix)\(nameInSecrets)-password", region: region)
            } else {
                nil
            }
        return Step(
            "Remove the password of \(name)", on: arn, for: target.checks, state: loginProfile,
            before: ["UserName": .string(name)], call: call(.deleteLoginProfile), after: .null,
            undo: place == nil ? nil : call(.createLoginProfile, ["PasswordResetRequired": true]),
            risk: .reversibleWithLoss,
            losses: [
                place == nil
                    ? "The password, which cannot be read: an administrator sets a new one. With hand-over in the settings, "
                        + "undoing sets one."
                    : "The password, which cannot be read: undoing sets a new one, which the user must change at the next "
                        + "sign-in."
            ],
            reach: [password.reach(reading)], unchanged: password.unchanged,
            undoHandOver: place.map { Step.HandOver(.password, to: $0) })
    }

    fileprivate func leaving(_ group: String, for target: Fix.Target) -> Step {
        func call(_ operation: AWSClient.Operation) -> APICall { self.call(operation, ["GroupName": .string(group)]) }
        return Step(
            "Remove \(name) from the group \(group)", on: arn, for: target.checks, state: groups.one(group),
            before: ["GroupName": .string(group)], call: call(.removeUserFromGroup), after: .null,
            undo: call(.addUserToGroup))
    }

    /// Returns steps that remove all of the user's own policies.
    /// - Parameter unchanged: facts that must hold at each step, by the policy's ARN or name.
    func losing(
        _ user: User, for target: Fix.Target, notes: [String] = [], unchanged: [String: [Step.Unchanged]] = [:]
    ) throws(Unknown) -> [Step] {
        var steps = user.attachedManagedPolicies.sorted { $0.policyARN < $1.policyARN }.map { policy in
            let parameters: KeyValuePairs<String, JSON> = ["PolicyArn": .string(policy.policyARN)]
            return Step(
                "Detach \(policy.policyName) from \(name)", on: arn, for: target.checks,
                state: attached.one(policy.policyARN), before: ["PolicyArn": .string(policy.policyARN)],
                call: call(.detachUserPolicy, parameters), after: .null, undo: call(.attachUserPolicy, parameters),
                notes: notes, unchanged: unchanged[policy.policyARN] ?? [])
        }
        for policy in user.userPolicyList.sorted(by: { $0.policyName < $1.policyName }) {
            steps.append(
                Step(
                    "Delete the inline policy \(policy.policyName) of \(name)", on: arn, for: target.checks,
                    state: inline(policy.policyName), before: try policy.policyDocument.json,
                    call: call(.deleteUserPolicy, ["PolicyName": .string(policy.policyName)]), after: .null,
                    undo: call(
                        .putUserPolicy,
                        [
                            "PolicyName": .string(policy.policyName),
                            "PolicyDocument": .string(policy.policyDocument.text),
                        ]), notes: notes, unchanged: unchanged[policy.policyName] ?? []))
        }
        return steps
    }
}

/// What IAM shows of a password: when it was created and last used, and whether the user must change it.
private struct FixedPassword {
    let created: Date?
    let used: Date?
    private let mustBeChanged: Bool
    /// The facts that must be the same when the password is removed.
    let unchanged: [Step.Unchanged]

    init(of user: FixedUser, _ observed: Observations) throws(Unknown) {
        let (details, use) = (try observed[user.loginDetails], try observed[user.passwordUse])
        created = details["CreateDate"]?.text.flatMap { Moment(answer: $0)?.date }
        used = use["PasswordLastUsed"]?.text.flatMap { Moment(answer: $0)?.date }
        mustBeChanged = (details["PasswordResetRequired"] ?? false).isSame(as: true)
        unchanged = [.init(user.loginDetails, is: details), .init(user.passwordUse, is: use)]
    }

    /// The state of the password for a person, which the plan and the journal record.
    func reach(_ reading: Reading) -> String {
        let words = [
            used.map { "last used \(reading.days(since: $0).daysAgo)" } ?? "no use known",
            created.map { "created \(Moment($0))" }, mustBeChanged ? "to be changed at the next sign-in" : nil,
        ]
        return words.compactMap(\.self).joined(separator: ", ")
    }
}

extension PolicyDocument {
    /// - Throws: `Unknown` if the document is not JSON.
    var json: JSON {
        get throws(Unknown) {
            guard let json = try? JSON(parsing: text), json.object != nil else {
                throw Unknown(.failed, detail: "a policy document is not JSON")
            }
            return json
        }
    }
}
