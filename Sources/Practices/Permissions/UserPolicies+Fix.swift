import AWSClient
import Basics
import EffectiveAccess
import Inventory
import Posture

extension Permissions {
    /// Moves a user's own policies to a group. The fix chooses or creates a group with the same policies and adds the
    /// user to it. No principal's access changes: the evaluator verifies that before the plan is made. Each policy is
    /// removed from the user only if the group has it and the user is a member.
    static let userPolicyFix = Fix(
        "user-policies-to-group",
        "Moves a user's own policies to a group with the user; the access of all stays the same.",
        checks: ["iam-user-no-policies"],
        calls: [
            .createGroup, .deleteGroup, .attachGroupPolicy, .detachGroupPolicy, .putGroupPolicy, .deleteGroupPolicy,
            .addUserToGroup, .removeUserFromGroup, .detachUserPolicy, .attachUserPolicy, .deleteUserPolicy,
            .putUserPolicy,
        ], reads: Landscape.reads
    ) { _, _, _ in
        []
    } propose: { target, reading, observed throws(Unknown) in
        guard !FixedUser(target).isDisabled(by: observed.steps) else {
            return .declined("the plan disables the user, and a later plan deletes it with its policies")
        }
        let before = try reading[.identities].value.after(observed.steps)
        guard let user = before.users.first(where: { $0.userName == target.resource.id }) else {
            return .declined("the user is not among those that were read")
        }
        let move = PolicyMove(of: user, among: before, reading.settings)
        if let reason = move.obstacle { return .declined(reason) }
        let steps = try move.steps(for: target)
        let changed = try reading.principals(whoseAccessDiffersAfter: steps, from: before)
        guard changed.isEmpty else {
            return .declined(
                "the access of \(changed.joined(separator: ", ")) would change if the policies of \(user.userName) went to "
                    + "the group \(move.group.groupName): name another group under user-groups in the settings")
        }
        return .steps(steps)
    }
}

extension Reading {
    /// Returns the names of the users and roles that could do more or less after the steps.
    /// - Throws: `Unknown` if a policy could not be read.
    fileprivate func principals(
        whoseAccessDiffersAfter steps: [Step], from identities: Identities
    ) throws(Unknown) -> [String] {
        let after = identities.after(steps)
        // Only users whose own policies, groups, or groups' policies change need to be compared.
        let changed = Set(
            zip(identities.users, after.users).filter { $0 != $1 }.map { $0.0.userName }
                + identities.users.filter { user in
                    user.groupList.contains { name in
                        identities.groups.first { $0.groupName == name } != after.groups.first { $0.groupName == name }
                    }
                }.map(\.userName))
        func landscape(_ identities: Identities) -> Landscape {
            var account = self.account
            var concerned = identities
            concerned.roles = []
            concerned.users.removeAll { !changed.contains($0.userName) }
            account[.identities] = .known(concerned)
            return Landscape([account], at: criteria.now)
        }
        return try landscape(identities).principals(withOtherAccessIn: landscape(after))
    }
}

/// The move of a user's own policies to a group.
private struct PolicyMove {
    let user: User
    /// The group before the move.
    let group: Group
    let exists: Bool
    /// The names of the users that are in the group already.
    private let members: [String]
    private let inlineNames: [String: String]

    init(of user: User, among identities: Identities, _ settings: Settings) {
        self.user = user
        let named = (settings.userGroups ?? [:]).sorted { $0.key < $1.key }.first { _, patterns in
            patterns.contains { WildcardPattern($0).matches(user.userName) }
        }?.key
        let twin = identities.groups.sorted { $0.groupName < $1.groupName }.first { $0.hasPolicies(of: user) }
        let name = named ?? twin?.groupName ?? Self.newName(for: user, among: identities.groups)
        let found = identities.groups.first { $0.groupName == name }
        exists = found != nil
        group = found ?? Group(groupName: name, arn: "")
        members = identities.users.filter { $0.groupList.contains(name) }.map(\.userName).sorted()
        var names: [String: String] = [:]
        for policy in user.userPolicyList {
            let taken = group.groupPolicyList.first { $0.policyName == policy.policyName }
            let isSame = taken.map { $0.policyDocument == policy.policyDocument } ?? true
            names[policy.policyName] = isSame ? policy.policyName : "\(user.userName)-\(policy.policyName)"
        }
        inlineNames = names
    }

    /// Returns a name made from the names of the policies, with a number if another group has that name.
    private static func newName(for user: User, among groups: [Group]) -> String {
        let policies = (user.attachedManagedPolicies.map(\.policyName) + user.userPolicyList.map(\.policyName)).sorted()
        let name = String((policies.joined(separator: "-") + "-users").suffix(120))
        let taken = Set(groups.map { $0.groupName.lowercased() })
        var number = 1
        while taken.contains((number == 1 ? name : "\(name)-\(number)").lowercased()) { number += 1 }
        return number == 1 ? name : "\(name)-\(number)"
    }

    /// Returns the reason why the policies cannot be moved; `nil` if they can.
    ///
    /// Source: IAM User Guide, "IAM and AWS STS quotas".
    var obstacle: String? {
        if !isMember, user.groupList.count >= 10 {
            return "the user is in 10 groups, the most that AWS allows: move it out of one first"
        }
        let attached = Set((group.attachedManagedPolicies + user.attachedManagedPolicies).map(\.policyARN))
        if attached.count > 10 {
            return
                "the group \(group.groupName) would have more than the 10 managed policies that AWS allows by default"
        }
        let texts = newInline.map(\.policyDocument.text) + group.groupPolicyList.map(\.policyDocument.text)
        if texts.joined().count(where: { !$0.isWhitespace }) > 5120 {
            return
                "the inline policies of the group \(group.groupName) would exceed the 5,120 characters of AWS's quota: "
                + "make a managed policy of them first"
        }
        return nil
    }

