import BitCollections
import IAMPolicy
import Inventory

/// Permissions that depend on the tags of the calling principal, if the principal can change its own tags.
///
/// Source: IAM User Guide, "Controlling access to and for IAM users and roles using tags", which advises to limit who may tag.
extension EscalationGraph {
    mutating func addTagOpenings(of account: Account, _ identities: Identities) {
        let kinds: [(action: String, kind: Landscape.Principal.Kind, arns: [String])] = [
            ("iam:TagUser", .user, identities.users.map(\.arn)),
            ("iam:TagRole", .role, identities.roles.filter { !$0.isOfAWS }.map(\.arn)),
        ]
        let trusts = identities.roles.compactMap { number(.role, $0.arn) }.compactMap { role in
            sides[role]?.policy.flatMap(Self.statementByTags).map { (role, $0) }
        }
        for (action, kind, arns) in kinds {
            for arn in arns {
                guard let number = number(kind, arn), holders(of: plain(action, arn, of: account)).contains(number)
                else { continue }
                let assumed = Set((edges[number] ?? []).map(\.target))
                let member = landscape.population.members[number]
                let own = (member.policies + member.boundaries).map { landscape.policies[$0] }
                let statement =
                    own.compactMap(Self.statementByTags).first ?? trusts.first { assumed.contains($0.0) }?.1
                guard let statement else { continue }
                open(Opening(actors: [number], targets: [number], way: .tagging(statement)))
            }
        }
    }

    /// The first statement that applies to other requests if its caller has other tags.
    private static func statementByTags(of policy: NamedPolicy) -> DecidingStatement? {
        policy.policy.statements.enumerated().first { $0.element.dependsOnTagsOfCaller }.map { index, statement in
            let label = statement.sid ?? ""
            return DecidingStatement(
                policy: policy.name, statement: label.isEmpty ? "[\(index)]" : label, effect: statement.effect)
        }
    }
}

extension Statement {
    fileprivate var dependsOnTagsOfCaller: Bool {
        let key = "aws:principaltag/"
        let texts: [String] =
            switch resources {
            case .only(let patterns)?, .allExcept(let patterns)?: patterns.map(\.text)
            case nil: []
            }
        return conditions.contains { condition in
            condition.key.lowercased().hasPrefix(key)
                || condition.values.contains { $0.lowercased().contains("${\(key)") }
        } || texts.contains { $0.lowercased().contains("${\(key)") }
    }
}
