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
        let name = "\(prefix)\(user.nameInSecrets)-after-\(old.id)"
        var names: [HandOverName] = []
        for number in 1...9 {
            let next = HandOverName(name: number == 1 ? name : "\(name)-\(number)", region: user.region)
            names.append(next)
            guard let state = observed.known(next.state), !state.isNull else { break }
        }
        return names
    }

    /// Returns a step that creates the secret without a value.
    func creation(for user: FixedUser, _ target: Fix.Target, in reading: Reading) -> Step {
        Step.creatingSecret(
            name, for: "the new access key of \(user.name)",
            description: "Access key of IAM user \(user.name), created by Parapet", for: target.checks,
            partition: reading.partition, account: reading.id, in: region)
    }
}
