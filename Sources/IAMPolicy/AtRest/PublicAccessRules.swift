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
        /// A path whose organization is fixed: `o-a1b2c3d4e5/r-ab12/*`.
        case pathInFixedOrganization
        /// An address range, under an IP address operator, that is no broader than /8 (IPv4) or /32 (IPv6).
        case addressRange
    }

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

    /// The conditions that keep a key policy for all principals from being open to every account. `kms:ViaService` is
    /// not among them: it tests through which service a call comes, not on whose behalf.
    ///
    /// Source: AWS KMS Developer Guide, "Key policies in AWS KMS" and "AWS KMS condition keys" (`kms:CallerAccount`).
    public static let kms = PublicAccessRules(pinningKeys: [
        "kms:CallerAccount": .exact,
        "aws:SourceArn": .arnOfFixedAccount,
        "aws:SourceVpc": .exact,
        "aws:SourceVpce": .exact,
        "aws:SourceOwner": .exact,
        "aws:SourceAccount": .exact,
        "aws:SourceOrgID": .exact,
        "aws:SourceOrgPaths": .pathInFixedOrganization,
        "aws:PrincipalArn": .arnOfFixedAccount,
        "aws:PrincipalAccount": .exact,
        "aws:PrincipalOrgID": .exact,
        "aws:PrincipalOrgPaths": .pathInFixedOrganization,
        "aws:PrincipalServiceName": .exact,
        "aws:userid": .exact,
        "aws:VpceAccount": .exact,
        "aws:VpceOrgID": .exact,
        "aws:VpceOrgPaths": .pathInFixedOrganization,
    ])
}

extension PublicAccessRules.FixedValue {
    fileprivate func accepts(_ value: String, in comparison: ConditionOperator.Comparison) -> Bool {
        switch (self, comparison) {
        case (.addressRange, .ipAddress): CIDR(value)?.isNarrowEnoughForS3 ?? false
        case (.addressRange, _): false
        case (_, .stringEquals), (_, .stringEqualsIgnoreCase), (_, .stringLike), (_, .arnEquals), (_, .arnLike):
            isFixed(value)
        default: false
        }
    }

    private func isFixed(_ value: String) -> Bool {
        switch self {
        case .exact: !value.isEmpty && value[...].isPlain
        case .arnOfFixedAccount: ARN(value)?.accountID != nil
        case .arnOfFixedResource:
            ARN(value).map { $0.accountID != nil || $0.service == "s3" && $0.resource.isPlain } ?? false
        case .pathInFixedOrganization:
            value.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).count == 2
                && value.hasPrefix("o-") && value.prefix { $0 != "/" }.isPlain
        case .addressRange: false
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
