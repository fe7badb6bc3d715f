import AWSClient
import Inventory
import Posture

extension TrailKeyRotation {
    var examples: [Example] {
        [
            .passes("rotation is enabled") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample)
            },
            .passes("the key is an AWS managed key") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: .sample {
                        $0.description = .known(.sample { $0.keyManager = "AWS" })
                        $0.rotation = .denied(.getKeyRotationStatus)
                    })
            },
            .fails("rotation is disabled") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample { $0.rotation = .known(KeyRotation(keyRotationEnabled: false)) })
            },
            .fails("the key's material was imported") {
                $0.hold(trails: .sample)
                $0.hold(keys: notRotating { $0.origin = "EXTERNAL" })
            },
            .fails("the key is asymmetric") {
                $0.hold(trails: .sample)
                $0.hold(keys: notRotating { $0.keySpec = "RSA_4096" })
            },
            .unknown("the rotation status cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample { $0.rotation = .denied(.getKeyRotationStatus) })
            },
            .unknown("the key cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample { $0.description = .denied(.describeKey) })
            },
        ]
    }

    private func notRotating(_ change: (inout KeyDescription) -> Void) -> EncryptionKey {
        .sample {
            $0.description = .known(.sample(change))
            $0.rotation = .known(KeyRotation(keyRotationEnabled: false))
        }
    }
}
