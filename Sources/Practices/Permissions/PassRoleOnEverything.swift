import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A principal that can pass any role to a service can act as that role through the service.
struct PassRoleOnEverything: Check {
    let about = About(
        id: "iam-policy-no-pass-any-role",
        title: "Policies should not allow iam:PassRole on all roles",
        practice: .permissions, severity: .high,
        risk:
            """
            Principals with the policy can start a workload with the most privileged role of the account and use \
            its permissions.
            """,
        judges: """
            A statement of a customer managed or inline policy fails if it allows iam:PassRole, also by a wildcard, on \
            every role or on every role of the account. Only conditions that limit the role or its use count: \
            iam:PassedToService with explicit services, or a tag of the role (aws:ResourceTag, iam:ResourceTag). \
            Conditions on the caller do not count. Unattached managed policies are evaluated; permissions boundaries \
            grant no permissions.
            """,
        remedy: "List the roles in Resource, and require the intended service with an iam:PassedToService condition.",
        sources: ["IAM User Guide: Grant a user permissions to pass a role to an AWS service"],
        reads: [.identities],
        impliedBy: ["iam-customer-policy-no-admin", "iam-unattached-policy-no-admin", "iam-inline-policy-no-admin"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try WrittenPolicies.judge(reading, sound: "does not allow iam:PassRole on all roles") {
            policy in
            policy.statementsGranting(.only(["iam:PassRole"]), on: .everyRole(of: reading))
                .first { !$0.demandsResourceTag && !$0.namesServices }
                .map { .init($0, "allows iam:PassRole on all roles") }
        }
    }

    var examples: [Example] {
        [
            .passes("one role can be passed") { $0.hold(policy: pass("arn:aws:iam::123456789012:role/deploy")) },
            .passes("all roles can be passed to one service") {
                $0.hold(policy: pass("*", #"{"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#))
            },
            .fails("all roles can be passed") { $0.hold(policy: pass("*")) },
            .fails("all roles of the account can be passed") {
                $0.hold(policy: pass("arn:aws:iam::123456789012:role/*"))
            },
            .fails("all roles can be passed to all services") {
                $0.hold(policy: pass("*", #"{"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}"#))
            },
            .fails("all roles can be passed to one service, or without one") {
                $0.hold(policy: pass("*", #"{"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}"#))
            },
            .fails("all roles can be passed with MFA") {
                $0.hold(policy: pass("*", #"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#))
            },
            .unknown("the policy document is not valid") { $0.hold(policy: .unreadable) },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func pass(_ resource: String, _ condition: String = "{}") -> String {
        #"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "\#(resource)", "Condition": \#(condition)}"#
    }
}

extension Statement {
    /// Whether roles can be passed only to services that the condition names.
    fileprivate var namesServices: Bool {
        guard let services = pinnedValues(of: "iam:PassedToService") else { return false }
        return services.allSatisfy { service in
            let first = service.prefix { $0 != "." }
            return !first.isEmpty && !first.contains { $0 == "*" || $0 == "?" }
        }
    }
}
