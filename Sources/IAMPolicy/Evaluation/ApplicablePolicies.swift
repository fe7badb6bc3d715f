import Basics

/// The policies of a set that apply to one request, and the request prepared for matching.
struct ApplicablePolicies {
    let request: AccessRequest
    let prepared: PreparedRequest
    /// Whether the resource belongs to the caller's own account.
    let isWithinAccount: Bool
    let identity: [CompiledPolicy]
    let resource: CompiledPolicy?
    let boundaries: [CompiledPolicy]
    let session: CompiledPolicy?
    let serviceControl: [CompiledLevel]
    let resourceControl: [CompiledLevel]
    let vpcEndpoint: [CompiledPolicy]
    /// Whether S3 denies the request because the bucket's policy is public and restricted.
    let isBlockedAsPublic: Bool

    init(of policies: PolicySet, to request: AccessRequest) {
        let caller = request.caller
        let isLimitless = caller.isServiceLinkedRole
        self.request = request
        isWithinAccount = request.isWithinAccount
        identity = caller.isIAMEntity ? policies.identity : []
        resource = Self.isOwnerRepairingBucketPolicy(request) ? nil : policies.resource
        // A service-linked role cannot have a boundary.
        boundaries = caller.isIAMEntity && !isLimitless ? policies.boundaries : []
        session = caller.isIAMEntity ? policies.session : nil
        // Service control policies limit the principals of an account: not AWS services, and not service-linked roles.
        serviceControl = caller.accountID == nil || isLimitless ? [] : policies.serviceControl
        resourceControl =
            ResourceControlScope.covers(action: request.action.lowercased(), on: request.resource, by: caller)
            ? policies.resourceControl : []
        vpcEndpoint = policies.vpcEndpoint
        prepared = PreparedRequest(request, isBounded: !boundaries.isEmpty)
        isBlockedAsPublic =
            policies.restrictsPublicBucket && prepared.action.hasPrefix("s3:") && !isWithinAccount
            && !caller.isService
    }

    /// Whether the action is allowed to every caller that signs the request, and no policy can deny it.
    ///
    /// Source: AWS STS API Reference, "GetCallerIdentity".
    var needsNoPermission: Bool {
        prepared.action == "sts:getcalleridentity" && request.caller != .anonymous
    }

    /// Whether the resource's own policy must allow the action, even within one account. This is so for KMS keys and
    /// roles.
    ///
    /// Source: AWS KMS Developer Guide, "Key policies in AWS KMS"; IAM User Guide, "How IAM roles differ from resource-based
    /// policies".
    var needsResourcePolicy: Bool { Self.needResourcePolicy(prepared.action, request.resource) }

    /// - Parameter action: in lower case.
    static func needResourcePolicy(_ action: String, _ resource: String) -> Bool {
        guard let arn = ARN(resource) else { return false }
        switch arn.service {
        case "kms": return action.hasPrefix("kms:") && arn.resource.hasPrefix("key/")
        case "iam": return action.hasPrefix("sts:") && arn.resource.hasPrefix("role/")
        default: return false
        }
    }

    /// Whether the root user of a bucket's account reads, replaces or deletes the bucket's policy. It is allowed to,
    /// whatever the policy says, so that no owner is locked out.
    ///
    /// Source: Amazon S3 API Reference, "PutBucketPolicy", "GetBucketPolicy" and "DeleteBucketPolicy".
    private static func isOwnerRepairingBucketPolicy(_ request: AccessRequest) -> Bool {
        guard case .root = request.caller, request.isWithinAccount else { return false }
        return ["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"].contains(
            request.action.lowercased())
    }

    /// The policies on the caller's side, which name no principal.
    var callersPolicies: [CompiledPolicy] {
        serviceControl.flatMap(\.policies) + identity + boundaries + (session.map { [$0] } ?? [])
    }

    /// The policies that name principals: the policies on the resource's side and those of the VPC endpoint.
    var resourcesPolicies: [CompiledPolicy] {
        resourceControl.flatMap(\.policies) + vpcEndpoint + (resource.map { [$0] } ?? [])
    }
}

extension Caller {
    /// Whether identity policies, boundaries and session policies apply to the caller.
    fileprivate var isIAMEntity: Bool {
        switch self {
        case .user, .role, .session, .federatedUser: true
        case .anonymous, .root, .service: false
        }
    }

    fileprivate var isService: Bool {
        if case .service = self { true } else { false }
    }
}
