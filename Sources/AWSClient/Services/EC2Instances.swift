extension Operation {
    public static let describeInstances = Operation(.ec2, "DescribeInstances")
}

extension EC2 {
    public static func describeInstances() -> ReadRequest<DescribeInstancesAnswer> {
        ReadRequest(.describeInstances, ["MaxResults": 1000], paging: Paging("NextToken") { $0.nextToken })
    }
}

public struct DescribeInstancesAnswer: Decodable, Sendable {
    public var reservationSet: [Reservation]
    public var nextToken: String?

    public struct Reservation: Decodable, Sendable {
        public var instancesSet: [Instance]
    }

    public struct Instance: Decodable, Sendable {
        public var instanceID: String
        public var instanceState: State
        public var iamInstanceProfile: Profile?

        enum CodingKeys: String, CodingKey {
            case instanceID = "instanceId"
            case instanceState
            case iamInstanceProfile
        }
    }

    public struct State: Decodable, Sendable {
        /// `pending`, `running`, `stopping`, `stopped`, `shutting-down` or `terminated`.
        public var name: String
    }

    public struct Profile: Decodable, Sendable {
        public var arn: String?
    }
}
