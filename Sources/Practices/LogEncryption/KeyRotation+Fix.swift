import AWSClient
import Basics
import Inventory
import Posture

extension LogEncryption {
    static let keyRotationFix = Fix(
        "key-rotation", "Enables automatic rotation of the KMS key.",
        checks: ["trail-key-rotation", "kms-key-rotation"], calls: [.enableKeyRotation, .disableKeyRotation]
    ) { target, _, _ in
        [rotation(of: target)]
    } propose: { target, _, observed throws(Unknown) in
        let before = try observed[rotation(of: target)]
        if let obstacle = obstacle(to: target) { return .declined(obstacle) }
        let key: JSON = ["KeyId": .string(target.resource.arn)]
        return .steps([
            Step(
                "Enable automatic rotation of \(target.resource.id)", on: target.resource.arn, for: target.checks,
                state: rotation(of: target), before: before,
                call: APICall(.enableKeyRotation, in: target.region, key), after: ["KeyRotationEnabled": true],
                undo: APICall(.disableKeyRotation, in: target.region, key),
                notes: ["Old key material stays usable for decryption: nothing has to be encrypted again."],
                cost: "AWS KMS charges monthly for the first two rotations of a key.")
        ])
    }

    private static func rotation(of target: Fix.Target) -> Observation {
        Observation(
            APICall(.getKeyRotationStatus, in: target.region, ["KeyId": .string(target.resource.arn)]),
            .members(["KeyRotationEnabled"]))
    }

    /// Returns the reason in the evidence why the key does not support automatic rotation; `nil` if it does.
    private static func obstacle(to target: Fix.Target) -> String? {
        let evidence = target.findings.flatMap(\.evidence)
        func text(_ fact: String) -> String? { evidence.first { $0.fact == fact }?.value.text }
        if let origin = text("Origin"), origin != "AWS_KMS" {
            return "a key with material from \(origin) cannot rotate by itself: give the trail another key"
        }
        if let kind = text("KeySpec"), kind != "SYMMETRIC_DEFAULT" {
            return "a key of the kind \(kind) cannot rotate by itself: give the trail another key"
        }
        return nil
    }
}
