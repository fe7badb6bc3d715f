import AWSClient

/// A Lambda function, as `ListFunctions` lists it.
public struct Function: Sendable, Codable, Hashable {
    public var functionARN: String
    /// The ARN of the execution role.
    public var role: String?

    public init(functionARN: String, role: String? = nil) {
        self.functionARN = functionARN
        self.role = role
    }
}

extension Facet {
    public static let functions = FacetOf<ByName<[Function]>>.perRegion(
        "functions", Lambda.listFunctions(), by: \.functionARN
    ) {
        $0.functions
    }
}
