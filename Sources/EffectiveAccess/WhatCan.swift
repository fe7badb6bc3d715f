public import IAMPolicy
public import Inventory
import BitCollections

/// The permissions of a principal: the grants of its policies within its limits, and the roles that it can assume.
public struct WhatCan: Sendable {
    /// A grant of a statement, with its effective access.
    public struct Permission: Sendable {
        /// The actions and resources as the statement writes them; `all but …` for `NotAction` and `NotResource`.
        public var actions: String
        public var resources: String
        /// The access of a request that stands for the whole grant. Denials of a particular action or resource do not
        /// show in it: see ``denials``.
        public var access: Access
        public var source: DecidingStatement
        /// The denials that remove a part of the grant, under their conditions.
        public var denials: [Denial] = []
    }

    /// A Deny statement of the principal's policies, its boundary, or its account's service control policies.
    public struct Denial: Sendable, Hashable {
        /// The actions and resources as the statement writes them; `all but …` for `NotAction` and `NotResource`.
        public var actions: String
        public var resources: String
        public var isConditional: Bool
        public var source: DecidingStatement
    }

    public var principal: Landscape.Principal
    public var permissions: [Permission]
    /// The roles that it can assume, directly or through others, by the shortest way.
    public var roles: [Assumption]
    /// Facts that could not be read and may remove permissions or roles.
    public var doubts: [Unknown]
}

extension Landscape {
    /// The permissions of a principal and the roles that it can assume.
    /// - Throws: ``Unknown`` if an identity policy of the principal could not be read.
    public func whatCan(_ number: Int) throws(Unknown) -> WhatCan {
        if let unread = unreadPrincipals[number] { throw unread }
        let account = principals[number].accountID
        let denials = denials(of: number)
        let permissions = grants(of: number).map { grant in
            WhatCan.Permission(
                actions: grant.actions, resources: grant.resources,
                access: population.access(
                    of: number, grant.sample.action, on: sampleResource(grant.sample.resource, of: account),
                    context: assumedContext),
                source: grant.source,
                denials: denials.filter { statement, _ in
                    statement.actions.overlap(grant.elements.actions)
                        && statement.completedResources?.overlap(grant.elements.resources) ?? false
                }.map(\.denial))
        }
        return WhatCan(
            principal: principals[number], permissions: permissions, roles: rolesWithinReach(of: number),
            doubts: unreadLimits(of: number))
    }

    private func denials(of number: Int) -> [(statement: Statement, denial: WhatCan.Denial)] {
        let member = population.members[number]
        let account = account(principals[number].accountID)
        let controls = member.caller.isServiceLinkedRole ? [] : account.map(serviceControls(of:)) ?? []
        let own = (member.policies + member.boundaries).uniqued.map { policies[$0] }
        return (own + controls).flatMap { policy in
            policy.policy.statements.enumerated().filter { $0.element.effect == .deny }.map { index, statement in
                let label = statement.sid.flatMap { $0.isEmpty ? nil : $0 } ?? "[\(index)]"
                return (
                    statement,
                    WhatCan.Denial(
                        actions: statement.actions.words, resources: statement.resources?.words ?? "",
                        isConditional: !statement.conditions.isEmpty,
                        source: DecidingStatement(policy: policy.name, statement: label, effect: .deny))
                )
            }
        }
    }

    private func rolesWithinReach(of start: Int) -> [Assumption] {
        let assume = question("sts:AssumeRole")
        let sides = principals.indices.filter { principals[$0].kind == .role }.map {
            ($0, resource(principals[$0].arn))
        }
        let holders = sides.map { assume.holders(of: $0.1.guarded).possible }
        var found: [Assumption] = []
        var seen: Set<Int> = [start]
        var ways: [(at: Int, roles: [String], steps: [Access], doubts: [Unknown])] = [(start, [], [], [])]
        var next = 0
        while next < ways.count {
            let way = ways[next]
            next += 1
            for ((role, side), holders) in zip(sides, holders)
            where holders.contains(way.at) && seen.insert(role).inserted {
                let roles = way.roles + [principals[role].arn]
                let steps = way.steps + [assume.access(of: way.at, to: side.guarded)]
                let doubts = (way.doubts + side.doubts.mayDeny + unreadLimits(of: way.at)).uniqued
                found.append(Assumption(who: principals[start].arn, roles: roles, steps: steps, doubts: doubts))
                ways.append((role, roles, steps, doubts))
            }
        }
        return found
    }
}
