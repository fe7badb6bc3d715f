import Basics
import BitCollections
import IAMPolicy
import Inventory

/// Escalations through identity providers. An actor that controls a provider can act as any identity that the provider
/// vouches for, and so as the roles that trust it.
///
/// Source: IAM User Guide, "Create and manage an IAM SAML identity provider" and "Create an OpenID Connect (OIDC)
/// identity provider in IAM": the metadata document holds the certificates that assertions are checked against; a
/// client ID or thumbprint decides whose tokens are accepted.
extension EscalationGraph {
    mutating func addFederationEdges(of account: Account, _ identities: Identities) {
        var trusting: [String: [(number: Int, isOfAWS: Bool)]] = [:]
        for role in identities.roles {
            guard let number = number(.role, role.arn) else { continue }
            for provider in providers(trustedBy: number) where ARN(provider)?.accountID == account.id {
                trusting[provider, default: []].append((number, role.isOfAWS))
            }
        }
        for (provider, roles) in trusting.sorted(by: { $0.key < $1.key }) {
            if ARN(provider)?.resourceType == "saml-provider" {
                addSAMLEdges(provider, roles, account)
            } else {
                let ways = [
                    ["iam:AddClientIDToOpenIDConnectProvider"], ["iam:UpdateOpenIDConnectProviderThumbprint"],
                    ["iam:CreateOpenIDConnectProvider"],
                ]
                let actors = ways.map { holders(ofAll: $0.map { plain($0, provider, of: account) }) }
                open(
                    Opening(
                        actors: actors.reduce([]) { $0.union($1) }, targets: roles.map(\.number),
                        way: .changing("the client IDs and thumbprints of \(provider), or create it")))
            }
        }
    }

    private mutating func addSAMLEdges(_ provider: String, _ roles: [(number: Int, isOfAWS: Bool)], _ account: Account)
    {
        // A provider that a role trusts may have been deleted. An actor that creates it again decides which identities
        // it vouches for.
        open(
            Opening(
                actors: holders(of: plain("iam:CreateSAMLProvider", provider, of: account)),
                targets: roles.filter { !$0.isOfAWS }.map(\.number),
                way: .changing("which SAML providers exist")))
        for (method, actions) in [
            ("update-saml-provider", ["iam:UpdateSAMLProvider"]),
            ("replace-saml-provider", ["iam:DeleteSAMLProvider", "iam:CreateSAMLProvider"]),
        ] {
            let calls = actions.map { plain($0, provider, of: account) }
            let actors = holders(ofAll: calls)
            for role in roles {
                if role.isOfAWS {
                    // AWS does not document whether the provider of IAM Identity Center can be changed.
                    open(
                        Opening(
                            actors: actors, targets: [role.number],
                            way: .changing("the metadata of identity providers of IAM Identity Center")))
                } else {
                    add(
                        Edge(
                            method: method, target: role.number, resource: provider, calls: calls, power: .becoming),
                        from: actors)
                }
            }
        }
    }

    /// The identity providers whose users can assume a role: ARNs, or the names of public ones.
    func providers(trustedBy role: Int) -> [String] {
        guard let side = sides[role] else { return [] }
        return ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"].flatMap { action in
            landscape.outsiders(action, side, context: [:]).filter { $0.kind == .provider }.map(\.name)
        }.uniqued
    }
}
