extension Policy {
    /// The statements that allow a principal an action, each on the resources and under the conditions that it states.
    ///
    /// - Parameters:
    ///   - action: One action, such as `s3:PutObject`; case does not matter.
    ///   - principal: The principal. A statement names it by itself, its role, its account, or all principals.
    ///   - resource: An ARN that the statement must name too. `nil` stands for any.
    public func statements(
        allowing action: String, to principal: Principal, on resource: String? = nil
    ) -> [Statement] {
        statements.filter { $0.effect == .allow && $0.concerns(action, by: principal, on: resource) }
    }

    /// The statements that deny a principal an action, each on the resources and under the conditions that it states.
    public func statements(
        denying action: String, to principal: Principal, on resource: String? = nil
    ) -> [Statement] {
        statements.filter { $0.effect == .deny && $0.concerns(action, by: principal, on: resource) }
    }

    /// The statements of an identity policy, which names no principal, that allow an action.
    public func statements(allowing action: String, on resource: String? = nil) -> [Statement] {
        statements.filter { $0.effect == .allow && $0.actions.match(action) && $0.names(resource) }
    }
}

extension Statement {
    fileprivate func concerns(_ action: String, by principal: Principal, on resource: String?) -> Bool {
        principals?.include(principal) ?? false && actions.match(action) && names(resource)
    }

    fileprivate func names(_ resource: String?) -> Bool {
        guard let resource, let resources = completedResources else { return true }
        return resources.match(resource)
    }
}
