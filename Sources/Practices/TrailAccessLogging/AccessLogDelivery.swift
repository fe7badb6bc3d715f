import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Request by which Amazon S3 delivers access logs, and its evaluation by the receiving bucket.
///
/// Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging", section "Permissions for log delivery".
struct AccessLogDelivery {
    static let service = "logging.s3.amazonaws.com"
    static let group = "http://acs.amazonaws.com/groups/s3/LogDelivery"

    enum Admission {
        case byPolicy([Evidence])
        case byACL([Evidence])
        case denied([Evidence])
        /// A resource control policy of the organization denies it.
        case deniedByOrganization([Evidence])
        case notMentioned([Evidence])
    }

    private let target: Bucket
    private let reading: Reading
    private let object: String
    private let owner: String
    private let sourceARN: String

    init(from source: Bucket, to target: Bucket, as logging: BucketLogging, in reading: Reading) {
        self.target = target
        self.reading = reading
        let region = (try? source.region.value) ?? "us-east-1"
        let folders =
            logging.targetObjectKeyFormat?.partitionedPrefix == nil
            ? "" : "\(reading.id)/\(region)/\(source.name)/2026/01/01/"
        let key = "\(logging.targetPrefix)\(folders)2026-01-01-00-00-00-0123456789ABCDEF"
        object = "arn:\(reading.partition):s3:::\(target.name)/\(key)"
        owner = reading.id
        sourceARN = "arn:\(reading.partition):s3:::\(source.name)"
    }

    /// Whether the policy or the ACL allows the delivery, and no resource control policy denies it. A policy can deny a
    /// delivery that the ACL allows, so the ACL alone decides nothing.
    /// - Throws: `Unknown` also if that depends on a condition key whose value in the delivery cannot be predicted.
    func admission() throws(Unknown) -> Admission {
        let admission = try admissionByBucket()
        switch admission {
        case .denied, .deniedByOrganization, .notMentioned: return admission
        case .byPolicy, .byACL: break
        }
        let levels = try reading.resourceControls.value
        guard !levels.documents.isEmpty else { return admission }
        let access = access(under: Policy(statements: [.everything]), below: levels)
        if access.isRuledOut {
            let names = Set(access.denials.map(\.policy)).sorted()
            return .deniedByOrganization([
                Evidence("ResourceControlPolicies", JSON(names), from: .listPoliciesForTarget)
            ])
        }
        guard access.isCertain else { throw .unforeseen(access.requirement) }
        return admission
    }

    private func admissionByBucket() throws(Unknown) -> Admission {
        let document = try target.policy.value
        let policy = try reading.policy(document, from: .getBucketPolicy) ?? Policy(statements: [])
        let evidence = [Evidence("Policy", JSON(document?.text), from: .getBucketPolicy).about(target.name)]
        let denials = access(under: policy.with(policy.statements.filter { $0.effect == .deny } + [.everything]))
        if denials.isRuledOut { return .denied(evidence) }
        let grants = access(under: policy.with(policy.statements.filter { $0.effect == .allow }))
        if denials.isCertain, grants.isCertain { return .byPolicy(evidence) }
        if grants.isCertain { throw .unforeseen(denials.requirement) }
        let list = try target.grants.value
        let evidenceOfBoth = evidence + [Evidence("Grants", list.evidence, from: .getBucketACL).about(target.name)]
        guard list.admitLogDelivery else {
            if grants.isRuledOut { return .notMentioned(evidenceOfBoth) }
            throw .unforeseen(grants.requirement)
        }
        guard denials.isCertain else { throw .unforeseen(denials.requirement) }
        return .byACL(evidenceOfBoth)
    }

    /// Evaluates the delivery under one bucket policy and the organization's policies.
    private func access(under policy: Policy, below levels: [ControlLevel] = []) -> Access {
        var context = RequestContext(ofService: Self.service, facing: [policy] + levels.documents)
            .adding(reading.contextOfOwnServices)
        context["aws:SourceArn"] = .single(sourceARN)
        context["s3:ResourceAccount"] = .single(owner)
        let request = AccessRequest(
            .service(Self.service), "s3:PutObject", on: object, ownedBy: owner, context: context)
        return PolicySet(resource: NamedPolicy("bucket policy", policy), resourceControl: levels).access(for: request)
    }
}

extension Policy {
    /// Returns the policy with these statements only.
    fileprivate func with(_ statements: [Statement]) -> Policy { Policy(version: version, statements: statements) }
}

extension Statement {
    /// Allows everyone everything, so that only denials have an effect.
    fileprivate static let everything = Statement(
        effect: .allow, principals: .only([.everyone]), actions: .only(["*"]), resources: .only(["*"]))
}

extension Unknown {
    fileprivate static func unforeseen(_ requirement: AccessRequirement) -> Unknown {
        let key = requirement.firstKey ?? "a policy variable"
        return Unknown(
            .failed,
            detail: """
                whether the target allows log delivery depends on \(key), which cannot be determined in advance
                """)
    }
}

extension AccessRequirement {
    /// The first condition key that it depends on.
    fileprivate var firstKey: String? {
        switch self {
        case .always, .never: nil
        case .applies(let statement), .appliesNot(let statement): statement.conditions.first?.key
        case .all(let parts), .any(let parts): parts.lazy.compactMap(\.firstKey).first
        }
    }
}

extension [BucketGrant] {
    fileprivate var admitLogDelivery: Bool {
        let permissions = Set(filter { $0.grantee.uri == AccessLogDelivery.group }.map(\.permission))
        return permissions.contains("FULL_CONTROL") || permissions.isSuperset(of: ["WRITE", "READ_ACP"])
    }
}

extension [BucketGrant] {
    /// The grants as `GetBucketAcl` returns them, without display names.
    var evidence: JSON {
        .array(map { .object(["Grantee": .string($0.grantee.name), "Permission": .string($0.permission)]) })
    }
}
