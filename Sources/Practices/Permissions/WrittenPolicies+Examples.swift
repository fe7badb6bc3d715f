import Inventory

// Setters that the checks' examples share.

extension Account {
    /// Sets this statement as the customer managed policy, and as the sample role's inline policy.
    mutating func hold(policy statement: String, in homes: [WrittenPolicies.Home] = WrittenPolicies.Home.allCases) {
        hold(policy: PolicyDocument(statements: statement), in: homes)
    }

    mutating func hold(
        policy document: PolicyDocument, in homes: [WrittenPolicies.Home] = WrittenPolicies.Home.allCases
    ) {
        hold(
            roles: homes.contains(.inline)
                ? [.sample { $0.rolePolicyList = [InlinePolicy(policyName: "own", policyDocument: document)] }] : [],
            policies: homes.contains(.managed) ? [.sample { $0.defaultDocument = document }] : [])
    }
}
