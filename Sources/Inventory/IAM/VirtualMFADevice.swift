import AWSClient

/// A virtual MFA device that is assigned to somebody.
public struct VirtualMFADevice: Sendable, Codable, Hashable {
    public var serialNumber: String
    /// The ARN of its user; root's ends in `:root`.
    public var userARN: String?

    public init(serialNumber: String, userARN: String? = nil) {
        self.serialNumber = serialNumber
        self.userARN = userARN
    }
}

extension Facet {
    public static let virtualMFADevices = FacetOf.ofAccount("virtualMFADevices", IAM.listVirtualMFADevices()) {
        $0.flatMap(\.devices).map { VirtualMFADevice(serialNumber: $0.serialNumber, userARN: $0.user?.arn) }
            .sorted { $0.serialNumber < $1.serialNumber }
    }
}
