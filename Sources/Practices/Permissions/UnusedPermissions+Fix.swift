import AWSClient
import Basics
import EffectiveAccess
import FoundationEssentials
import Inventory
import Posture

extension Permissions {
    /// Removes what no holder used from customer managed policies, by a new default version of each policy: services,
    /// and of used services the single actions whose last use AWS tracks. Permissions for IAM and STS are kept, because
    /// rare administrative work must remain possible.
    static let narrowingFix = Fix(
        "unused-permissions",
        "Removes unused services and actions from customer managed policies, as a new default version.",
        checks: ["iam-unused-permissions"],
        calls: [.createPolicyVersion, .setDefaultPolicyVersion, .deletePolicyVersion],
        reads: [.identities, .lastAccessed]
    ) { _, _, _ in
        []
    } propose: { target, reading, observed throws(Unknown) in
        let identities = try reading[.identities].value
        var steps: [Step] = []
        var reasons: [String] = []
        for policy in identities.policies {
            let holders = identities.holders(of: policy.arn)
            guard holders.contains(where: { $0.arn == target.resource.arn }) else { continue }
            if observed.steps.contains(where: { $0.resource == policy.arn }) {
                reasons.append("the plan narrows \(policy.policyName) already")
            } else if let reason = policy.obstacle(held: holders, by: reading) {
                reasons.append(reason)
            } else if let narrowed = try policy.narrowed(to: reading.use(by: holders.map(\.arn))) {
                let wider = try reading.principals(widenedBy: narrowed.document, of: policy, held: holders.map(\.arn))
                guard wider.isEmpty else {
                    reasons.append("\(wider.joined(separator: ", ")) could do more with the new \(policy.policyName)")
                    continue
                }
                steps += try policy.steps(narrowed, holders.map(\.name), for: target, reading)
            } else {
                reasons.append("\(policy.policyName) names no service or action that is unused")
            }
        }
        if steps.isEmpty, reasons.isEmpty {
            reasons = ["no managed policy is attached: inline policies are narrowed by hand"]
        }
        return steps.isEmpty ? .declined(reasons.joined(separator: "; ")) : .steps(steps)
    }
}

/// A user or role that holds a policy.
private struct Holder {
    var arn: String
    var name: String
    var created: Date?
}

extension Identities {
    /// Returns the users that hold the policy, directly or through groups, and the roles that it is attached to.
    fileprivate func holders(of policy: String) -> [Holder] {
        let groups = Set(
            groups.filter { $0.attachedManagedPolicies.contains { $0.policyARN == policy } }.map(\.groupName))
        return users.filter { user in
            user.attachedManagedPolicies.contains { $0.policyARN == policy } || !groups.isDisjoint(with: user.groupList)
        }.map { Holder(arn: $0.arn, name: $0.userName, created: $0.createDate) }
            + roles.filter { $0.attachedManagedPolicies.contains { $0.policyARN == policy } }
            .map { Holder(arn: $0.arn, name: $0.roleName, created: $0.createDate) }
    }
}

extension Reading {
    /// Returns what the holders together used within the limit.
    fileprivate func use(by holders: [String]) throws(Unknown) -> Use {
        let accesses = try self[.lastAccessed].value
        func isRecent(_ date: Date?) -> Bool { date.map { days(since: $0) <= settings.unusedPermissionDays } ?? false }
        var use = Use()
        for (index, holder) in holders.enumerated() {
            var idle: Set<String> = []
            for service in try (accesses[holder] ?? .notCollected).value {
                let name = service.serviceNamespace.lowercased()
                if isRecent(service.lastAuthenticated) { use.services.insert(name) }
                for action in service.trackedActionsLastAccessed where !isRecent(action.lastAccessedTime) {
                    idle.insert("\(name):\(action.actionName.lowercased())")
                }
            }
            // AWS must track the action for every holder: otherwise it may be used.
            use.idleActions = index == 0 ? idle : use.idleActions.intersection(idle)
        }
        return use
    }

    /// Returns the names of the holders that could do more if the document were the policy's.
    fileprivate func principals(
        widenedBy document: JSON, of policy: ManagedPolicy, held holders: [String]
    ) throws(Unknown) -> [String] {
        var before = try self[.identities].value
        before.users.removeAll { !holders.contains($0.arn) }
        before.roles.removeAll { !holders.contains($0.arn) }
        var after = before
        for index in after.policies.indices where after.policies[index].arn == policy.arn {
            after.policies[index].defaultDocument = PolicyDocument(document.written(.compact))
        }
        func landscape(_ identities: Identities) -> Landscape {
            var account = self.account
            account[.identities] = .known(identities)
            return Landscape([account], at: criteria.now)
        }
        return try landscape(before).principals(withWiderAccessIn: landscape(after))
    }
}

/// What the holders of a policy used within the limit.
private struct Use {
    /// The prefixes of services that a holder used, in lowercase.
    var services: Set<String> = []
    /// The actions that no holder used, although AWS tracks their use for each holder; in lowercase.
    var idleActions: Set<String> = []
}

