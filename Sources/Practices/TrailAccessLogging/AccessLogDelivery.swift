import AWSClient
import IAMPolicy
import Inventory
import Posture

/// The request with which Amazon S3 delivers access logs, and what the receiving bucket says to it.
///
/// Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging", section "Permissions for log delivery".
struct AccessLogDelivery {
    static let service = "logging.s3.amazonaws.com"
    static let group = "http://acs.amazonaws.com/groups/s3/LogDelivery"

    enum Admission {
        case byPolicy([Evidence])
        case byACL([Evidence])
        case denied([Evidence])
        case notMentioned([Evidence])
    }

    private let target: Bucket
    private let request: AccessRequest

    init(from source: String, to target: Bucket, under prefix: String, in account: Account) {
        self.target = target
        request = AccessRequest(
            .service(Self.service), "s3:PutObject",
            on: "arn:\(account.partition):s3:::\(target.name)/\(prefix)2026-01-01-00-00-00-0123456789ABCDEF",
            ownedBy: account.id,
            context: [
                "aws:SourceArn": .single("arn:\(account.partition):s3:::\(source)"),
                "aws:SourceAccount": .single(account.id),
                "aws:PrincipalIsAWSService": "true",
                "aws:PrincipalServiceName": .single(Self.service),
                "aws:SecureTransport": "true",
            ])
    }

    /// Whether the policy or the access control list admits the delivery. A policy may deny what the list allows, so
    /// the list alone settles nothing.
    func admission() throws(Unknown) -> Admission {
        let document = try target.policy.value
        let policy = try document?.policy
        let evidence = [Evidence("Policy", JSONValue(document?.text), from: .getBucketPolicy)]
        if let policy {
            let decision = PolicySet(resource: NamedPolicy("bucket policy", policy)).decision(on: request)
            switch decision.outcome {
            case .allowed: return .byPolicy(evidence)
            case .explicitDeny: return .denied(evidence)
            case .implicitDeny: break
            }
        }
        let grants = try target.grants.value
        let permissions = Set(grants.filter { $0.grantee == Self.group }.map(\.permission))
        let list = evidence + [Evidence("Grants", grants.evidence, from: .getBucketACL)]
        if permissions.contains("FULL_CONTROL") || permissions.isSuperset(of: ["WRITE", "READ_ACP"]) {
            return .byACL(list)
        }
        if let key = policy.flatMap(undeterminedKey) {
            throw Unknown(
                .failed, detail: "whether the target admits log delivery depends on \(key), which cannot be foreseen")
        }
        return .notMentioned(list)
    }

    /// A condition key on which a grant to the service depends and whose value in the delivery is not known here.
    private func undeterminedKey(in policy: Policy) -> String? {
        policy.statements(allowing: request.action, to: .service(Self.service), on: request.resource)
            .flatMap(\.conditions).map(\.key).first { request.context[$0] == nil }
    }
}

extension [BucketGrant] {
    /// As `GetBucketAcl` shows them, without the names of persons.
    var evidence: JSONValue {
        .array(map { .object(["Grantee": .string($0.grantee), "Permission": .string($0.permission)]) })
    }
}
