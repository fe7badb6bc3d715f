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
    /// Every stack of the region that was not deleted.
    public static func describeStacks() -> ReadRequest<DescribeStacksAnswer> {
        ReadRequest(.describeStacks, paging: Paging("NextToken") { $0.nextToken })
    }
}

public struct DescribeStacksAnswer: Decodable, Sendable {
    public var stacks: [Stack]
    public var nextToken: String?

    enum CodingKeys: String, CodingKey {
        case stacks = "Stacks"
        case nextToken = "NextToken"
    }

    public struct Stack: Decodable, Sendable {
        /// The stack's ARN.
        public var id: String?
        /// The service role with which CloudFormation acts; absent where it acts with its caller's rights.
        public var roleARN: String?
        public var status: String

        enum CodingKeys: String, CodingKey {
            case id = "StackId"
            case roleARN = "RoleARN"
            case status = "StackStatus"
        }
    }
}
