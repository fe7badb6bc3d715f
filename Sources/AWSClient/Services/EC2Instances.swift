extension Operation {
    public static let describeInstances = Operation(.ec2, "DescribeInstances")
}

extension EC2 {
    public static func describeInstances<Instance>() -> ReadRequest<DescribeInstancesAnswer<Instance>> {
        ReadRequest(.describeInstances, ["MaxResults": 1000], paging: Paging("NextToken") { $0.nextToken })
    }
}

public struct DescribeInstancesAnswer<Instance: Decodable & Sendable>: Decodable, Sendable {
    public var reservationSet: [Reservation]
    public var nextToken: String?

    public struct Reservation: Decodable, Sendable {
        public var instancesSet: [Instance]
    }
}
