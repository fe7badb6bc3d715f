import AWSClient
import Basics
import Inventory
import Posture

/// A key that is disabled stops the trail; a key that is deleted takes the whole log with it.
struct TrailKeyEnabled: Check {
    let about = About(
        id: "trail-key-enabled",
        title: "Every key that a trail encrypts with is enabled and not about to be deleted",
        practice: .logEncryption, severity: .critical,
        risk: "When the key is gone, nobody can ever read the log files that were encrypted with it.",
        remedy: "Cancel the key's deletion or enable it again; delete a key only when no file needs it any more.",
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
                ? .pass("The key is usable", evidence)
                : .fail("The key's state is \(description.keyState)", evidence)
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
            .fails("the key is about to be deleted") {
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
