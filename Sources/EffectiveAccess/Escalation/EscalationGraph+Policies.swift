import Basics
import BitCollections
import IAMPolicy
import Inventory

/// Escalations by writing or attaching a policy, by choosing its version, by joining a group that has one, or by removing
/// a policy that denies.
extension EscalationGraph {
    /// Policies that a target can be given, and the calls that it takes.
    struct Gift {
        var calls: [PlannedCall]
        var policies: [NamedPolicy]
    }

    mutating func addPolicyEdges(of account: Account, _ identities: Identities) {
        let groups = identities.groups.map { ways(through: $0, of: account, identities) }
        for user in identities.users {
            guard let number = number(.user, user.arn) else { continue }
            let inline = names(of: user.userPolicyList, heldBy: "user/\(user.userName)")
            addGrowth("user", .user, user.arn, user.permissionsBoundary, inline, of: account, identities)
            addRemovals(
                own: removals(
                    "user", user.arn, user.permissionsBoundary, inline, user.attachedManagedPolicies, of: account),
                through: identities.groups.filter { user.groupList.contains($0.groupName) }, from: number, of: account)
            let own = Set(user.groupList)
            for group in groups {
                for way in group.ways where way.isForMembers == own.contains(group.name) {
                    let overwritten = numbers(of: way.overwritten, heldBy: number)
                    add(
                        Edge(
                            method: way.method, target: number, resource: group.arn, calls: way.gift.calls,
                            power: .raising(way.gift.policies, losing: denials(among: overwritten))),
                        from: way.holders)
                }
            }
        }
        for role in identities.roles where !role.isOfAWS {
            guard let number = number(.role, role.arn) else { continue }
            let inline = names(of: role.rolePolicyList, heldBy: "role/\(role.roleName)")
            addGrowth("role", .role, role.arn, role.permissionsBoundary, inline, of: account, identities)
            addRemovals(
                own: removals(
                    "role", role.arn, role.permissionsBoundary, inline, role.attachedManagedPolicies, of: account),
                through: [], from: number, of: account)
        }
        for policy in identities.policies where !policy.isAWSManaged {
            addVersionEdges(of: policy, account, identities)
        }
    }

    // MARK: - Groups

    /// A way to give policies through a group, to its members or to users that join it first.
    private struct GroupWay {
        var method: String
        var holders: BitSet
        var isForMembers: Bool
        var gift: Gift
        /// The names of the inline policies that the group no longer has.
        var overwritten: Set<String> = []
    }

    private mutating func ways(
        through group: Group, of account: Account, _ identities: Identities
    ) -> (name: String, arn: String, ways: [GroupWay]) {
        let join = plain("iam:AddUserToGroup", group.arn, of: account)
        let joining = holders(of: join)
        var ways: [GroupWay] = []
        func add(_ method: String, _ gift: Gift, overwriting: Set<String> = [], from holders: BitSet) {
            ways.append(
                GroupWay(method: method, holders: holders, isForMembers: true, gift: gift, overwritten: overwriting))
            let joined = Gift(calls: gift.calls + [join], policies: gift.policies)
            ways.append(
                GroupWay(method: method, holders: holders.intersection(joining), isForMembers: false, gift: joined))
        }
        let put = plain("iam:PutGroupPolicy", group.arn, of: account)
        add(
            "put-group-policy", Gift(calls: [put], policies: [.administratorAccess]),
            overwriting: names(of: group.groupPolicyList, heldBy: "group/\(group.groupName)"), from: holders(of: put))
        let attached = attachers("iam:AttachGroupPolicy", to: group.arn, [:], of: account, identities)
        for (holders, gift) in attached.gifts { add("attach-group-policy", gift, from: holders) }
        for (actor, policy) in attached.unread {
            let members = identities.users.filter { user in
                user.groupList.contains(group.groupName) || joining.contains(actor)
            }
            open(
                Opening(
                    actors: [actor], targets: members.compactMap { number(.user, $0.arn) }, way: .attaching(policy)))
        }
        if !joining.isEmpty {
            ways.append(
                GroupWay(
                    method: "add-user-to-group", holders: joining, isForMembers: false,
                    gift: Gift(calls: [join], policies: policies(of: group, identities))))
        }
        return (group.groupName, group.arn, ways.filter { !$0.holders.isEmpty })
    }

