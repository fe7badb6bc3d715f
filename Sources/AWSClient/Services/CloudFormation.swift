extension Service {
    public static let cloudFormation = Service(
        endpointPrefix: "cloudformation", signingName: "cloudformation", environmentName: "CLOUDFORMATION",
        wireProtocol: .query(apiVersion: "2010-05-15"))
}

extension Operation {
    public static let describeStacks = Operation(.cloudFormation, "DescribeStacks")
}

/// AWS CloudFormation, as far as it is used. Source of the shapes: the AWS CloudFormation API Reference.
public enum CloudFormation {
    /// Lists the stacks of the region that were not deleted.
    public static func describeStacks<Stack>() -> ReadRequest<DescribeStacksAnswer<Stack>> {
        ReadRequest(.describeStacks, paging: Paging("NextToken") { $0.nextToken })
    }
}

public struct DescribeStacksAnswer<Stack: Decodable & Sendable>: Decodable, Sendable {
    public var stacks: [Stack]
    public var nextToken: String?
}
