import Basics
import BitCollections
public import IAMPolicy
public import Inventory

/// The principals that can do an action on a resource, directly or by assuming a role that can.
public struct WhoCan: Sendable {
    public var action: String
    public var resource: String
    /// The users and roles of the inventory, ordered by ARN.
    public var holders: [Holder]
    /// All other principals to which the resource's own policy gives access.
    public var outsiders: [Outsider]
    /// The principals that can by assuming a role among ``holders``.
    public var indirect: [Assumption]
    /// Facts that could not be read and may hide further principals that can.
    public var hiding: [Unknown]

    /// All reasons why the answer is uncertain: facts that may hide further principals, and facts that may deny access
    /// to the principals listed.
    public var doubts: [Unknown] {
        (hiding + holders.flatMap(\.doubts) + outsiders.flatMap(\.doubts) + indirect.flatMap(\.doubts)).uniqued
    }
}

/// A user or role that can do the action itself.
public struct Holder: Sendable {
    public var principal: Landscape.Principal
    public var access: Access
    /// Facts that could not be read and may deny the access.
    public var doubts: [Unknown] = []
}

/// A user, role or outsider that can become a role, step by step.
public struct Assumption: Sendable {
    /// The principal: an ARN, a service principal, or the title of an ``Outsider``.
    public var who: String
    /// The roles in the order in which they are assumed; the last one can do the action itself.
    public var roles: [String]
    /// The access by which each step is made.
    public var steps: [Access]
    /// Facts that could not be read and may deny a step.
    public var doubts: [Unknown] = []

    /// Whether every step is possible whatever the unknown condition keys are.
    public var isCertain: Bool { steps.allSatisfy(\.isCertain) }
}

/// A principal or group of principals, outside the inventory's users and roles, to which a resource's policy gives
/// access.
public struct Outsider: Sendable {
    public enum Kind: String, Sendable {
        /// Anyone, even without an AWS account.
        case everybody
        /// All principals within a limit that a condition sets: an organization, a part of one, a VPC, a VPC endpoint,
        /// or a user ID.
        case group
        /// An account, with the principals that it passes the permission on to.
        case account
        /// A user, role or session that the inventory does not have.
        case principal
        case service
        /// A web identity or SAML provider, for the identities that it vouches for.
        case provider
        /// A principal named in another way: a canonical user, or the identifier that is left of a deleted principal.
        case other
    }

    public var kind: Kind
    /// The name in the policy.
    public var name: String
    public var access: Access
    /// Facts that could not be read and may deny the access.
    public var doubts: [Unknown] = []

    /// The account that it is, or belongs to.
    public var accountID: String? {
        switch kind {
        case .account: name
        case .principal, .provider: ARN(name).map { String($0.account) }
        case .everybody, .group, .service, .other: nil
        }
    }
}

extension Landscape {
    /// Finds the principals that can do `action` on the resource.
    /// - Parameters:
    ///   - resource: an ARN, or `*` for an action without resources.
    ///   - context: the condition keys that are known of the request.
    ///   - following: whether to find also the principals that can assume a role that can.
    public func whoCan(
        _ action: String, _ resource: String, context: RequestContext = [:], following: Bool = true
    ) -> WhoCan {
        let side = self.resource(resource)
        let question = question(action, context: context)
        let possible = question.holders(of: side.guarded).possible
        let holders = possible.map { number in
            Holder(
                principal: principals[number], access: question.access(of: number, to: side.guarded),
                doubts: (side.doubts.mayDeny + unreadLimits(of: number)).uniqued)
        }
        return WhoCan(
            action: action, resource: resource, holders: holders.sorted { $0.principal.arn < $1.principal.arn },
            outsiders: outsiders(action, side, context: context),
            indirect: following ? becoming(Array(possible)) : [],
            hiding: (side.doubts.mayAllow + hiding).uniqued)
    }

    /// The access of one principal, with the facts that could not be read and leave the answer open: facts that may
    /// deny an access that is seen, and facts that may allow one that is not.
    /// - Throws: ``Unknown`` if an identity policy of the principal could not be read.
    public func access(
        of number: Int, _ action: String, _ resource: String, context: RequestContext = [:]
    ) throws(Unknown) -> (access: Access, doubts: [Unknown]) {
        if let unread = unreadPrincipals[number] { throw unread }
        let side = self.resource(resource)
        let access = question(action, context: context).access(of: number, to: side.guarded)
        return (access, (side.doubts + Doubts(mayDeny: unreadLimits(of: number))).about(access))
    }

    // MARK: - Becoming another

    /// The principals that can become one of `targets`, each by the shortest way, without the targets themselves.
    private func becoming(_ targets: [Int]) -> [Assumption] {
        let assume = question("sts:AssumeRole")
        var found: [Assumption] = []
        var seen = Set(targets)
        var ways: [(role: Int, roles: [String], steps: [Access], doubts: [Unknown])] =
            targets.filter { principals[$0].kind == .role }.map {
                ($0, [principals[$0].arn], [], unreadLimits(of: $0))
            }
        var next = 0
        while next < ways.count {
            let way = ways[next]
            next += 1
            let side = resource(principals[way.role].arn)
            for number in assume.holders(of: side.guarded).possible where seen.insert(number).inserted {
                let steps = [assume.access(of: number, to: side.guarded)] + way.steps
                let doubts = (side.doubts.mayDeny + unreadLimits(of: number) + way.doubts).uniqued
                found.append(
                    Assumption(who: principals[number].arn, roles: way.roles, steps: steps, doubts: doubts))
                if principals[number].kind == .role {
                    ways.append((number, [principals[number].arn] + way.roles, steps, doubts))
                }
            }
            for (action, kinds) in Self.waysIn {
                for outsider in outsiders(action, side, context: [:]) where kinds.contains(outsider.kind) {
                    found.append(
                        Assumption(
                            who: outsider.title, roles: way.roles, steps: [outsider.access] + way.steps,
                            doubts: (outsider.doubts + way.doubts).uniqued))
                }
            }
        }
        return found.sorted {
            ($0.roles.count, $0.who, $0.roles.joined()) < ($1.roles.count, $1.who, $1.roles.joined())
        }
    }

    private static let waysIn: [(action: String, kinds: Set<Outsider.Kind>)] = [
        ("sts:AssumeRole", [.everybody, .group, .account, .principal, .service, .other]),
        ("sts:AssumeRoleWithWebIdentity", [.provider]), ("sts:AssumeRoleWithSAML", [.provider]),
    ]
}

extension Outsider {
    /// The outsider as a line of a list: `account 111122223333`, `any principal`, `arn:aws:iam::111122223333:role/x`.
    public var title: String { kind.title(of: name) }
}

extension Outsider.Kind {
    func title(of name: String) -> String {
        switch self {
        case .everybody: "any principal"
        case .group: Outsider.groupTitle(name)
        case .account: "account \(name)"
        case .service, .principal: name
        case .provider: "identities from \(name)"
        case .other: "\(name), which is a deleted principal or a canonical user"
        }
    }
}
