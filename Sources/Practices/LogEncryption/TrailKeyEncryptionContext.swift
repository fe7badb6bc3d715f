import AWSClient
import IAMPolicy
import Inventory
import Posture

/// CloudTrail names the trail in the encryption context: a key policy that demands it serves these trails only.
struct TrailKeyEncryptionContext: Check {
    let about = About(
        id: "trail-key-encryption-context",
        title: "The policy of every trail key admits CloudTrail only for your own trails",
        practice: .logEncryption,
        severity: .medium,
        risk: """
            CloudTrail encrypts with your key for whomever names it in a trail: files that look like yours, at your \
            expense.
            """,
        judges: """
            Every statement that lets cloudtrail.amazonaws.com use kms:GenerateDataKey must demand \
            kms:EncryptionContext:aws:cloudtrail:arn with trails of a fixed account. Whether aws:SourceArn is pinned \
            too, as AWS advises, stands in the evidence. A policy without such a statement fails: CloudTrail cannot \
            encrypt.
            """,
        remedy: """
            Add to the statement the condition that kms:EncryptionContext:aws:cloudtrail:arn is like the account's \
            trails, and aws:SourceArn equal to the trail.
            """,
        sources: ["AWS CloudTrail User Guide: Configure AWS KMS key policies for CloudTrail"],
        reads: [.trails, .keyPolicy])

    private static let contextKey = "kms:EncryptionContext:aws:cloudtrail:arn"

    func evaluate(_ account: Account, by criteria: Criteria) throws(Unknown) -> [Verdict] {
        try account.judgeTrailKeys { key, _ throws(Unknown) in
            let document = try key.policy.value
            let statements = try document.policy.statements(
                allowing: "kms:GenerateDataKey", to: .service("cloudtrail.amazonaws.com"))
            let pinsSourceARN = !statements.isEmpty && statements.allSatisfy { $0.pins("aws:SourceArn") }
            let evidence = [
                Evidence("Policy", .string(document.text), from: .getKeyPolicy),
                Evidence("aws:SourceArn", .bool(pinsSourceARN), from: .getKeyPolicy),
            ]
            guard !statements.isEmpty else {
                return .fail("The key policy does not admit CloudTrail: no trail can encrypt", evidence)
            }
            return statements.allSatisfy(demandsOwnTrails)
                ? .pass("The key policy demands a trail of yours in the encryption context", evidence)
                : .fail("The key policy admits CloudTrail without demanding a trail of yours", evidence)
        }
    }

    private func demandsOwnTrails(_ statement: Statement) -> Bool {
        guard let trails = statement.pinnedValues(of: Self.contextKey), !trails.isEmpty else { return false }
        return trails.allSatisfy { ARN($0)?.hasFixedAccount ?? false }
    }

    var examples: [Example] {
        [
            .passes("the statement demands the account's trails in the context") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample)
            },
            .fails("the statement demands nothing") {
                $0.hold(trails: .sample)
                $0.hold(keys: admitting("{}"))
            },
            .fails("the statement demands any trail") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: admitting(
                        #"{"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:*:trail/*"}}"#
                    ))
            },
            .fails("CloudTrail is not admitted") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: .sample {
                        $0.policy = .known(PolicyDocument(statements: PolicyDocument.keyAdministration))
                    })
            },
            .unknown("the policy cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample { $0.policy = .denied(.getKeyPolicy) })
            },
        ]
    }

    private func admitting(_ condition: String) -> EncryptionKey {
        .sample {
            $0.policy = .known(
                PolicyDocument(
                    statements: #"""
                        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
                         "Action": "kms:GenerateDataKey*", "Resource": "*", "Condition": \#(condition)}
                        """#))
        }
    }
}