    private var isMember: Bool { user.groupList.contains(group.groupName) }
    private var newAttached: [AttachedPolicy] {
        user.attachedManagedPolicies.filter { !group.attachedManagedPolicies.contains($0) }
            .sorted { $0.policyARN < $1.policyARN }
    }
    private var newInline: [InlinePolicy] {
        user.userPolicyList.filter { policy in
            !group.groupPolicyList.contains { $0.policyName == inlineNames[policy.policyName] }
        }.sorted { $0.policyName < $1.policyName }
    }

    func steps(for target: Fix.Target) throws(Unknown) -> [Step] {
        let fixed = FixedUser(target)
        let name = group.groupName
        let place = ARN(user.arn).map { "arn:\($0.partition):iam::\($0.account)" } ?? ""
        let arn = group.arn.isEmpty ? "\(place):group/\(name)" : group.arn
        func call(_ operation: AWSClient.Operation, _ more: KeyValuePairs<String, JSON> = [:]) -> APICall {
            APICall(
                operation, in: target.region,
                .members([.init("GroupName", .string(name))] + more.map { JSON.Object.Member($0.key, $0.value) }))
        }
        func attachment(_ policy: String) -> Observation {
            Observation(
                call(.listAttachedGroupPolicies, ["MaxItems": 1000]), "AttachedPolicies",
                .first(["PolicyArn": .string(policy)]), .members(["PolicyArn"]))
        }
        func inline(_ policy: String) -> Observation {
            Observation(call(.getGroupPolicy, ["PolicyName": .string(policy)]), "PolicyDocument", .policy)
        }
        // All members receive the group's new policies, so they must be the ones that the evaluator compared.
        let known = Step.Unchanged(
            Observation(call(.getGroup, ["MaxItems": 1000]), "Users", .each("UserName")), is: JSON(members))
        var steps: [Step] = []
        if !exists {
            steps.append(
                Step(
                    "Create the group \(name)", on: arn, for: target.checks,
                    state: Observation(call(.getGroup, ["MaxItems": 1000]), "Group", .members(["GroupName"])),
                    before: .null, call: call(.createGroup), after: ["GroupName": .string(name)],
                    undo: call(.deleteGroup)))
        }
        for policy in newAttached {
            let parameters: KeyValuePairs<String, JSON> = ["PolicyArn": .string(policy.policyARN)]
            steps.append(
                Step(
                    "Attach \(policy.policyName) to the group \(name)", on: arn, for: target.checks,
                    state: attachment(policy.policyARN), before: .null, call: call(.attachGroupPolicy, parameters),
                    after: ["PolicyArn": .string(policy.policyARN)], undo: call(.detachGroupPolicy, parameters),
                    unchanged: [known]))
        }
        for policy in newInline {
            let inlineName = inlineNames[policy.policyName] ?? policy.policyName
            steps.append(
                Step(
                    "Put the inline policy \(inlineName) in the group \(name)", on: arn, for: target.checks,
                    state: inline(inlineName), before: .null,
                    call: call(
                        .putGroupPolicy,
                        [
                            "PolicyName": .string(inlineName),
                            "PolicyDocument": .string(policy.policyDocument.text),
                        ]), after: try policy.policyDocument.json,
                    undo: call(.deleteGroupPolicy, ["PolicyName": .string(inlineName)]), unchanged: [known]))
        }
        let membership = fixed.groups.one(name)
        if !isMember {
            let parameters: KeyValuePairs<String, JSON> = ["GroupName": .string(name)]
            steps.append(
                Step(
                    "Add \(user.userName) to the group \(name)", on: user.arn, for: target.checks, state: membership,
                    before: .null, call: fixed.call(.addUserToGroup, parameters), after: ["GroupName": .string(name)],
                    undo: fixed.call(.removeUserFromGroup, parameters)))
        }
        let joined = Step.Unchanged(membership, is: ["GroupName": .string(name)])
        var held: [String: [Step.Unchanged]] = [:]
        for policy in user.attachedManagedPolicies {
            let has = Step.Unchanged(attachment(policy.policyARN), is: ["PolicyArn": .string(policy.policyARN)])
            held[policy.policyARN] = [has, joined]
        }
        for policy in user.userPolicyList {
            let has = Step.Unchanged(
                inline(inlineNames[policy.policyName] ?? policy.policyName), is: try policy.policyDocument.json)
            held[policy.policyName] = [has, joined]
        }
        return steps
            + (try fixed.losing(
                user, for: target,
                notes: ["The user keeps the policy through the group \(name): the access of all stays the same."],
                unchanged: held))
    }
}

extension Group {
    /// Whether the group has exactly the policies that the user has itself.
    fileprivate func hasPolicies(of user: User) -> Bool {
        Set(attachedManagedPolicies.map(\.policyARN)) == Set(user.attachedManagedPolicies.map(\.policyARN))
            && Set(groupPolicyList.map(\.policyDocument)) == Set(user.userPolicyList.map(\.policyDocument))
    }
}
