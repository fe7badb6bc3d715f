public import AWSClient

/// An EC2 instance, as `DescribeInstances` lists it.
public struct Instance: Sendable, Codable, Hashable {
    public var instanceID: String
    public var instanceState: State
    public var iamInstanceProfile: Profile?
    public var metadataOptions: MetadataOptions?
    public var tagSet: [EC2Tag]?

    public struct State: Sendable, Codable, Hashable {
        /// `pending`, `running`, `stopping`, `stopped`, `shutting-down` or `terminated`.
        public var name: String

        public init(name: String) { self.name = name }
    }

    /// The instance profile, which gives the instance the credentials of a role.
    public struct Profile: Sendable, Codable, Hashable {
        public var arn: String?

        public init(arn: String?) { self.arn = arn }
    }

    /// Settings of the instance metadata service, which gives out the role's credentials.
    public struct MetadataOptions: Sendable, Codable, Hashable {
        /// `required` if only version 2 of the service answers, else `optional`.
        public var httpTokens: String?
        /// `enabled` or `disabled`.
        public var httpEndpoint: String?

        public init(httpTokens: String?, httpEndpoint: String?) {
            self.httpTokens = httpTokens
            self.httpEndpoint = httpEndpoint
        }
    }

    /// A terminated instance no longer exists, but is listed for about an hour.
    public var isTerminated: Bool { instanceState.name == "terminated" }
}

extension Facet {
    public static let instances = FacetOf<ByName<[Instance]>>.perRegion(
        "instances", EC2.describeInstances(), by: \.instanceID
    ) {
        $0.reservationSet.flatMap(\.instancesSet)
    }
}

extension Instance: Sampled {
    /// A running instance whose metadata service answers to version 2 only.
    public static var sample: Instance {
        Instance(
            instanceID: "i-0a1b2c3d", instanceState: State(name: "running"),
            metadataOptions: MetadataOptions(httpTokens: "required", httpEndpoint: "enabled"))
    }
}