    func policies(of group: Group, _ identities: Identities) -> [NamedPolicy] {
        let inline = group.groupPolicyList.map {
            ($0.name(heldBy: "group/\(group.groupName)"), $0.policyDocument)
        }
        let attached = group.attachedManagedPolicies.compactMap { attached in
            identities.policies.first { $0.arn == attached.policyARN }.map { ($0.arn, $0.defaultDocument) }
        }
        return (inline + attached).compactMap { name, document in (try? document.policy).map { NamedPolicy(name, $0) } }
    }

    // MARK: - Users and roles

    /// Adds the edges for writing or attaching a policy of a user or role, and for changing its boundary.
    /// - Parameter inline: the names of its inline policies, which new ones of the same name overwrite.
    private mutating func addGrowth(
        _ word: String, _ kind: Landscape.Principal.Kind, _ arn: String, _ boundary: PermissionsBoundary?,
        _ inline: Set<String>, of account: Account, _ identities: Identities
    ) {
        guard let number = number(kind, arn) else { return }
        let name = kind == .user ? "User" : "Role"
        let context = Self.context(boundedBy: boundary?.permissionsBoundaryARN)
        let put = PlannedCall(
            action: "iam:Put\(name)Policy", resource: GuardedResource(arn, ownedBy: account.id), context: context)
        let overwritten = denials(among: numbers(of: inline, heldBy: number))
        add(
            Edge(
                method: "put-\(word)-policy", target: number, resource: arn, calls: [put],
                power: .raising([.administratorAccess], losing: overwritten)), from: holders(of: put))
        let attached = attachers("iam:Attach\(name)Policy", to: arn, context, of: account, identities)
        for (holders, gift) in attached.gifts {
            add(
                Edge(
                    method: "attach-\(word)-policy", target: number, resource: arn, calls: gift.calls,
                    power: .raising(gift.policies)), from: holders)
        }
        for (actor, policy) in attached.unread {
            open(Opening(actors: [actor], targets: [number], way: .attaching(policy)))
        }
        if let boundary = boundary?.permissionsBoundaryARN {
            addUnbinding(word, number, arn, boundary, of: account, identities)
        }
    }

    /// The condition keys of a request to change a principal that has this boundary. Statements may require a certain
    /// one.
    static func context(boundedBy boundary: String?) -> RequestContext {
        ["iam:PermissionsBoundary": boundary.map { .single($0) } ?? .several([])]
    }

    // MARK: - Attaching

    /// The policies that actors can attach to `arn`: one entry for all actors that can attach AdministratorAccess, and
    /// entries for each of the other actors.
    private mutating func attachers(
        _ action: String, to arn: String, _ context: RequestContext, of account: Account, _ identities: Identities
    ) -> (gifts: [(holders: BitSet, gift: Gift)], unread: [(actor: Int, policy: String)]) {
        var call = PlannedCall(action: action, resource: GuardedResource(arn, ownedBy: account.id), context: context)
        let any = holders(of: call)
        guard !any.isEmpty else { return ([], []) }
        call.context["iam:PolicyARN"] = .single(AWSPolicy.administratorAccess.arn(in: account.partition))
        let all = holders(of: call)
        var gifts = all.isEmpty ? [] : [(all, Gift(calls: [call], policies: [.administratorAccess]))]
        var unread: [(actor: Int, policy: String)] = []
        for actor in any.subtracting(all) {
            let found = attachments(action, to: arn, context, by: actor, of: account, identities)
            gifts += found.gifts.map { ([actor], $0) }
            unread += found.unread.map { (actor, $0) }
        }
        return (gifts, unread)
    }

