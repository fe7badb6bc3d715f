extension Policy {
    /// The statements that let a principal do something, each on the resources and under the conditions that it states.
    ///
    /// - Parameters:
    ///   - action: One action, such as `s3:PutObject`; case does not matter.
    ///   - principal: Who is to be named: itself, its role, its account, or everybody.
    ///   - resource: An ARN that the statement must name too. `nil` asks for any.
    public func statements(
        allowing action: String, to principal: Principal, on resource: String? = nil
    ) -> [Statement] {
        statements.filter { $0.effect == .allow && $0.concerns(action, by: principal, on: resource) }
    }

    /// The statements that keep a principal from doing something, each on the resources and under the conditions that it
    /// states.
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
