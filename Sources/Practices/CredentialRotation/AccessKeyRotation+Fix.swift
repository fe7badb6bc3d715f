import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

extension CredentialRotation {
    /// Rotates an access key in stages, each with its own plan. The first creates a second key and hands it over. The
    /// next deactivates the old key, once the new key is in use and the old one is not. The last deletes the old key.
    static let accessKeyFix = Fix(
        "access-key-rotation",
        "Rotates an access key in stages: create and hand over a new key, deactivate the old one, delete it.",
        checks: ["iam-access-key-rotation"],
        calls: [.createAccessKey, .deleteAccessKey, .updateAccessKey, .createSecret, .deleteSecret]
    ) { target, reading, observed throws(Unknown) in
        let user = FixedUser(target)
        guard let keys = observed.known(user.accessKeys.all) else { return [user.accessKeys.all] }
        let all = FixedKey.all(keys)
        let secrets = (reading.settings.handOverPrefix == nil ? [] : all).flatMap { key in
            HandOverName.candidates(for: user, after: key, in: reading, observed).map { $0.state }
        }
        return [user.accessKeys.all] + all.map { user.lastUse(of: $0.id) } + secrets
    } propose: { target, reading, observed throws(Unknown) in
        let user = FixedUser(target)
        let keys = FixedKey.all(try observed[user.accessKeys.all])
        guard !keys.contains(where: { $0.created == nil }) else {
            return .declined("IAM does not say when a key was created")
        }
        func age(_ key: FixedKey) -> Int { key.created.map { reading.days(since: $0) } ?? 0 }
        let limit = reading.settings.accessKeyMaximumAgeDays
        let deactivated = user.keysDeactivated(by: observed.steps)
        func isActive(_ key: FixedKey) -> Bool { key.isActive && !deactivated.contains(key.id) }
        guard let old = keys.filter({ isActive($0) && age($0) > limit }).max(by: { age($0) < age($1) }) else {
            return .declined(
                deactivated.isEmpty
                    ? "IAM now shows no active key that is older than the limit"
                    : "the plan deactivates \(deactivated.sorted().joined(separator: ", ")) as unused")
        }
        guard let other = keys.first(where: { $0.id != old.id }) else {
            return try create(insteadOf: old, for: user, target, reading, observed)
        }
        guard isActive(other) else {
            return .declined(
                "the user has two keys, the most that AWS allows: delete the inactive key \(other.id) if nothing misses it, "
                    + "and plan again")
        }
        guard age(other) <= limit else {
            return .declined(
                "the user has two active keys, and both are too old: deactivate and delete the one that is not used, and "
                    + "plan again")
        }
        return try deactivate(old, insteadOf: other, for: user, target, reading, observed)
    }

    private static func create(
        insteadOf old: FixedKey, for user: FixedUser, _ target: Fix.Target, _ reading: Reading, _ observed: Observations
    ) throws(Unknown) -> Fix.Proposal {
        let lastUse = try observed[user.lastUse(of: old.id)]
        if let last = FixedKey.used(lastUse) ?? old.created {
            let idle = reading.days(since: last)
            guard idle <= reading.settings.unusedCredentialDays else {
                return .declined(
                    "\(old.id) is unused for \(idle.days): deactivate it ('--check iam-access-key-unused') instead of "
                        + "replacing it")
            }
        }
        var steps: [Step] = []
        let place: Step.HandOver.Place
        var unchanged: [Step.Unchanged] = []
        if let folder = reading.settings.handOverFolder {
            place = .file("\(folder)/\(user.name)-after-\(old.id).key")
        } else if reading.settings.handOverPrefix != nil {
            guard
                let free = HandOverName.candidates(for: user, after: old, in: reading, observed).last,
                try observed[free.state].isNull
            else { return .declined("the names that the new key's secret could have are taken in Secrets Manager") }
            steps.append(free.creation(for: user, target, in: reading))
            place = .secret(free.name, region: user.region)
            unchanged.append(free.isEmpty)
        } else {
            return .declined(
                "the secret of a new key needs a place: name one under hand-over in the settings")
        }
        let lists = user.accessKeys
        let use = FixedKey.reach(lastUse, created: old.created, reading)
        let wherefrom =
            switch place {
            case .file: "then delete the file."
            case .secret: "then delete the secret, unless they read the key from it."
            }
        steps.append(
            Step(
                "Create a second access key for \(user.name)", on: user.arn, for: target.checks,
                state: Observation(
                    lists.read, .name(lists.member), .other(["AccessKeyId": .string(old.id)]), .members(["Status"])),
                before: .null, call: user.call(.createAccessKey), after: ["Status": "Active"],
                undo: user.call(
                    .deleteAccessKey,
                    [
                        "AccessKeyId": APICall.read(
                            .name(lists.member), .other(["AccessKeyId": .string(old.id)]), .name("AccessKeyId"))
                    ]),
                notes: [
                    "Bring the new key to all that use \(old.id), \(wherefrom)",
                    "The old key stays active. Undoing deletes the new key.",
                ],
                reach: ["\(old.id) was \(use)"],
                unchanged: unchanged, handOver: Step.HandOver(.accessKey, to: place),
                later: Step.Later(
                    "deactivate access key \(old.id) of \(user.name), once the new key is used", after: 0,
                    by: "access-key-rotation")))
        return .steps(steps)
    }