    /// The policies that an actor can attach to `arn`. If one of them is AdministratorAccess, or a policy that the
    /// actor can create or rewrite to allow everything, it is the only one. Else they are all policies whose document
    /// is known, and the ARNs of AWS managed policies whose document is not.
    mutating func attachments(
        _ action: String, to arn: String, _ context: RequestContext, by actor: Int, of account: Account,
        _ identities: Identities
    ) -> (gifts: [Gift], unread: [String]) {
        let resource = GuardedResource(arn, ownedBy: account.id)
        func attach(_ policy: String) -> PlannedCall {
            PlannedCall(
                action: action, resource: resource, context: context.adding(["iam:PolicyARN": .single(policy)]))
        }
        let named = NamedValues(of: "iam:PolicyARN", in: statements(allowing: action, to: actor))
        let administrator = AWSPolicy.administratorAccess.arn(in: account.partition)
        if named.mayInclude(administrator), can(actor, attach(administrator)) {
            return ([Gift(calls: [attach(administrator)], policies: [.administratorAccess])], [])
        }
        guard can(actor, PlannedCall(action: action, resource: resource, context: context)) else { return ([], []) }
        let prefix = "arn:\(account.partition):iam::\(account.id):"
        let free =
            statements(allowing: "iam:CreatePolicy", to: actor).isEmpty
            ? []
            : freeNames("policy", for: ["iam:CreatePolicy"], by: actor)
                + freeNames("policy", prefix: prefix, among: named.texts ?? [], for: actor)
        for name in free {
            let calls = [plain("iam:CreatePolicy", name, of: account), attach(name)]
            if can(actor, calls) { return ([Gift(calls: calls, policies: [.administratorAccess])], []) }
        }
        var gifts: [Gift] = []
        for policy in identities.policies where named.mayInclude(policy.arn) {
            let call = attach(policy.arn)
            guard can(actor, call) else { continue }
            if let document = try? policy.defaultDocument.policy {
                gifts.append(Gift(calls: [call], policies: [NamedPolicy(policy.arn, document)]))
            }
            guard !policy.isAWSManaged else { continue }
            let rewriting = rewriting(policy, of: account)
            if can(actor, rewriting) {
                return ([Gift(calls: rewriting + [call], policies: [.administratorAccess])], [])
            }
            let choosing = plain("iam:SetDefaultPolicyVersion", policy.arn, of: account)
            if can(actor, choosing) {
                gifts += ((try? policy.older) ?? []).map { Gift(calls: [choosing, call], policies: [$0]) }
            }
        }
        for policy in AWSPolicy.all {
            let arn = policy.arn(in: account.partition)
            if !existing.contains(arn), named.mayInclude(arn), can(actor, attach(arn)) {
                gifts.append(Gift(calls: [attach(arn)], policies: [policy.named]))
            }
        }
        let unread = (named.texts ?? []).filter { value in
            ARN(value)?.account == "aws" && !existing.contains(value) && AWSPolicy.isUnread(value)
        }
        return (gifts, unread)
    }

    // MARK: - Removing

    /// A call that removes policies, which have these names, from a principal.
    private struct Removal {
        var method: String
        var call: PlannedCall
        var names: Set<String>
        /// Whether all of them are removed together.
        var isOfAll = false
    }

    private func names(of inline: [InlinePolicy], heldBy holder: String) -> Set<String> {
        Set(inline.map { $0.name(heldBy: holder) })
    }

    /// The numbers of the principal's policies that have one of these names.
    private func numbers(of names: Set<String>, heldBy number: Int) -> Set<Int> {
        Set(landscape.population.members[number].policies.filter { names.contains(landscape.policies[$0].name) })
    }

    private func denials(among numbers: Set<Int>) -> Set<Int> { numbers.filter { landscape.policies[$0].denies } }

    /// The calls that remove policies from the user, role or group itself.
    private func removals(
        _ word: String, _ arn: String, _ boundary: PermissionsBoundary?, _ inline: Set<String>,
        _ attached: [AttachedPolicy], of account: Account
    ) -> [Removal] {
        let name = "\(word.prefix(1).uppercased())\(word.dropFirst())"
        // No boundary is a condition key of a call on a group.
        let context = word == "group" ? [:] : Self.context(boundedBy: boundary?.permissionsBoundaryARN)
        func removal(_ verb: String, _ context: RequestContext, _ names: Set<String>) -> Removal {
            Removal(
                method: "\(verb.lowercased())-\(word)-policy",
                call: PlannedCall(
                    action: "iam:\(verb)\(name)Policy", resource: GuardedResource(arn, ownedBy: account.id),
                    context: context), names: names)
        }
        return [removal("Delete", context, inline)]
            + attached.map {
                removal("Detach", context.adding(["iam:PolicyARN": .single($0.policyARN)]), [$0.policyARN])
            }
    }

