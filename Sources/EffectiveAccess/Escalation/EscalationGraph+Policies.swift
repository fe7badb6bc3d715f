import BitCollections
import IAMPolicy
import Inventory

/// Policies written, attached, chosen or joined.
extension EscalationGraph {
    mutating func addPolicyEdges(of account: Account, _ identities: Identities) {
        let administrator = "arn:\(account.partition):iam::aws:policy/AdministratorAccess"
        let groups = identities.groups.map { ways(through: $0, of: account, identities, administrator) }
        for user in identities.users {
            addGrowth("user", .user, user.arn, user.permissionsBoundary, of: account, administrator)
            guard let number = number(.user, user.arn) else { continue }
            let own = Set(user.groupList)
            for group in groups {
                for way in group.ways where way.isForMembers == own.contains(group.name) {
                    add(
                        Edge(
                            method: way.method, target: number, resource: group.arn, calls: [way.call],
                            power: .raising(way.policies)), from: way.holders)
                }
            }
        }
        for role in identities.roles where !role.isOfAWS {
            addGrowth("role", .role, role.arn, role.permissionsBoundary, of: account, administrator)
        }
        for policy in identities.policies where !policy.isAWSManaged {
            addVersionEdges(of: policy, account, identities)
        }
    }

    /// What somebody can do to a group, for its members or for those who are yet to join.
    private struct GroupWay {
        var method: String
        var call: PlannedCall
        var holders: BitSet
        var isForMembers: Bool
        var policies: [NamedPolicy]
    }

    private func ways(
        through group: Group, of account: Account, _ identities: Identities, _ administrator: String
    ) -> (name: String, arn: String, ways: [GroupWay]) {
        let attach = PlannedCall(
            action: "iam:AttachGroupPolicy", resource: GuardedResource(group.arn, ownedBy: account.id),
            context: ["iam:PolicyARN": .single(administrator)])
        let put = plain("iam:PutGroupPolicy", group.arn, of: account)
        let join = plain("iam:AddUserToGroup", group.arn, of: account)
        let joining = holders(of: join)
        let joined = joining.isEmpty ? [] : policies(of: group, identities)
        let ways = [
            GroupWay(
                method: "attach-group-policy", call: attach, holders: holders(of: attach), isForMembers: true,
                policies: [Self.administrator]),
            GroupWay(
                method: "put-group-policy", call: put, holders: holders(of: put), isForMembers: true,
                policies: [Self.administrator]),
            GroupWay(
                method: "add-user-to-group", call: join, holders: joined.isEmpty ? [] : joining, isForMembers: false,
                policies: joined),
        ]
        return (group.groupName, group.arn, ways.filter { !$0.holders.isEmpty })
    }

    /// Attaching or writing a policy, for a user or role.
    private mutating func addGrowth(
        _ word: String, _ kind: Landscape.Principal.Kind, _ arn: String, _ boundary: PermissionsBoundary?,
        of account: Account,
        _ administrator: String
    ) {
        guard let number = number(kind, arn) else { return }
        let name = kind == .user ? "User" : "Role"
        // A statement may demand that whoever gets a policy has a certain boundary.
        var context: RequestContext = [
            "iam:PermissionsBoundary": boundary?.permissionsBoundaryARN.map { .single($0) } ?? .several([])
        ]
        let put = PlannedCall(
            action: "iam:Put\(name)Policy", resource: GuardedResource(arn, ownedBy: account.id), context: context)
        context["iam:PolicyARN"] = .single(administrator)
        let attach = PlannedCall(
            action: "iam:Attach\(name)Policy", resource: GuardedResource(arn, ownedBy: account.id), context: context)
        for (method, call) in [("attach-\(word)-policy", attach), ("put-\(word)-policy", put)] {
            add(
                Edge(
                    method: method, target: number, resource: arn, calls: [call],
                    power: .raising([Self.administrator])),
                from: holders(of: call))
        }
        addUnbinding(word, number, arn, boundary?.permissionsBoundaryARN, of: account, administrator)
    }

    /// Deleting a boundary, or putting one in its place that limits nothing.
    private mutating func addUnbinding(
        _ word: String, _ number: Int, _ arn: String, _ boundary: String?, of account: Account, _ administrator: String
    ) {
        guard let boundary else { return }
        let name = word == "user" ? "User" : "Role"
        for (verb, context) in [("Delete", boundary), ("Put", administrator)] {
            let call = PlannedCall(
                action: "iam:\(verb)\(name)PermissionsBoundary", resource: GuardedResource(arn, ownedBy: account.id),
                context: ["iam:PermissionsBoundary": .single(context)])
            add(
                Edge(
                    method: "\(verb.lowercased())-\(word)-permissions-boundary", target: number, resource: arn,
                    calls: [call], power: .unbinding),
                from: holders(of: call))
        }
    }

    /// A new version of a policy, or an older one made the default, for all who hold the policy.
    private mutating func addVersionEdges(of policy: ManagedPolicy, _ account: Account, _ identities: Identities) {
        let holding = holdersOf(policy.arn, identities)
        guard !holding.isEmpty else { return }
        var calls = [plain("iam:CreatePolicyVersion", policy.arn, of: account)]
        // A policy has five versions at most.
        if policy.policyVersionList.count >= 5 {
            calls.insert(plain("iam:DeletePolicyVersion", policy.arn, of: account), at: 0)
        }
        let creators = holders(ofAll: calls)
        let choosing = plain("iam:SetDefaultPolicyVersion", policy.arn, of: account)
        let choosers = holders(of: choosing)
        var older: [NamedPolicy] = []
        if !choosers.isEmpty {
            do throws(Unknown) {
                for version in policy.otherVersions {
                    older.append(NamedPolicy("\(policy.arn) version \(version.versionID)", try version.document.policy))
                }
            } catch {
                doubts.append(error)
            }
        }
        for number in holding {
            add(
                Edge(
                    method: "create-policy-version", target: number, resource: policy.arn, calls: calls,
                    power: .raising([Self.administrator])), from: creators)
            for version in older {
                add(
                    Edge(
                        method: "set-default-policy-version", target: number, resource: policy.arn,
                        calls: [choosing], power: .raising([version])), from: choosers)
            }
        }
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

    private func policies(of group: Group, _ identities: Identities) -> [NamedPolicy] {
        let inline = group.groupPolicyList.map {
            ("group/\(group.groupName): inline policy \($0.policyName)", $0.policyDocument)
        }
        let attached = group.attachedManagedPolicies.compactMap { attached in
            identities.policies.first { $0.arn == attached.policyARN }.map { ($0.arn, $0.defaultDocument) }
        }
        return (inline + attached).compactMap { name, document in (try? document.policy).map { NamedPolicy(name, $0) } }
    }
}