    private static func deactivate(
        _ old: FixedKey, insteadOf new: FixedKey, for user: FixedUser, _ target: Fix.Target, _ reading: Reading,
        _ observed: Observations
    ) throws(Unknown) -> Fix.Proposal {
        let (oldUse, newUse) = (user.lastUse(of: old.id), user.lastUse(of: new.id))
        guard let newUsed = FixedKey.used(try observed[newUse]) else {
            return .declined(
                "the new key \(new.id) was not used yet: bring it to all that use \(old.id), and plan again")
        }
        let lastUse = try observed[oldUse]
        if let used = FixedKey.used(lastUse), reading.hours(since: used) < quietHours {
            return .declined(
                "\(old.id) is still in use (last for \(lastUse["ServiceName"]?.text ?? "a service"), within "
                    + "\(Int(quietHours)) hours): bring \(new.id) there, and plan again")
        }
        let wait = reading.settings.deletionWaitingDays ?? Settings.deletionWait
        return .steps([
            user.setting(
                "Inactive", from: "Active", of: old.id, "Deactivate access key \(old.id) of \(user.name)",
                in: user.accessKeys, by: .updateAccessKey, for: target,
                notes: ["The key stays, and can be made active again, until a later plan deletes it."],
                reach: [
                    "\(old.id) was \(FixedKey.reach(lastUse, created: old.created, reading))",
                    "\(new.id) was last used \(reading.days(since: newUsed).daysAgo)",
                ],
                unchanged: [.init(oldUse, is: lastUse)],
                later: Step.Later(
                    "delete access key \(old.id) of \(user.name)", after: wait, by: "access-key-deletion"))
        ])
    }

    /// The time without use after which a key counts as unused: a daily job uses its key within this time, and AWS may
    /// report a use some hours late.
    private static let quietHours = 30.0

    /// Deletes a key that an earlier run deactivated, after a waiting time.
    static let keyDeletionFix = Fix(
        "access-key-deletion", "Deletes an access key that an earlier run deactivated, after a waiting time.",
        checks: [], calls: [.deleteAccessKey]
    ) { target, _, _ in
        guard let key = target.earlier?.key else { return [] }
        return [FixedUser(target).accessKeys.all, FixedUser(target).lastUse(of: key)]
    } propose: { target, reading, observed throws(Unknown) in
        guard let earlier = target.earlier, let key = earlier.key else { return .steps([]) }
        if let wait = reading.wait(of: earlier) { return .declined(wait) }
        let user = FixedUser(target)
        guard let found = FixedKey.all(try observed[user.accessKeys.all]).first(where: { $0.id == key }) else {
            return .declined("\(key) is gone")
        }
        guard !found.isActive else { return .declined("\(key) is active again") }
        let use = user.lastUse(of: key)
        return .steps([
            user.deleting(
                key, "Delete access key \(key) of \(user.name)", "access key", of: user.accessKeys,
                by: .deleteAccessKey, for: target, status: "Inactive", unchanged: [.init(use, is: try observed[use])])
        ])
    }
}

extension Fix.Target.Earlier {
    fileprivate var key: String? { step.call.parameters["AccessKeyId"]?.text }
}