    /// Adds the edges for removing policies that deny. A policy that the principal holds in several ways stays.
    private mutating func addRemovals(
        own: [Removal], through groups: [Group], from number: Int, of account: Account
    ) {
        let shared = groups.flatMap { group -> [Removal] in
            let inline = names(of: group.groupPolicyList, heldBy: "group/\(group.groupName)")
            let single = removals("group", group.arn, nil, inline, group.attachedManagedPolicies, of: account)
            let leaving = Removal(
                method: "remove-user-from-group", call: plain("iam:RemoveUserFromGroup", group.arn, of: account),
                names: single.reduce(into: []) { $0.formUnion($1.names) }, isOfAll: true)
            return single + [leaving]
        }
        let leaving = shared.filter(\.isOfAll)
        for removal in own + shared {
            let others = (own + leaving).filter { $0.call.resource.arn != removal.call.resource.arn }
            let all = numbers(of: removal.names.subtracting(others.flatMap(\.names)), heldBy: number)
            let denying = denials(among: all)
            guard !denying.isEmpty else { continue }
            add(
                Edge(
                    method: removal.method, target: number, resource: removal.call.resource.arn,
                    calls: [removal.call], power: .raising([], losing: removal.isOfAll ? all : denying)),
                from: holders(of: removal.call))
        }
    }

    // MARK: - Boundaries

    /// Adds the edges for deleting a boundary, or replacing it by another one.
    private mutating func addUnbinding(
        _ word: String, _ number: Int, _ arn: String, _ boundary: String, of account: Account, _ identities: Identities
    ) {
        let name = word == "user" ? "User" : "Role"
        func call(_ verb: String, _ context: RequestContext) -> PlannedCall {
            PlannedCall(
                action: "iam:\(verb)\(name)PermissionsBoundary", resource: GuardedResource(arn, ownedBy: account.id),
                context: context)
        }
        func edge(_ verb: String, _ call: PlannedCall, _ boundaries: [NamedPolicy]) -> Edge {
            Edge(
                method: "\(verb)-\(word)-permissions-boundary", target: number, resource: arn, calls: [call],
                power: .bounding(boundaries))
        }
        let deleting = call("Delete", Self.context(boundedBy: boundary))
        add(edge("delete", deleting, []), from: holders(of: deleting))
        let administrator = AWSPolicy.administratorAccess.arn(in: account.partition)
        let putting = call("Put", Self.context(boundedBy: administrator))
        let free = holders(of: putting)
        add(edge("put", putting, []), from: free)
        for actor in holders(of: call("Put", [:])).subtracting(free) {
            for (policy, document) in boundaries(
                named: statements(allowing: putting.action, to: actor), account, identities)
            {
                let putting = call("Put", Self.context(boundedBy: policy))
                if policy != boundary, can(actor, putting) { add(edge("put", putting, [document]), from: [actor]) }
            }
        }
    }

    /// The policies with a known document that the statements accept as boundaries: the ones that a condition names, or
    /// all.
    func boundaries(
        named statements: [Statement], _ account: Account, _ identities: Identities
    ) -> [(arn: String, document: NamedPolicy)] {
        let values = NamedValues(of: "iam:PermissionsBoundary", in: statements)
        let read = identities.policies.compactMap { policy in
            (try? policy.defaultDocument.policy).map { (policy.arn, NamedPolicy(policy.arn, $0)) }
        }
        let known = AWSPolicy.all.map { ($0.arn(in: account.partition), $0.named) }
            .filter { !existing.contains($0.0) }
        return (known + read).filter { values.mayInclude($0.0) }
    }

    // MARK: - Versions

