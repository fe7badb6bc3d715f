import AWSClient
import Basics
import Inventory
import Posture

/// The name of a secret in AWS Secrets Manager that receives a new access key.
struct HandOverName {
    let name: String
    private let region: String

    var state: Observation { .secret(name, in: region) }

    /// The fact that the secret has no value yet.
    var isEmpty: Step.Unchanged { .init(.secretValue(name, in: region), is: ["VersionIdsToStages": false]) }

    /// Returns the names up to the first that is free, as far as that was observed. A deleted secret keeps its name for
    /// its recovery window.
    static func candidates(
        for user: FixedUser, after old: FixedKey, in reading: Reading, _ observed: Observations
    ) -> [HandOverName] {
        guard let prefix = reading.settings.handOverPrefix else { return [] }
        // A comma is the only character of user names that names of secrets cannot have.
        let name = "\(prefix)\(user.name.filter { $0 != "," })-after-\(old.id)"
        var names: [HandOverName] = []
        for number in 1...9 {
            let next = HandOverName(name: number == 1 ? name : "\(name)-\(number)", region: user.region)
            names.append(next)
            guard let state = observed.known(next.state), !state.isNull else { break }
        }
        return names
    }

    /// Returns a step that creates the secret without a value.
    ///
    /// Source: AWS Secrets Manager API Reference, "CreateSecret" and "DeleteSecret".
    func creation(for user: FixedUser, _ target: Fix.Target, in reading: Reading) -> Step {
        Step(
            "Create secret \(name) for the new access key of \(user.name)",
            on: "arn:\(reading.partition):secretsmanager:\(region):\(reading.id):secret:\(name)", for: target.checks,
            state: state, before: .null,
            call: APICall(
                .createSecret, in: region,
                [
                    "Name": .string(name),
                    "Description": .string("Access key of IAM user \(user.name), created by Parapet"),
                ]), after: ["Name": true, "DeletedDate": false],
            undo: APICall(.deleteSecret, in: region, ["SecretId": .string(name), "RecoveryWindowInDays": 30]),
            risk: .reversibleWithLoss,
            notes: ["Undoing schedules the deletion of the secret after 30 days; until then it can be restored."],
            cost: "AWS Secrets Manager charges monthly for the secret.",
            undone: ["Name": true, "DeletedDate": true])
    }
}
