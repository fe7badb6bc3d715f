import Basics

/// The condition keys that restrict a statement for all principals to certain callers, and the values of each that
/// count as fixed.
public struct PublicAccessRules: Sendable, Hashable {
    /// The form of a fixed value, by key in lower case.
    private let pinningKeys: [String: FixedValue]

    /// - Parameter pinningKeys: Condition keys, in any case, and how a value of each must look.
    public init(pinningKeys: [String: FixedValue]) {
        self.pinningKeys = Dictionary(
            pinningKeys.map { ($0.lowercased(), $1) }, uniquingKeysWith: { first, _ in first })
    }

    /// The form of a value that counts as fixed.
    public enum FixedValue: Sendable, Hashable {
        /// No wildcard and no policy variable.
        case exact
        /// An ARN whose account is fixed; what follows may have wildcards.
        case arnOfFixedAccount
        /// An ARN whose account is fixed, or of a bucket, whose name alone identifies it.
        case arnOfFixedResource
        /// The unique ID of a user or role, whose sessions may have any name: `AROA1234567890ABCDEF:*`.
        case fixedUser
        /// A path whose organization is fixed: `o-a1b2c3d4e5/r-ab12/*`.
        case pathInFixedOrganization
        /// An address range, under an IP address operator, that is no broader than /8 (IPv4) or /32 (IPv6).
        case addressRange
        /// The value `true` of a `Bool` condition.
        case truth
    }

    /// Whether the value of the key names an account, organization, network, user or service.
    func fixes(_ value: String, of key: String) -> Bool { pinningKeys[key.lowercased()]?.isFixed(value) ?? false }

    func pin(_ condition: PolicyCondition) -> Bool {
        guard let fixed = pinningKeys[condition.key.lowercased()] else { return false }
        return condition.values.allSatisfy { fixed.accepts($0, in: condition.operator.comparison) }
    }
}

extension PublicAccessRules {
    /// The values that Amazon S3 takes as fixed to decide whether a bucket policy is public.
    ///
    /// Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", section "The meaning of
    /// "public"": values with a wildcard or a variable are not fixed, except in the name of the access point. The guide
    /// does not explain the organization path keys; they are treated as the guide treats an access point's ARN.
    public static let s3 = PublicAccessRules(pinningKeys: [
        "aws:SourceIp": .addressRange,
        "aws:SourceArn": .exact,
        "aws:SourceVpc": .exact,
        "aws:SourceVpce": .exact,
        "aws:SourceOwner": .exact,
        "aws:SourceAccount": .exact,
        "aws:SourceOrgID": .exact,
        "aws:SourceOrgPaths": .pathInFixedOrganization,
        "aws:PrincipalArn": .exact,
        "aws:PrincipalAccount": .exact,
        "aws:PrincipalOrgID": .exact,
        "aws:PrincipalOrgPaths": .pathInFixedOrganization,
        "aws:PrincipalServiceName": .exact,
        "aws:userid": .exact,
        "s3:x-amz-server-side-encryption-aws-kms-key-id": .exact,
        "s3:DataAccessPointArn": .arnOfFixedAccount,
        "s3:DataAccessPointAccount": .exact,
    ])

    /// The conditions that tell callers apart by account, organization, network, user ID or calling service. An address
    /// range is not among them: everybody behind it gets in. Neither is `kms:ViaService`, which tests through which
    /// service a call comes, not on whose behalf.
    ///
    /// Source: IAM User Guide, "AWS global condition context keys" and "IAM identifiers" (unique identifiers); Amazon S3
    /// User Guide, "Blocking public access to your Amazon S3 storage"; AWS KMS Developer Guide, "AWS KMS condition keys";
    /// Amazon EFS User Guide, "Blocking public access to file systems": mount targets are in a VPC.
    public static let callers = PublicAccessRules(pinningKeys: [
        "kms:CallerAccount": .exact,
        "aws:PrincipalAccount": .exact,
        "aws:PrincipalArn": .arnOfFixedAccount,
        "aws:PrincipalOrgID": .exact,
        "aws:PrincipalOrgPaths": .pathInFixedOrganization,
        "aws:PrincipalServiceName": .exact,
        "aws:userid": .fixedUser,
        "aws:SourceAccount": .exact,
        "aws:SourceArn": .arnOfFixedResource,
        "aws:SourceOwner": .exact,
        "aws:SourceOrgID": .exact,
        "aws:SourceOrgPaths": .pathInFixedOrganization,
        "aws:SourceVpc": .exact,
        "aws:SourceVpcArn": .arnOfFixedAccount,
        "aws:SourceVpce": .exact,
        "aws:VpceAccount": .exact,
        "aws:VpceOrgID": .exact,
        "aws:VpceOrgPaths": .pathInFixedOrganization,
        "elasticfilesystem:AccessedViaMountTarget": .truth,
        "s3:DataAccessPointAccount": .exact,
        "s3:DataAccessPointArn": .arnOfFixedAccount,
    ])

    /// The conditions that tell callers of a bucket apart, and those that S3 itself takes for them, such as narrow
    /// address ranges.
    public static let bucketCallers = PublicAccessRules(
        pinningKeys: callers.pinningKeys.merging(s3.pinningKeys) { caller, _ in caller })

    /// The values of the key to which a statement for all principals is limited; `nil` if they are not fixed.
    public func fixedValues(of key: String, in statement: Statement) -> [String]? {
        statement.conditions.filter { $0.isAbout(key) && pin($0) && statement.demandsKey($0) }
            .map(\.values)
            .min { $0.count < $1.count }
    }
}

extension PublicAccessRules.FixedValue {
    fileprivate func accepts(_ value: String, in comparison: ConditionOperator.Comparison) -> Bool {
        switch (self, comparison) {
        case (.addressRange, .ipAddress): CIDR(value)?.isNarrowEnoughForS3 ?? false
        case (.addressRange, _): false
        case (.truth, .bool): isFixed(value)
        case (.truth, _): false
        case (_, .stringEquals), (_, .stringEqualsIgnoreCase), (_, .stringLike), (_, .arnEquals), (_, .arnLike):
            isFixed(value)
        default: false
        }
    }

    fileprivate func isFixed(_ value: String) -> Bool {
        switch self {
        case .exact: !value.isEmpty && value[...].isPlain
        case .fixedUser: !value.hasPrefix(":") && value.prefix { $0 != ":" }.isPlain && !value.isEmpty
        case .arnOfFixedAccount: ARN(value)?.accountID != nil
        case .arnOfFixedResource:
            ARN(value).map { $0.accountID != nil || $0.service == "s3" && $0.resource.isPlain } ?? false
        case .pathInFixedOrganization:
            value.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).count == 2
                && value.hasPrefix("o-") && value.prefix { $0 != "/" }.isPlain
        case .addressRange: false
        case .truth: value.lowercased() == "true"
        }
    }
}

extension Substring {
    /// Whether it has neither wildcards nor variables.
    fileprivate var isPlain: Bool {
        !contains { $0 == "*" || $0 == "?" } && !String(self).contains("${")
    }
}

extension CIDR {
    fileprivate var isNarrowEnoughForS3: Bool {
        prefixLength >= (address.isIPv6 ? 32 : 8)
    }
}