    /// The calls that give a policy a new document.
    private func rewriting(_ policy: ManagedPolicy, of account: Account) -> [PlannedCall] {
        let create = plain("iam:CreatePolicyVersion", policy.arn, of: account)
        // A policy has five versions at most.
        return policy.policyVersionList.count < 5
            ? [create] : [plain("iam:DeletePolicyVersion", policy.arn, of: account), create]
    }

    /// Adds the edges for creating a version of a policy, or making an older one the default, for all principals that
    /// hold the policy or are bounded by it.
    private mutating func addVersionEdges(of policy: ManagedPolicy, _ account: Account, _ identities: Identities) {
        let holding = holdersOf(policy.arn, identities)
        let bounded = boundedBy(policy.arn, identities)
        guard !holding.isEmpty || !bounded.isEmpty else { return }
        let calls = rewriting(policy, of: account)
        let creators = holders(ofAll: calls)
        let choosing = plain("iam:SetDefaultPolicyVersion", policy.arn, of: account)
        let choosers = holders(of: choosing)
        var older: [NamedPolicy] = []
        if !choosers.isEmpty {
            do throws(Unknown) { older = try policy.older } catch { doubts.append(error) }
        }
        func add(_ number: Int, _ power: ([NamedPolicy]) -> Power, rewritten: [NamedPolicy]) {
            self.add(
                Edge(
                    method: "create-policy-version", target: number, resource: policy.arn, calls: calls,
                    power: power(rewritten)), from: creators)
            for version in older {
                self.add(
                    Edge(
                        method: "set-default-policy-version", target: number, resource: policy.arn,
                        calls: [choosing], power: power([version])), from: choosers)
            }
        }
        for number in holding {
            let replaced = numbers(of: [policy.arn], heldBy: number)
            add(number, { .raising($0, losing: replaced) }, rewritten: [.administratorAccess])
        }
        for number in bounded { add(number, Power.bounding, rewritten: []) }
    }

    private func holdersOf(_ policy: String, _ identities: Identities) -> [Int] {
        let groups = Set(
            identities.groups.filter { $0.attachedManagedPolicies.contains { $0.policyARN == policy } }.map(\.groupName)
        )
        let users = identities.users.filter { user in
            user.attachedManagedPolicies.contains { $0.policyARN == policy }
                || user.groupList.contains { groups.contains($0) }
        }
        let roles = identities.roles.filter { role in role.attachedManagedPolicies.contains { $0.policyARN == policy } }
        return users.compactMap { number(.user, $0.arn) } + roles.compactMap { number(.role, $0.arn) }
    }

    private func boundedBy(_ policy: String, _ identities: Identities) -> [Int] {
        identities.users.filter { $0.permissionsBoundary?.permissionsBoundaryARN == policy }
            .compactMap { number(.user, $0.arn) }
            + identities.roles.filter { $0.permissionsBoundary?.permissionsBoundaryARN == policy }
            .compactMap { number(.role, $0.arn) }
    }
}

extension ManagedPolicy {
    /// The documents of the versions that are not the default.
    fileprivate var older: [NamedPolicy] {
        get throws(Unknown) {
            try otherVersions.map { version throws(Unknown) in
                NamedPolicy("\(arn) version \(version.versionID)", try version.document.policy)
            }
        }
    }
}

/// The values of a condition key for which statements allow their actions.
private struct NamedValues {
    /// The values as written; `nil` if one of the statements leaves the key open.
    let texts: [String]?
    private let patterns: [WildcardPattern]?

    init(of key: String, in statements: [Statement]) {
        let values = statements.map { $0.pinnedValues(of: key) }
        texts = values.contains(nil) ? nil : values.compactMap(\.self).flatMap(\.self).uniqued
        // Only the evaluation knows what a variable stands for.
        let hasVariables = texts?.contains { $0.contains("${") } ?? false
        patterns = hasVariables ? nil : texts?.map { WildcardPattern($0, ignoringCase: true) }
    }

    /// Whether the value can be one of them. This only filters: the evaluation decides.
    func mayInclude(_ value: String) -> Bool { patterns?.contains { $0.matches(value) } ?? true }
}
