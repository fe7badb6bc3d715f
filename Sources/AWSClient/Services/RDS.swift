import Basics

extension Service {
    public static let rds = Service(
        endpointPrefix: "rds", signingName: "rds", environmentName: "RDS",
        wireProtocol: .query(apiVersion: "2014-10-31"))
}

extension Operation {
    public static let describeDBInstances = Operation(.rds, "DescribeDBInstances")
}

/// Amazon RDS, as far as it is used. Source of the shapes: the Amazon RDS API Reference.
public enum RDS {
    /// Lists the DB instances of the region, including those of Amazon Aurora, DocumentDB and Neptune.
    public static func describeDBInstances<DBInstance>() -> ReadRequest<DescribeDBInstancesAnswer<DBInstance>> {
        ReadRequest(.describeDBInstances, ["MaxRecords": 100], paging: Paging("Marker") { $0.marker })
    }
}

public struct DescribeDBInstancesAnswer<DBInstance: Decodable & Sendable>: Decodable, Sendable {
    public var dbInstances: [DBInstance]
    public var marker: String?
}
