import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// CloudTrail names the trail in the encryption context: a key policy that demands it serves these trails only.
struct TrailKeyEncryptionContext: Check {
    let about = About(
        id: "trail-key-encryption-context",
        title: "The policy of every trail key admits CloudTrail only for your own trails",
        practice: .logEncryption, severity: .medium,
        risk: """
            CloudTrail encrypts with your key for whomever names it in a trail: files that look like yours, at your \
            expense.
            """,
        judges: """
            Every statement that lets CloudTrail use kms:GenerateDataKey must demand \
            kms:EncryptionContext:aws:cloudtrail:arn with trails of the account whose trails encrypt with the key (an \
            organization's management account for its trail). Where aws:SourceArn or aws:SourceAccount is pinned too, \
            as AWS advises, that account must be among them; the evidence says whether aws:SourceArn is. Statements \
            for everybody that demand a principal of an account are not for CloudTrail. A policy without a statement \
            for it fails, and one that refuses what CloudTrail itself requests for a trail, denials counted: CloudTrail \
            cannot encrypt.
            """,
        remedy: """
            Add to the statement the condition that kms:EncryptionContext:aws:cloudtrail:arn is like the account's \
            trails, and aws:SourceArn equal to the trail.
            """,
        sources: ["AWS CloudTrail User Guide: Configure AWS KMS key policies for CloudTrail"],
        reads: [.trails, .keyPolicy, .keyDescription])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailKeys) { key throws(Unknown) in
            let trails = reading.trailsEncrypting(with: key)
            let document = try key.policy.value
            let statements = try reading.policy(document).statementsAdmittingCloudTrail(to: "kms:GenerateDataKey")
            let pinsSourceARN = !statements.isEmpty && statements.allSatisfy { $0.pins("aws:SourceArn") }
            let evidence = [
                Evidence("Policy", .string(document.text), from: .getKeyPolicy),
                Evidence("aws:SourceArn", .bool(pinsSourceARN), from: .getKeyPolicy),
            ]
            guard !statements.isEmpty else {
                return .fail("The key policy does not admit CloudTrail: no trail can encrypt", evidence)
            }
            for statement in statements {
                if let others = othersServed(by: statement, besides: trails) {
                    return .fail("\(statement.title) lets CloudTrail encrypt for \(others)", evidence)
                }
            }
            for trail in trails {
                let request = try reading.policy(document).access(
                    ofCloudTrail: "kms:GenerateDataKey", on: key.description.value.arn, for: trail,
                    trail.encryptionContext)
                if let refusal = request.refusal {
                    return .fail("CloudTrail cannot encrypt for a trail: \(refusal)", evidence)
                }
            }
            return .pass("The key policy demands a trail of yours in the encryption context", evidence)
        }
    }

    /// The encryption context must settle it; a pinned source must not contradict it.
    private func othersServed(by statement: Statement, besides trails: [Trail]) -> TrailOwners.Others? {
        let owners = TrailOwners(of: statement, besides: trails)
        return owners.others(pinnedBy: [TrailOwners.encryptionContext])
            ?? owners.others(pinnedBy: [TrailOwners.encryptionContext] + TrailOwners.source)
    }
}
