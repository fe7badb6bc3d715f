import BitCollections
import IAMPolicy
public import Inventory

/// A policy that is not attached yet, and the escalation that it would allow its holder.
public struct UnattachedPolicy: Sendable {
    public var policy: ManagedPolicy
    /// The escalation path of a user that holds only this policy; `nil` if there is none.
    public var path: EscalationPath?
    /// The reason why it is not known whether there is a path.
    public var undetermined: Unknown?
}

extension Landscape {
    /// Finds the escalations of customer managed policies that are attached to no principal and are no boundary.
    ///
    /// Each policy is given to a hypothetical user. The account also gets a hypothetical administrator, and an
    /// administrator role that every modeled service can assume. So a document is evaluated by its content, even if the
    /// account has no target for an escalation today.
    ///
    /// - Returns: each policy, and the facts that could not be read and may hide paths.
    public func unattachedPolicies() -> (judged: [UnattachedPolicy], hiding: [Unknown]) {
        var held: [(holder: String, policy: ManagedPolicy)] = []
        var copies = accounts
        for index in copies.indices {
            guard case .known(var identities) = copies[index][.identities].state else { continue }
            let prefix = "arn:\(copies[index].partition):iam::\(copies[index].id)"
            let policies = identities.policies.filter {
                !$0.isAWSManaged && $0.attachmentCount == 0 && $0.permissionsBoundaryUsageCount == 0
            }
            guard !policies.isEmpty else { continue }
            for policy in policies {
                let name = "parapet-holder-of-\(policy.policyName)"
                let holder = "\(prefix):user/\(name)"
                held.append((holder, policy))
                identities.users.append(
                    User(
                        userName: name, arn: holder,
                        attachedManagedPolicies: [
                            AttachedPolicy(policyName: policy.policyName, policyARN: policy.arn)
                        ]))
            }
            identities.addAdministrators(prefix)
            copies[index][.identities] = .known(identities)
        }
        guard !held.isEmpty else { return ([], []) }
        let landscape = Landscape(copies, at: moment)
        let holders = held.map { landscape.population.number(of: .user(arn: $0.holder)) }
        var search = EscalationSearch(
            graph: EscalationGraph(of: landscape, hypothetical: Set(holders.compactMap(\.self))))
        let hiding = (landscape.hiding + search.graph.doubts).uniqued
        let imagined = Set(
            landscape.principals.indices.filter { landscape.principals[$0].name == Self.administratorName })
        let judged = zip(held, holders).map { held, number in
            guard let number else { return UnattachedPolicy(policy: held.policy) }
            if let unread = landscape.unreadPrincipals[number] {
                return UnattachedPolicy(policy: held.policy, undetermined: unread)
            }
            guard !search.isAdministrator(number) else { return UnattachedPolicy(policy: held.policy) }
            let path = search.path(from: number)
            return UnattachedPolicy(
                policy: held.policy, path: path,
                undetermined: path == nil ? hiding.first ?? search.opening(from: number, imagined: imagined) : nil)
        }
        return (judged, hiding)
    }

    fileprivate static let administratorName = "parapet-administrator"
}

extension Identities {
    fileprivate mutating func addAdministrators(_ prefix: String) {
        let everything = InlinePolicy(
            policyName: "everything",
            policyDocument: PolicyDocument(
                #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#))
        let services = Set(ComputeService.all.map(\.principal)).sorted().map { "\"\($0)\"" }.joined(separator: ",")
        let name = Landscape.administratorName
        users.append(User(userName: name, arn: "\(prefix):user/\(name)", userPolicyList: [everything]))
        roles.append(
            Role(
                roleName: name, arn: "\(prefix):role/\(name)",
                assumeRolePolicyDocument: PolicyDocument(
                    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":[\#(services)]},"Action":"sts:AssumeRole"}}"#
                ),
                rolePolicyList: [everything],
                instanceProfileList: [.init(arn: "\(prefix):instance-profile/\(name)")]))
    }
}
