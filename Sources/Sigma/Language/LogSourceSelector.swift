public import LogReaders

/// The `logsource` of a rule or a filter. Parts that are `nil` match any value.
public struct LogSourceSelector: Sendable, Hashable {
    public var category: String?
    public var product: String?
    public var service: String?

    public init(category: String? = nil, product: String? = nil, service: String? = nil) {
        self.category = category?.lowercased()
        self.product = product?.lowercased()
        self.service = service?.lowercased()
    }

    /// Whether rules with this selector apply to the log.
    public func selects(_ source: LogSource) -> Bool {
        category == nil && (product == nil || product == "aws")
            && service.map(source.services.contains) ?? (product != nil)
    }

    /// Whether this selector selects everything that `other` selects. If so, a filter with this selector applies to a
    /// rule with `other`.
    public func covers(_ other: LogSourceSelector) -> Bool {
        (category == nil || category == other.category) && (product == nil || product == other.product)
            && (service == nil || service == other.service)
    }
}

extension LogSource {
    /// The names of the log in `logsource.service`. Sigma's taxonomy has only `cloudtrail`.
    public var services: Set<String> {
        switch self {
        case .cloudTrail: ["cloudtrail"]
        case .s3Access: ["s3_access", "s3-access", "s3access", "s3"]
        case .vpcFlow: ["vpcflow", "vpc_flow", "vpc-flow"]
        }
    }
}
