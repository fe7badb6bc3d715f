import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A role's trust policy is one half of the door. Where a policy lets its holder assume any role, only the other half is
/// left.
struct RoleAssumptionOnEverything: Check {
    let about = About(
        id: "iam-policy-no-assume-any-role",
        title: "No policy allows sts:AssumeRole on every role",
        practice: .permissions, severity: .high,
        risk: "Every role that trusts the account, and every careless one elsewhere, is open to the policy's holders.",
        judges: """
            A statement of a customer managed or inline policy counts that allows sts:AssumeRole, in whatever spelling, \
            on every role or on every role of the account, unless it demands a tag of the role (aws:ResourceTag, \
            iam:ResourceTag) with values that are not all wildcards. Other conditions say when and for whom, not which \
            role. Managed policies that are attached to nothing count; permissions boundaries grant nothing.
            """,
        remedy: "Name the roles that the job needs in Resource, or demand a tag that only these carry.",
        references: [.prowler("iam_no_custom_policy_permissive_role_assumption")],
        sources: ["IAM User Guide: Grant a user permissions to switch roles"],
        reads: [.identities],
        impliedBy: ["iam-customer-policy-no-admin", "iam-unattached-policy-no-admin", "iam-inline-policy-no-admin"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try WrittenPolicies.judge(
            reading, sound: "does not let its holders assume every role"
        ) { policy in
            policy.statementsGranting(.only(["sts:AssumeRole"]), on: .everyRole(of: reading))
                .first { !$0.demandsResourceTag }
                .map { .init($0, "lets its holders assume every role") }
        }
    }

    var examples: [Example] {
        [
            .passes("one role may be assumed") {
                $0.hold(policy: allow("sts:AssumeRole", "arn:aws:iam::123456789012:role/deploy"))
            },
            .passes("roles with a tag may be assumed") {
                $0.hold(
                    policy: #"""
                        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*",
                         "Condition": {"StringEquals": {"iam:ResourceTag/open-to": "developers"}}}
                        """#)
            },
            .fails("every role may be assumed") { $0.hold(policy: allow("sts:AssumeRole", "*")) },
            .fails("every role of the account may be assumed") {
                $0.hold(policy: allow("sts:*", "arn:aws:iam::123456789012:role/*"))
            },
            .fails("every role of every account may be assumed by those with MFA") {
                $0.hold(
                    policy: #"""
                        {"Effect": "Allow", "Action": "sts:Assume*", "Resource": "arn:aws:iam::*:role/*",
                         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
                        """#)
            },
            .unknown("the document is no policy") { $0.hold(policy: .unreadable) },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func allow(_ action: String, _ resource: String) -> String {
        #"{"Effect": "Allow", "Action": "\#(action)", "Resource": "\#(resource)"}"#
    }
}

extension Resources {
    /// The pattern of all the account's roles.
    static func everyRole(of reading: Reading) -> Resources {
        .only([ResourcePattern("arn:\(reading.partition):iam::\(reading.id):role/*")])
    }
}

extension Statement {
    /// Whether the statement applies only to resources that carry a tag of certain values.
    var demandsResourceTag: Bool {
        conditions.contains { condition in
            let key = condition.key.lowercased()
            return (key.hasPrefix("aws:resourcetag/") || key.hasPrefix("iam:resourcetag/"))
                && pinnedValues(of: condition.key)?.namesSomething ?? false
        }
    }
}

extension [String] {
    /// Whether each of the values is more than wildcards.
    var namesSomething: Bool {
        !isEmpty && allSatisfy { $0.contains { $0 != "*" && $0 != "?" } }
    }
}
