import Basics

/// An owner of the resources for which a service acts, such as trails.
public enum SourceOwner: Sendable, Hashable {
    /// Any account.
    case anybody
    case account(String)
    /// Any account of an organization.
    case organization(String)
}

/// The requests that a service makes with its service principal for the resources of others.
public struct ServiceRequests: Sendable {
    /// The service principal, such as `cloudtrail.amazonaws.com`.
    public var service: String
    /// A resource as the service's ARNs end, such as `trail/name`.
    public var resource: String
    /// The keys that hold the ARN of the resource.
    public var arnKeys: [String]
    /// The other keys that are known of each request.
    public var context: RequestContext

    public init(of service: String, for resource: String, naming arnKeys: [String], context: RequestContext) {
        self.service = service
        self.resource = resource
        self.arnKeys = arnKeys
        self.context = context
    }
}

extension Policy {
    /// Returns the owners, besides one's own accounts, for whose resources a service can use a statement. They may not be
    /// able to if an unknown key decides. A denial counts if their requests certainly meet its conditions and it denies
    /// all that the statement grants.
    ///
    /// A condition that a request without the key meets does not limit the statement, because not all services send the
    /// keys about the source.
    ///
    /// Source: IAM User Guide, "The confused deputy problem".
    ///
    /// - Parameters:
    ///   - grant: The statement, with the actions and resources that the service needs alone.
    ///   - own: The IDs of one's own accounts.
    public func ownersServed(
        by grant: Statement, in requests: ServiceRequests, besides own: Set<String>
    ) -> [SourceOwner] {
        let denials = statements.filter {
            $0.effect == .deny && $0.principals?.include(.service(requests.service)) ?? true
        }
        let strangers = Strangers(
            to: grant, under: denials, in: own.min() ?? "", isOpenToAnonymous: false, sources: requests.arnKeys)
        var demanding = grant
        demanding.conditions.removeAll { !grant.demandsKey($0) }
        let uses = strangers.sources(in: requests, besides: own).filter { _, request in
            guard holds(demanding, in: request) != .no else { return false }
            let met = denials.filter { holds($0, in: request) == .yes }.map { denial in
                var met = denial
                met.conditions = []
                met.principals = .only([.everyone])
                return met
            }
            return !Policy(version: version, statements: met).deniesEverything(in: grant)
        }
        let owners = Set(uses.map(\.owner))
        return [.anybody].filter(owners.contains)
            + owners.filter { $0 != .anybody }.sorted { "\($0)" < "\($1)" }
    }

    private func holds(_ statement: Statement, in request: RequestContext) -> Truth {
        .all(statement.conditions.map { CompiledCondition($0, version: version).holds(in: request) })
    }
}

extension Strangers {
    /// The requests of a service for strangers, and for others that the conditions name.
    fileprivate func sources(
        in requests: ServiceRequests, besides own: Set<String>
    ) -> [(owner: SourceOwner, request: RequestContext)] {
        let service = requests.service.prefix { $0 != "." }
        let named = values(of: ["aws:SourceAccount"]) + values(of: requests.arnKeys).compactMap { ARN($0)?.accountID }
        let ids =
            accounts.map { ($0, SourceOwner.anybody) }
            + Set(named.filter(AccountID.isValid)).sorted().map { ($0, .account($0)) }
        return ids.filter { !own.contains($0.0) }.flatMap { id, owner in
            let arns =
                values(of: requests.arnKeys).compactMap { example(of: $0, in: id, beginning: requests.resource) }
                .filter { ARN($0)?.service == service }
                + ["arn:aws:\(service):us-east-1:\(id):\(requests.resource)"]
            return sourceOrganizations.flatMap { organization, group in
                arns.map { arn in
                    var request = requests.context.adding(organization.context("Source"))
                    request["aws:SourceAccount"] = .single(id)
                    for key in requests.arnKeys { request[key] = .single(arn) }
                    request.isComplete = false
                    return (owner == .anybody ? group : owner, request)
                }
            }
        }
    }

    /// Organizations of strangers, and those that conditions about the source name.
    private var sourceOrganizations: [(Organization, SourceOwner)] {
        let paths =
            values(of: ["aws:SourceOrgID"]).map { "\($0)/r-aaaa/" }
            + values(of: ["aws:SourceOrgPaths"]).map { $0.filled("", one: "0") }
        let named = paths.filter { !$0.prefix { $0 != "/" }.hasWildcards && $0.hasPrefix("o-") }
        return organizations.map { ($0, .anybody) }
            + named.map { (.path($0), .organization(String($0.prefix { $0 != "/" }))) }
    }
}
