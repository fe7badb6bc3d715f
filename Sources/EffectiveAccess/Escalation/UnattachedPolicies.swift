import BitCollections
import IAMPolicy
public import Inventory

/// What a principal could make of a policy that is attached to nobody yet.
public struct UnattachedPolicy: Sendable {
    public var policy: ManagedPolicy
    /// The way to more power of a user who holds nothing but the policy; `nil` if there is none.
    public var path: EscalationPath?
    /// Why it is not known whether there is one.
    public var undetermined: Unknown?
}

extension Landscape {
    /// The customer's policies that are attached to nobody and bound nobody, each held by a user who does not exist, beside what
    /// exists and an administrator and a role of an administrator that every modeled service may assume: so a document is
    /// judged by what it says, also if the account has no target for it today.
    ///
    /// - Returns: each policy, and what could not be read and may hide ways.
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
        let landscape = Landscape(copies)
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
