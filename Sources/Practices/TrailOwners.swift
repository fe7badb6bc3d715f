import IAMPolicy
import Inventory
import Posture

/// A statement that allows CloudTrail an action on a trail's bucket or key.
struct CloudTrailGrant {
    var statement: Statement
    var action: String
    /// What the action is made on: an ARN, or a pattern for the objects of a bucket.
    var resource: String

    static let encryptionContext = "kms:EncryptionContext:aws:cloudtrail:arn"

    /// The statement for this action and resource alone.
    private var narrowed: Statement {
        var narrowed = statement
        narrowed.actions = .only([ActionPattern(action)])
        let whole = Resources.only([ResourcePattern(resource)])
        if !(statement.resources.map(whole.cover) ?? false) { narrowed.resources = whole }
        return narrowed
    }

    /// Returns the owners of other trails for which CloudTrail can use the statement, as far as no other statement of
    /// the policy denies it; `nil` if there are none.
    ///
    /// Source: IAM User Guide, "The confused deputy problem"; AWS CloudTrail User Guide, "Amazon S3 bucket policy for
    /// CloudTrail" and "Configure AWS KMS key policies for CloudTrail".
    ///
    /// - Parameter trails: the trails of the account; for an organization trail, the owner is the management account.
    /// - Throws: ``Inventory/Unknown`` if the organization of the account decides and is not known.
    func others(in policy: Policy, besides trails: [Trail], _ reading: Reading) throws(Unknown) -> SourceOwner? {
        let isOfKey = action.hasPrefix("kms:")
        let requests = ServiceRequests(
            of: Policy.cloudTrail, for: "trail/stranger",
            naming: ["aws:SourceArn"] + (isOfKey ? [Self.encryptionContext] : []),
            context: policy.contextOfCloudTrail.adding(isOfKey ? ["kms:EncryptionContextKeys": Trail.contextKeys] : [:])
        )
        for owner in policy.ownersServed(by: narrowed, in: requests, besides: Set(trails.map(\.accountID))) {
            if case .organization(let id) = owner, try reading[.organization].value?.id == id { continue }
            return owner
        }
        return nil
    }
}

extension SourceOwner {
    /// The trails of the owner, such as `trails of any account`.
    var trails: String {
        switch self {
        case .anybody: "trails of any account"
        case .account(let id): "trails of account \(id)"
        case .organization(let id): "trails of organization \(id)"
        }
    }
}

extension Statement {
    /// Title of the statement at the beginning of a message.
    var title: String { sid.map { "Statement \($0)" } ?? "A statement" }
}
