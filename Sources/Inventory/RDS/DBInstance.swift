import AWSClient

/// A DB instance of Amazon RDS, as `DescribeDBInstances` lists it.
public struct DBInstance: Sendable, Codable, Hashable {
    public var dbInstanceIdentifier: String
    public var dbInstanceARN: String
    /// Whether the storage is encrypted, and with it the automated backups, snapshots and read replicas.
    public var storageEncrypted: Bool
}

extension Facet {
    public static let dbInstances = FacetOf<ByName<[DBInstance]>>.perRegion(
        "dbInstances", RDS.describeDBInstances(), by: \.dbInstanceIdentifier
    ) {
        $0.dbInstances
    }
}

extension DBInstance: Sampled {
    /// An encrypted database.
    public static var sample: DBInstance {
        DBInstance(
            dbInstanceIdentifier: "orders", dbInstanceARN: "arn:aws:rds:us-east-1:123456789012:db:orders",
            storageEncrypted: true)
    }
}
