import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Every action of a service that guards the others: of CloudTrail the means to blind the audit, of KMS the means to read
/// and to destroy, of IAM the means to become anybody. Managed and inline policies are a check each: they are mended in
/// different places.
struct FullServiceAccess: Check {
    let about: About
    let service: GuardedService
    let home: WrittenPolicies.Home

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let actions = Actions.only([ActionPattern("\(service.prefix):*")])
        let resources = Resources.only([ResourcePattern(service.resources(in: reading.account))])
        return try WrittenPolicies.judge(
            reading, in: [home], sound: "does not grant every \(service.name) action"
        ) { policy in
            policy.statementsGranting(actions, on: resources).first.map {
                .init($0, "grants every \(service.name) action")
            }
        }
    }
}

/// A service that guards the others.

struct GuardedService: Sendable {
    var name: String
    /// Of its actions.
    var prefix: String
    /// What stands in the ARNs of all its resources: region, and what follows the account.
    var place: (region: String, rest: String)
    var oneResource: String
    var risk: String

    /// The pattern of all the resources of the account.
    func resources(in account: Account) -> String {
        "arn:\(account.partition):\(prefix):\(place.region):\(account.id):\(place.rest)"
    }

    static let cloudTrail = GuardedService(
        name: "CloudTrail", prefix: "cloudtrail", place: ("*", "trail/*"),
        oneResource: "arn:aws:cloudtrail:us-east-1:123456789012:trail/own",
        risk: "Whoever holds the policy can stop the audit trail, or have it leave out what follows.")
    static let kms = GuardedService(
        name: "KMS", prefix: "kms", place: ("*", "key/*"), oneResource: "arn:aws:kms:us-east-1:123456789012:key/own",
        risk: "Whoever holds the policy can read whatever any key protects, and destroy it with the key.")
    static let iam = GuardedService(
        name: "IAM", prefix: "iam", place: ("", "*"), oneResource: "arn:aws:iam::123456789012:user/own",
        risk: "Whoever holds the policy can give themselves every other permission.")
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
                title: "No \(isManaged ? "customer managed" : "inline") policy grants \(service.prefix):*",
                practice: .permissions, severity: severity,
                risk: service.risk,
                judges: """
                    A statement counts that allows every action of \(service.name), in whatever spelling (wider \
                    wildcards and NotAction too), on every resource, or on all of the account's; also where conditions \
                    limit when: those are named. A statement that denies the same without condition takes it back. \
                    \(isManaged
                        ? "Policies that are attached to nothing count; permissions boundaries grant nothing."
                        : "Users, groups and roles that have inline policies are judged; the roles that services made for themselves are AWS's.")
                    """,
                remedy: "Name the actions and resources that the job needs; leave the rest to a role that few assume.",
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
