import AWSClient
import Basics
import Inventory
import Posture

/// A disabled key stops log delivery; a deleted key makes all log files that it encrypted unreadable.
struct TrailKeyEnabled: Check {
    let about = About(
        id: "trail-key-enabled",
        title: "KMS keys used by trails should be enabled and not pending deletion",
        practice: .logEncryption, severity: .critical,
        risk: "If the key is deleted, log files that were encrypted with it cannot be recovered.",
        remedy: "Cancel the deletion or enable the key. Delete a key only if no log file needs it.",
        sources: ["AWS KMS Developer Guide: Key states of AWS KMS keys"],
        reads: [.trails, .keyDescription])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailKeys) { key throws(Unknown) in
            let description = try key.description.value
            let evidence = [
                Evidence("KeyState", .string(description.keyState), from: .describeKey),
                Evidence("DeletionDate", JSON(description.deletionDate), from: .describeKey),
            ]
            if let date = description.deletionDate {
                return .fail("The key will be deleted in \(reading.days(until: date).days)", evidence)
            }
            return description.isUsable
                ? .pass("The key is enabled", evidence)
                : .fail("The key state is \(description.keyState)", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the key is enabled") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample)
            },
            .passes("the key is being updated") {
                $0.hold(trails: .sample)
                $0.hold(keys: described { $0.keyState = "Updating" })
            },
            .fails("the key is disabled") {
                $0.hold(trails: .sample)
                $0.hold(keys: described { $0.keyState = "Disabled" })
            },
            .fails("the key is pending deletion") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: described {
                        $0.keyState = "PendingDeletion"
                        $0.deletionDate = Criteria.sample.daysAgo(-7)
                    })
            },
            .unknown("the key cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample { $0.description = .denied(.describeKey) })
            },
            .unknown("the key belongs to another account") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample { $0.description = .elsewhere(.describeKey) })
            },
        ]
    }

    private func described(_ change: (inout KeyDescription) -> Void) -> EncryptionKey {
        .sample { $0.description = .known(.sample(change)) }
    }
}
