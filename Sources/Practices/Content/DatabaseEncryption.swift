import Basics
import Inventory
import Posture

extension Content {
    /// Unencrypted storage can be read in every copy of it.
    static let databaseEncryption = Condition(
        About(
            id: "rds-instance-storage-encryption",
            title: "RDS DB instances should have storage encryption enabled",
            practice: .content,
            severity: .medium,
            risk: """
                An attacker who obtains a copy of an unencrypted snapshot or backup can read the data without access \
                to a KMS key.
                """,
            remedy: """
                Encryption cannot be enabled later: copy a snapshot of the DB instance with a KMS key, and restore a \
                new DB instance from the copy.
                """,
            references: [
                .prowler("rds_instance_storage_encrypted"), .securityHub("RDS.3"), .config("rds-storage-encrypted"),
                .cis("1.4", "2.3.1"), .cis("3.0", "2.3.1"), .cis("5.0", "2.2.1"),
            ],
            sources: ["Amazon RDS User Guide: Encrypting Amazon RDS resources"]),
        each: .dbInstances, \.storageEncrypted, is: true, fact: "StorageEncrypted",
        pass: "Storage encryption is enabled", fail: "Storage encryption is disabled")
}

extension Each where Element == DBInstance {
    static var dbInstances: Each {
        .regional(.dbInstances, called: "DB instances") { instance, _, _ in
            Resource(
                type: "AWS::RDS::DBInstance", id: instance.dbInstanceIdentifier, arn: instance.dbInstanceARN)
        }
    }
}
