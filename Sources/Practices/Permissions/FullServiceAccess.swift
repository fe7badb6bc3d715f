import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Full access to a service that protects the others: CloudTrail's actions can stop the audit log, KMS's can decrypt
/// and destroy data, and IAM's can grant any permission. Managed and inline policies have a check each, because they
/// are fixed in different places.
struct FullServiceAccess: Check {
    let about: About
    let service: GuardedService
    let home: WrittenPolicies.Home

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let actions = Actions.only([ActionPattern("\(service.prefix):*")])
        let resources = Resources.only([ResourcePattern(service.resources(in: reading.account))])
        return try WrittenPolicies.judge(
            reading, in: [home], sound: "does not allow all \(service.name) actions"
        ) { policy in
            policy.statementsGranting(actions, on: resources).first.map {
                .init($0, "allows all \(service.name) actions")
            }
        }
    }
}

/// A service that protects the others.
struct GuardedService: Sendable {
    var name: String
    /// Prefix of the service's actions.
    var prefix: String
    /// The region, and the part after the account ID, in the ARNs of all its resources.
    var place: (region: String, rest: String)
    var oneResource: String
    var risk: String

    /// Returns the pattern that matches all of the account's resources of this service.
    func resources(in account: Account) -> String {
        "arn:\(account.partition):\(prefix):\(place.region):\(account.id):\(place.rest)"
    }

    static let cloudTrail = GuardedService(
        name: "CloudTrail", prefix: "cloudtrail", place: ("*", "trail/*"),
        oneResource: "arn:aws:cloudtrail:us-east-1:123456789012:trail/own",
        risk: "Principals with the policy can stop or change trails and hide what follows.")
    static let kms = GuardedService(
        name: "KMS", prefix: "kms", place: ("*", "key/*"), oneResource: "arn:aws:kms:us-east-1:123456789012:key/own",
        risk: """
            Principals with the policy can decrypt the data of every key, and destroy the data by deleting the key.
            """)
    static let iam = GuardedService(
        name: "IAM", prefix: "iam", place: ("", "*"), oneResource: "arn:aws:iam::123456789012:user/own",
        risk: "Principals with the policy can grant themselves any other permission.")
}

extension FullServiceAccess {
    static let checks: [FullServiceAccess] = [
        check(
            .cloudTrail, .managed, .medium,
            [.prowler("iam_policy_no_full_access_to_cloudtrail")]),
        check(
            .cloudTrail, .inline, .high,
            [.prowler("iam_inline_policy_no_full_access_to_cloudtrail")]),
        check(
            .kms, .managed, .medium,
            [.prowler("iam_policy_no_full_access_to_kms")]),
        check(
            .kms, .inline, .medium, [.prowler("iam_inline_policy_no_full_access_to_kms")]),
        check(.iam, .managed, .high, []),
        check(.iam, .inline, .high, []),
    ]

    private static func check(
        _ service: GuardedService, _ home: WrittenPolicies.Home, _ severity: Severity, _ references: [Reference]
    ) -> FullServiceAccess {
        let isManaged = home == .managed
        return FullServiceAccess(
            about: About(
                id: "iam-\(isManaged ? "customer" : "inline")-policy-no-full-\(service.prefix)",
                title: "\(isManaged ? "Customer managed" : "Inline") policies should not allow \(service.prefix):*",
                practice: .permissions, severity: severity,
                risk: service.risk,
                judges: """
                    A statement fails if it allows all actions of \(service.name), also by wider wildcards or \
                    NotAction, on every resource or on all resources of the account. Conditions do not change the \
                    result and are listed. A statement that denies the same without conditions cancels it. \
                    \(isManaged
                        ? "Unattached policies are evaluated; permissions boundaries grant no permissions."
                        : "Users, groups and roles with inline policies are evaluated. Service-linked roles are excluded.")
                    """,
                remedy: """
                    List the required actions and resources. Reserve the rest for a role that few principals can \
                    assume.
                    """,
                references: references,
                sources: [
                    "IAM User Guide: Security best practices in IAM",
                    "AWS Security Hub User Guide: Security Hub controls for IAM",
                ],
                reads: [.identities],
                impliedBy: isManaged
                    ? ["iam-customer-policy-no-admin", "iam-unattached-policy-no-admin"]
                    : ["iam-inline-policy-no-admin"]),
            service: service, home: home)
    }
}
