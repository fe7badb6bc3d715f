import IAMPolicy
import Inventory

/// A bucket's access control list, converted to policy statements, so that a denial in the bucket policy overrides its
/// grants. The ACLs of objects are not read: they say nothing about the bucket.
///
/// Source: Amazon S3 User Guide, "Access control list (ACL) overview", the table of ACL permissions and policy permissions.
struct AccessControlList {
    private let statements: [Statement]
    private let source: String?
    /// Whether a grant for anyone, or for anyone with an AWS account, is in force.
    let isPublic: Bool
    private(set) var doubts = Doubts()

    init(of bucket: Bucket, ignoresPublicGrants: Fact<Bool>) {
        source = bucket.grants.source
        let grants: [BucketGrant]
        do throws(Unknown) {
            grants = try bucket.grants.value
        } catch {
            statements = []
            isPublic = false
            doubts.mayAllow.append(error)
            return
        }
        var publicGrants = grants.filter { Self.publicGroups[$0.grantee.name] != nil }
        if !publicGrants.isEmpty {
            do throws(Unknown) {
                if try ignoresPublicGrants.value { publicGrants = [] }
            } catch {
                doubts.mayDeny.append(error)
            }
        }
        // The owner has one grant of its own. The list does not say which of several grantees is the owner.
        let others = Set(grants.map(\.grantee.name).filter { !$0.contains("/") })
        if others.count > 1 {
            doubts.mayAllow.append(
                Unknown(
                    .anotherAccount, call: "s3:GetBucketAcl",
                    detail: "the access control list of \(bucket.name) names \(others.count) accounts by canonical ids")
            )
        }
        isPublic = !publicGrants.isEmpty
        statements = publicGrants.flatMap { grant in
            Self.statements(for: grant, to: Self.publicGroups[grant.grantee.name] ?? "", on: bucket.name)
        }
    }

    private static let publicGroups = [
        "http://acs.amazonaws.com/groups/global/AllUsers": "AllUsers",
        "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "AuthenticatedUsers",
    ]

    private static let actions: [String: [ActionPattern]] = [
        "READ": ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
        "WRITE": ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
        "READ_ACP": ["s3:GetBucketAcl"], "WRITE_ACP": ["s3:PutBucketAcl"],
    ]

    private static func statements(for grant: BucketGrant, to group: String, on bucket: String) -> [Statement] {
        let granted =
            grant.permission == "FULL_CONTROL" ? actions.values.flatMap { $0 } : actions[grant.permission] ?? []
        guard !granted.isEmpty else { return [] }
        return [
            Statement(
                sid: "\(grant.permission) for \(group) in the access control list", effect: .allow,
                principals: .only([.everyone]), actions: .only(granted.sorted { $0.text < $1.text }),
                resources: .only([ResourcePattern("arn:*:s3:::\(bucket)"), ResourcePattern("arn:*:s3:::\(bucket)/*")]))
        ]
    }

    /// The bucket's policy with the list's grants.
    func adding(to policy: NamedPolicy?, of bucket: String) -> NamedPolicy? {
        guard !statements.isEmpty else { return policy }
        var policy = policy ?? NamedPolicy("bucket \(bucket)", Policy(statements: []))
        policy.add(statements, from: source)
        return policy
    }
}
