public import IAMPolicy
public import Inventory

extension ControlLevel {
    /// A level of an organization with its policies.
    /// - Throws: ``Unknown`` if a policy's text cannot be read.
    public init(_ level: PolicyLevel) throws(Unknown) {
        self.init(
            id: level.id,
            policies: try level.policies.map { policy throws(Unknown) in
                NamedPolicy(
                    "organization policy \(policy.name)", try policy.document.policy,
                    from: Facet.organizationPolicies.source,
                    text: policy.document.text)
            })
    }
}
