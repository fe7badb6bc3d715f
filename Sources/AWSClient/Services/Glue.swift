import Basics

extension Service {
    public static let glue = Service(
        endpointPrefix: "glue", signingName: "glue", environmentName: "GLUE",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "AWSGlue"))
}

extension Operation {
    public static let getTable = Operation(.glue, "GetTable")
}

/// AWS Glue, as far as it is used. Source of the shapes: the AWS Glue Web API Reference.
public enum Glue {
    public static func getTable(_ name: String, in database: String) -> ReadRequest<GetTableAnswer> {
        ReadRequest(.getTable, ["DatabaseName": .string(database), "Name": .string(name)])
    }
}

public struct GetTableAnswer: Decodable, Sendable {
    public var table: Table

    public struct Table: Decodable, Sendable {
        public var storageDescriptor: StorageDescriptor?
        public var partitionKeys: [Column]?
        /// The table's properties, such as those of partition projection.
        public var parameters: [String: String]?
    }

    public struct StorageDescriptor: Decodable, Sendable {
        public var columns: [Column]?
        /// `s3://bucket/prefix`
        public var location: String?
    }

    public struct Column: Decodable, Sendable {
        public var name: String
        /// In the notation of Apache Hive.
        public var type: String?
    }
}
