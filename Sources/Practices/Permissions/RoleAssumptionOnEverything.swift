import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Assuming a role takes an allow in its trust policy and usually one in the caller's policies. If the caller's policy
/// allows every role, only the trust policy limits access.
struct RoleAssumptionOnEverything: Check {
    let about = About(
        id: "iam-policy-no-assume-any-role",
        title: "Policies should not allow sts:AssumeRole on all roles",
        practice: .permissions, severity: .high,
        risk: """
            Principals with the policy can assume every role that trusts the account, and misconfigured roles in other \
            accounts.
            """,
        judges: """
            A statement of a customer managed or inline policy fails if it allows sts:AssumeRole, also by a wildcard, \
            on every role or on every role of the account, unless it requires a tag of the role (aws:ResourceTag, \
            iam:ResourceTag) with values that are not all wildcards. Other conditions limit the caller, not the role. \
            Unattached managed policies are evaluated; permissions boundaries grant no permissions.
            """,
        remedy: "List the required roles in Resource, or require a tag that only these roles have.",
        references: [.prowler("iam_no_custom_policy_permissive_role_assumption")],
        sources: ["IAM User Guide: Grant a user permissions to switch roles"],
        reads: [.identities],
        impliedBy: ["iam-customer-policy-no-admin", "iam-unattached-policy-no-admin", "iam-inline-policy-no-admin"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try WrittenPolicies.judge(
            reading, sound: "does not allow sts:AssumeRole on all roles"
        ) { policy in
            policy.statementsGranting(.only(["sts:AssumeRole"]), on: .everyRole(of: reading))
                .first { !$0.demandsResourceTag }
                .map { .init($0, "allows sts:AssumeRole on all roles") }
        }
    }

    var examples: [Example] {
        [
            .passes("one role can be assumed") {
                $0.hold(policy: allow("sts:AssumeRole", "arn:aws:iam::123456789012:role/deploy"))
            },
            .passes("roles with a tag can be assumed") {
                $0.hold(
                    policy: #"""
                        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*",
                         "Condition": {"StringEquals": {"iam:ResourceTag/open-to": "developers"}}}
                        """#)
            },
            .fails("all roles can be assumed") { $0.hold(policy: allow("sts:AssumeRole", "*")) },
            .fails("all roles of the account can be assumed") {
                $0.hold(policy: allow("sts:*", "arn:aws:iam::123456789012:role/*"))
            },
            .fails("all roles of all accounts can be assumed with MFA") {
                $0.hold(
                    policy: #"""
                        {"Effect": "Allow", "Action": "sts:Assume*", "Resource": "arn:aws:iam::*:role/*",
                         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
                        """#)
            },
            .unknown("the policy document is not valid") { $0.hold(policy: .unreadable) },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func allow(_ action: String, _ resource: String) -> String {
        #"{"Effect": "Allow", "Action": "\#(action)", "Resource": "\#(resource)"}"#
    }
}

extension Resources {
    /// Returns the pattern that matches all of the account's roles.
    static func everyRole(of reading: Reading) -> Resources {
        .only([ResourcePattern("arn:\(reading.partition):iam::\(reading.id):role/*")])
    }
}

extension Statement {
    /// Whether the statement applies only to resources with certain values of a tag.
    var demandsResourceTag: Bool {
        conditions.contains { condition in
            let key = condition.key.lowercased()
            return (key.hasPrefix("aws:resourcetag/") || key.hasPrefix("iam:resourcetag/"))
                && pinnedValues(of: condition.key)?.namesSomething ?? false
        }
    }
}
