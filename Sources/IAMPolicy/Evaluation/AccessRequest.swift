import Basics

/// One request: caller, action, resource, and context.
///
/// Source: IAM User Guide, "Components of a request" in "How IAM works".
public struct AccessRequest: Sendable, Hashable {
    public var caller: Caller
    /// The action, such as `s3:GetObject`; case does not matter.
    public var action: String
    /// The resource's ARN, or `*` if the action has no resource.
    public var resource: String
    /// The account that owns the resource. `nil` takes the account in the ARN or, if it has none, the caller's.
    public var resourceAccountID: String?
    public var context: RequestContext
    /// Whether the action has no resource types, so that only the resource `*` of a policy fits.
    public var isWildcardOnly: Bool

    public init(
        _ caller: Caller, _ action: String, on resource: String, ownedBy resourceAccountID: String? = nil,
        context: RequestContext = [:], isWildcardOnly: Bool = false
    ) {
        self.caller = caller
        self.action = action
        self.resource = resource
        self.resourceAccountID = resourceAccountID
        self.context = context
        self.isWildcardOnly = isWildcardOnly
    }

    /// Whether the resource belongs to the caller's own account. Services and anonymous callers have none.
    public var isWithinAccount: Bool {
        guard let account = caller.accountID else { return false }
        if let resourceAccountID { return resourceAccountID == account }
        guard let arn = ARN(resource), !arn.account.isEmpty else { return true }
        return arn.account == account
    }
}
