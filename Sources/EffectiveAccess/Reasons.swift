public import IAMPolicy
public import Inventory

extension Landscape {
    /// The decision for a principal if the request has no context besides `context`. If no context can make the request
    /// allowed, the decision names the stage at which the evaluation stops.
    /// - Throws: ``Unknown`` if a policy of the principal could not be read.
    public func decision(
        of number: Int, _ action: String, _ resource: String, context: RequestContext = [:]
    ) throws(Unknown) -> Decision {
        if let unread = unreadPrincipals[number] { throw unread }
        return question(action, context: context).decision(of: number, to: self.resource(resource).guarded)
    }

    /// The statement that a decision about a principal and a resource cites, as it was written; `nil` if none of their
    /// policies has the cited name.
    public func quotation(of citation: DecidingStatement, by number: Int?, on resource: String) -> Quotation? {
        let own = number.map { population.members[$0] }.map { ($0.policies + $0.boundaries).map { policies[$0] } } ?? []
        let side = self.resource(resource)
        let candidates =
            own + (side.policy.map { [$0] } ?? []) + resourceControls.values.flatMap { $0 }.flatMap(\.policies)
        for policy in candidates + accounts.flatMap(serviceControls(of:)) where policy.name == citation.policy {
            for (index, statement) in policy.policy.statements.enumerated() where statement.effect == citation.effect {
                let label = statement.sid.flatMap { $0.isEmpty ? nil : $0 } ?? "[\(index)]"
                if label == citation.statement {
                    return Quotation(
                        text: policy.text(of: index), index: index, sid: statement.sid, version: policy.version)
                }
            }
        }
        return nil
    }

    func serviceControls(of account: Account) -> [NamedPolicy] {
        let levels = (try? account[.organizationPolicies].value.serviceControl) ?? []
        return levels.compactMap { try? ControlLevel($0) }.flatMap(\.policies)
    }
}

/// A statement as it was written.
public struct Quotation: Sendable, Hashable {
    /// On one line, with its own order, spelling and lists.
    public var text: String
    /// Its place in the policy, counted from 0.
    public var index: Int
    public var sid: String?
    /// The version of a managed policy, such as `v3`.
    public var version: String?

    public init(text: String, index: Int, sid: String? = nil, version: String? = nil) {
        self.text = text
        self.index = index
        self.sid = sid
        self.version = version
    }
}
