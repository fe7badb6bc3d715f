import AWSClient

/// A virtual MFA device that is assigned to a user, as `ListVirtualMFADevices` lists it.
public struct VirtualMFADevice: Sendable, Codable, Hashable {
    public var serialNumber: String
    public var user: User?

    public struct User: Sendable, Codable, Hashable {
        /// The root user's ARN ends in `:root`.
        public var arn: String?
    }

    public init(serialNumber: String, userARN: String? = nil) {
        self.serialNumber = serialNumber
        user = userARN.map { User(arn: $0) }
    }

    public var userARN: String? { user?.arn }
}

extension Facet {
    public static let virtualMFADevices = FacetOf<[VirtualMFADevice]>.ofAccount(
        "virtualMFADevices", IAM.listVirtualMFADevices()
    ) {
        $0.flatMap(\.virtualMFADevices).sorted { $0.serialNumber < $1.serialNumber }
    }
}
