import AWSClient
import Basics
import Inventory
import Posture

/// Data that a deleted key encrypted is lost permanently.
struct KeyNotPendingDeletion: Check {
    let about = About(
        id: "kms-key-not-pending-deletion",
        title: "Customer managed KMS keys should not be scheduled for deletion",
        practice: .content, severity: .high,
        risk: "After the key is deleted, data that was encrypted with it cannot be recovered.",
        remedy: "Cancel the deletion if data is still encrypted with the key, and disable the key instead.",
        references: [
            .prowler("kms_cmk_not_deleted_unintentionally"), .securityHub("KMS.3"),
            .config("kms-cmk-not-scheduled-for-deletion"),
        ],
        sources: ["AWS KMS Developer Guide: Delete an AWS KMS key"],
        reads: [.everyKey, .everyKeyDescription], impliedBy: ["trail-key-enabled"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.keys) { key throws(Unknown) in
            let description = try key.description.value
            let evidence = [
                Evidence("KeyState", .string(description.keyState), from: .describeKey),
                Evidence("DeletionDate", JSON(description.deletionDate), from: .describeKey),
            ]
            guard !description.isPendingDeletion else {
                let days = description.deletionDate.map { " in \(reading.days(until: $0).days)" } ?? ""
                return .fail("The key is scheduled for deletion\(days)", evidence)
            }
            return .pass("The key is not scheduled for deletion", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the key is enabled") { $0.hold(everyKey: .sample) },
            .passes("the key is disabled") { $0.hold(everyKey: described { $0.keyState = "Disabled" }) },
            .fails("the key is pending deletion") {
                $0.hold(
                    everyKey: described {
                        $0.keyState = "PendingDeletion"
                        $0.deletionDate = Criteria.sample.daysAgo(-7)
                    })
            },
            .fails("the key is pending deletion of its replicas") {
                $0.hold(everyKey: described { $0.keyState = "PendingReplicaDeletion" })
            },
            .unknown("the key cannot be described") {
                $0.hold(everyKey: .sample { $0.description = .denied(.describeKey) })
            },
            .unknown("the keys cannot be listed") { $0[.everyKey]["us-east-1"] = .denied(.listKeys) },
        ]
    }

    private func described(_ change: (inout KeyDescription) -> Void) -> EncryptionKey {
        .sample { $0.description = .known(.sample(change)) }
    }
}

extension KeyDescription {
    fileprivate var isPendingDeletion: Bool {
        deletionDate != nil || ["PendingDeletion", "PendingReplicaDeletion"].contains(keyState)
    }
}
