import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// CloudTrail puts the trail's ARN into the encryption context: a key policy that requires it serves these trails only.
struct TrailKeyEncryptionContext: Check {
    let about = About(
        id: "trail-key-encryption-context",
        title: "Key policies of trails should restrict CloudTrail by encryption context",
        practice: .logEncryption, severity: .medium,
        risk: "Any AWS account can use your key for its trails, which adds cost and untrusted encrypted files.",
        judges: """
            Every statement that allows CloudTrail to use kms:GenerateDataKey must require \
            kms:EncryptionContext:aws:cloudtrail:arn or aws:SourceArn with trails of the account whose trails use the \
            key (the management account for an organization trail), aws:SourceAccount with this account, or \
            aws:SourceOrgID with your organization, unless another statement denies the requests for trails of others. \
            If several are required, as AWS recommends, none may exclude this account; the evidence states whether \
            aws:SourceArn is required. Statements for any principal that require a principal of an account do not apply to CloudTrail. \
            A policy without a statement for CloudTrail fails, and so does a policy that denies the requests of \
            CloudTrail for a trail, because CloudTrail cannot encrypt.
            """,
        remedy: """
            Add a condition to the statement: kms:EncryptionContext:aws:cloudtrail:arn like the trails of the account, \
            and aws:SourceArn equal to the trail.
            """,
        sources: ["AWS CloudTrail User Guide: Configure AWS KMS key policies for CloudTrail"],
        reads: [.trails, .keyPolicy, .keyDescription, .organization])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailKeys) { key throws(Unknown) in
            let trails = reading.trailsEncrypting(with: key)
            let document = try key.policy.value
            let policy = try reading.policy(document, from: .getKeyPolicy)
            let statements = policy.statementsAdmittingCloudTrail(to: "kms:GenerateDataKey")
            let pinsSourceARN = !statements.isEmpty && statements.allSatisfy { $0.pins("aws:SourceArn") }
            let evidence = [
                Evidence("Policy", .string(document.text), from: .getKeyPolicy),
                Evidence("aws:SourceArn", .bool(pinsSourceARN), from: .derived),
            ]
            guard !statements.isEmpty else {
                return .fail("Key policy does not allow CloudTrail: no trail can encrypt", evidence)
            }
            for statement in statements {
                let grant = CloudTrailGrant(
                    statement: statement, action: "kms:GenerateDataKey",
                    resource: (try? key.description.value.arn) ?? "*")
                if let others = try grant.others(in: policy, besides: trails, reading) {
                    return .fail("\(statement.title) allows CloudTrail to encrypt for \(others.trails)", evidence)
                }
            }
            for trail in trails {
                let request = policy.access(
                    ofCloudTrail: "kms:GenerateDataKey", on: try key.description.value.arn, for: trail,
                    reading.organizationContext(of: trail).adding(trail.encryptionContext))
                if let refusal = request.refusal {
                    return .fail("CloudTrail cannot encrypt for a trail: \(refusal)", evidence)
                }
            }
            return .pass("The key policy allows CloudTrail to encrypt for your trails only", evidence)
        }
    }
}
