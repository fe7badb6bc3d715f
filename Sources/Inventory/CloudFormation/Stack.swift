import AWSClient

/// A CloudFormation stack, as `DescribeStacks` lists it.
public struct Stack: Sendable, Codable, Hashable {
    /// The stack's ARN.
    public var stackID: String?
    /// The service role that CloudFormation assumes; absent if it uses the caller's permissions.
    public var roleARN: String?
    public var stackStatus: String
}

extension Facet {
    public static let stacks = FacetOf<ByName<[Stack]>>.perRegion(
        "stacks", CloudFormation.describeStacks(), by: { $0.stackID ?? "" }
    ) {
        $0.stacks
    }
}
