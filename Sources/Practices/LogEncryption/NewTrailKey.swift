import AWSClient
import Basics
import Inventory
import Posture

/// A KMS key that a plan creates for the log files of the account's trails in one Region. A tag distinguishes it, so
/// that a run whose answer from AWS is lost finds the key again, and a later plan uses it instead of another new one.
struct NewTrailKey {
    static let calls: Set<AWSClient.Operation> = [.createKey, .createAlias, .enableKeyRotation]
    private static let tag = "parapet:trail-key"

    private let region: String
    /// 1 for the first key of the Region, which no later key has again.
    private let number: Int
    private let policy: PolicyText
    private let alias: String
    private let aliasARN: String

    /// - Parameter made: the answer to ``made(in:)``.
    init(in region: String, for reading: Reading, made: JSON) {
        self.region = region
        let numbers = (made.elements ?? []).flatMap { $0["Tags"]?.elements ?? [] }
            .filter { $0["Key"]?.text == Self.tag }.compactMap { $0["Value"]?.text.flatMap { Int($0) } }
        number = (numbers.filter { $0 < Int.max }.max() ?? 0) + 1
        alias = "alias/parapet-cloudtrail" + (number == 1 ? "" : "-\(number)")
        aliasARN = "arn:\(reading.partition):kms:\(region):\(reading.id):\(alias)"
        let trails = reading.trails.filter { trail in
            trail.accountID == reading.id && trail.kmsKeyID == nil && reading.bucket(of: trail)?.region == region
        }
        let needs = CloudTrailNeeds(trails)
        var text = PolicyText(.null)
        text.append([
            "Sid": "EnableIAMPolicies", "Effect": "Allow",
            "Principal": ["AWS": .string("arn:\(reading.partition):iam::\(reading.id):root")],
            "Action": "kms:*", "Resource": "*",
        ])
        text.append(needs.encryptionStatement(reading.partition))
        text.append(needs.descriptionStatement)
        text.admitReaders(reading.settings.trailAccess?.readers ?? [], in: reading)
        policy = text
    }

    /// Observes the keys in the Region that Parapet created for trails.
    static func made(in region: String) -> Observation {
        Observation(resources([:], in: region), "ResourceTagMappingList")
    }

    /// Returns the keys in the answer to ``made(in:)``.
    static func keys(_ made: JSON) -> [TrailKey] {
        (made.elements ?? []).compactMap { $0["ResourceARN"]?.text }.sorted().map { TrailKey($0) }
    }

    private static func resources(_ filter: JSON, in region: String) -> APICall {
        APICall(
            .getResources, in: region,
            [
                "ResourceTypeFilters": ["kms:key"],
                "TagFilters": [.members([.init("Key", .string(tag))] + (filter.object?.members ?? []))],
            ])
    }

    private var existence: Observation {
        Observation(
            Self.resources(["Values": [.string("\(number)")]], in: region), "ResourceTagMappingList", .first([:]),
            .members([]))
    }

    /// The ARN, which AWS chooses.
    var kept: Step.Kept {
        Step.Kept(
            "key \(number) for CloudTrail log files in \(region)", query: "KeyMetadata.Arn",
            at: "ResourceTagMappingList", .first([:]), "ResourceARN")
    }

    /// Returns the steps that create the key. It remains after undoing, because files that were delivered meanwhile can
    /// be read only with it.
    ///
    /// Source: AWS KMS API Reference, "CreateKey" and "CreateAlias".
    func creation(for target: Fix.Target) -> [Step] {
        let key: JSON = ["KeyId": kept.reference]
        func left(_ step: Step) -> Step {
            var step = step
            step.risk = .reversibleWithLoss
            return step
        }
        return [
            left(
                Step(
                    "Create a KMS key for CloudTrail log files in \(region)", on: aliasARN, for: target.checks,
                    state: existence, before: .null,
                    call: APICall(
                        .createKey, in: region,
                        [
                            "Description": .string(kept.name),
                            "Policy": .string(policy.document.written(.compact)),
                            "Tags": [["TagKey": .string(Self.tag), "TagValue": .string("\(number)")]],
                        ]), after: [:], undo: nil,
                    losses: ["The key stays: files that are delivered meanwhile can be read only with it."],
                    notes: [
                        "Once nobody needs these files: aws kms schedule-key-deletion --region \(region) --key-id ARN "
                            + "--pending-window-in-days 30",
                        "A later plan uses the key again, instead of creating another one.",
                    ], cost: "AWS KMS charges monthly for the key, and for its use.", keeps: kept)),
            left(
                Step(
                    "Rotate the new key every year", on: aliasARN, for: target.checks,
                    state: Observation(
                        APICall(.getKeyRotationStatus, in: region, key), .members(["KeyRotationEnabled"])),
                    before: ["KeyRotationEnabled": false], call: APICall(.enableKeyRotation, in: region, key),
                    after: ["KeyRotationEnabled": true], undo: nil,
                    losses: ["The rotation of the new key stays enabled."])),
            left(
                Step(
                    "Give the new key the name \(alias)", on: aliasARN, for: target.checks,
                    state: Observation(
                        APICall(.describeKey, in: region, ["KeyId": .string(aliasARN)]), "KeyMetadata",
                        .members(["Arn"])),
                    before: .null,
                    call: APICall(
                        .createAlias, in: region, ["AliasName": .string(alias), "TargetKeyId": kept.reference]),
                    after: ["Arn": kept.reference], undo: nil,
                    losses: ["The alias of the new key stays."])),
        ]
    }
}