extension ManagedPolicy {
    fileprivate func obstacle(held holders: [Holder], by reading: Reading) -> String? {
        if isAWSManaged { return "\(policyName) is AWS's: attach a narrower policy of your own instead" }
        if permissionsBoundaryUsageCount > 0 { return "\(policyName) is a permissions boundary, too" }
        let limit = reading.settings.unusedPermissionDays
        if let new = holders.first(where: { $0.created.map { reading.days(since: $0) < limit } ?? true }) {
            return "\(policyName) is held by \(new.name), which is younger than \(limit.days)"
        }
        let patterns = reading.settings.breakGlass.map { WildcardPattern($0) }
        if let kept = holders.first(where: { holder in
            patterns.contains { $0.matches(holder.name) || $0.matches(holder.arn) }
        }) {
            return "\(policyName) is held by \(kept.name), which is set aside for emergencies"
        }
        return nil
    }

    /// Returns the document without the actions of unused services and without unused actions, and these actions;
    /// `nil` if there are none or no statement would remain.
    fileprivate func narrowed(to use: Use) throws(Unknown) -> (document: JSON, removed: [String])? {
        let document = try defaultDocument.json
        var removed: [String] = []
        let statements = (document["Statement"].map { $0.elements ?? [$0] } ?? []).compactMap { statement -> JSON? in
            guard statement["Effect"]?.text == "Allow", let action = statement["Action"], var object = statement.object
            else { return statement }
            let (kept, gone) = (action.elements ?? [action]).divided { $0.text.map { $0.isUsed(use) } ?? true }
            removed += gone.compactMap(\.text)
            guard !kept.isEmpty else { return nil }
            if !gone.isEmpty { object["Action"] = .array(kept) }
            return .object(object)
        }
        guard !removed.isEmpty, !statements.isEmpty, var narrowed = document.object else { return nil }
        narrowed["Statement"] = .array(statements)
        return (.object(narrowed), removed)
    }

    fileprivate func steps(
        _ narrowed: (document: JSON, removed: [String]), _ holders: [String], for target: Fix.Target, _ reading: Reading
    ) throws(Unknown) -> [Step] {
        func call(_ operation: AWSClient.Operation, _ more: KeyValuePairs<String, JSON> = [:]) -> APICall {
            APICall(
                operation, in: target.region,
                .members([.init("PolicyArn", .string(arn))] + more.map { JSON.Object.Member($0.key, $0.value) }))
        }
        let versions = call(.listPolicyVersions, ["MaxItems": 100])
        var steps: [Step] = []
        // Source: IAM User Guide, "Versioning IAM policies": a policy has at most five versions.
        let oldest = otherVersions.min { ($0.number ?? 0) < ($1.number ?? 0) }
        if policyVersionList.count >= 5, let oldest {
            steps.append(
                Step(
                    "Delete version \(oldest.versionID) of \(policyName), the oldest of five", on: arn,
                    for: target.checks,
                    state: Observation(
                        versions, "Versions", .first(["VersionId": .string(oldest.versionID)]), .members(["VersionId"])),
                    before: ["VersionId": .string(oldest.versionID)],
                    call: call(.deletePolicyVersion, ["VersionId": .string(oldest.versionID)]), after: .null,
                    undo: nil,
                    losses: ["Version \(oldest.versionID): IAM does not restore a deleted version."],
                    notes: ["Its document: \(oldest.document.text)"]))
        }
        let version: JSON = .string(defaultVersionID)
        steps.append(
            Step(
                "Narrow \(policyName) to what was used", on: arn, for: target.checks,
                state: Observation(
                    versions, "Versions", .first(["VersionId": version, "IsDefaultVersion": true]),
                    .members(["VersionId"])),
                before: ["VersionId": version],
                call: call(
                    .createPolicyVersion,
                    ["PolicyDocument": .string(narrowed.document.written(.compact)), "SetAsDefault": true]),
                after: .null, undo: call(.setDefaultPolicyVersion, ["VersionId": version]), risk: .reversibleWithLoss,
                losses: [
                    "The list of versions: undoing makes \(defaultVersionID) the default again, and the new version "
                        + "stays, without effect."
                ],
                reach: [
                    "Removed: \(narrowed.removed.joined(separator: ", ")). Not used for "
                        + "\(reading.settings.unusedPermissionDays.days) by \(holders.joined(separator: ", "))."
                ],
                unchanged: [
                    .init(
                        Observation(
                            call(.getPolicyVersion, ["VersionId": version]), "PolicyVersion", "Document", .policy),
                        is: try defaultDocument.json)
                ]))
        return steps
    }
}

extension PolicyVersion {
    /// The number of the version: 12 for `v12`.
    fileprivate var number: Int? { Int(versionID.dropFirst()) }
}

extension String {
    /// Whether an action pattern must be kept: its service is IAM or STS or contains a wildcard, or the service is used
    /// and the pattern is no single action that is known to be unused.
    fileprivate func isUsed(_ use: Use) -> Bool {
        guard let colon = firstIndex(of: ":") else { return true }
        let service = self[..<colon].lowercased()
        return service.contains("*") || service.contains("?") || ["iam", "sts"].contains(service)
            || (use.services.contains(service) && !use.idleActions.contains(lowercased()))
    }
}

extension Array {
    /// Returns the elements for which the condition holds, and the others.
    fileprivate func divided(by holds: (Element) -> Bool) -> (kept: [Element], gone: [Element]) {
        (filter(holds), filter { !holds($0) })
    }
}
