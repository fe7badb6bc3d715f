import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Whoever may give any role to any service acts through the service as that role.
struct PassRoleOnEverything: Check {
    let about = About(
        id: "iam-policy-no-pass-any-role",
        title: "No policy allows iam:PassRole on every role",
        practice: .permissions, severity: .high,
        risk:
            "The policy's holders can start something under the most powerful role of the account, and use its rights.",
        judges: """
            A statement of a customer managed or inline policy counts that allows iam:PassRole, in whatever spelling, on \
            every role or on every role of the account. Of the conditions only those count that narrow what may happen to \
            a role: iam:PassedToService with services that are written out, or a tag of the role (aws:ResourceTag, \
            iam:ResourceTag). A condition on who asks, or from where, changes nothing. Managed policies that are attached \
            to nothing count; permissions boundaries grant nothing.
            """,
        remedy: """
            Name the roles in Resource, and demand with iam:PassedToService the service that each of them is made for.
            """,
        sources: ["IAM User Guide: Grant a user permissions to pass a role to an AWS service"],
        reads: [.identities],
        impliedBy: ["iam-customer-policy-no-admin", "iam-unattached-policy-no-admin", "iam-inline-policy-no-admin"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try WrittenPolicies.judge(reading, sound: "does not let its holders pass every role") {
            policy in
            policy.statementsGranting(.only(["iam:PassRole"]), on: .everyRole(of: reading))
                .first { !$0.demandsResourceTag && !$0.namesServices }
                .map { .init($0, "lets its holders pass every role") }
        }
    }

    var examples: [Example] {
        [
            .passes("one role may be passed") { $0.hold(policy: pass("arn:aws:iam::123456789012:role/deploy")) },
            .passes("every role may be passed to one service") {
                $0.hold(policy: pass("*", #"{"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#))
            },
            .fails("every role may be passed") { $0.hold(policy: pass("*")) },
            .fails("every role of the account may be passed") {
                $0.hold(policy: pass("arn:aws:iam::123456789012:role/*"))
            },
            .fails("every role may be passed to every service") {
                $0.hold(policy: pass("*", #"{"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}"#))
            },
            .fails("every role may be passed to one service, or without one") {
                $0.hold(policy: pass("*", #"{"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}"#))
            },
            .fails("every role may be passed by those with MFA") {
                $0.hold(policy: pass("*", #"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#))
            },
            .unknown("the document is no policy") { $0.hold(policy: .unreadable) },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func pass(_ resource: String, _ condition: String = "{}") -> String {
        #"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "\#(resource)", "Condition": \#(condition)}"#
    }
}

extension Statement {
    /// Whether roles may be passed only to services that are written out.
    fileprivate var namesServices: Bool {
        guard let services = pinnedValues(of: "iam:PassedToService") else { return false }
        return services.allSatisfy { service in
            let first = service.prefix { $0 != "." }
            return !first.isEmpty && !first.contains { $0 == "*" || $0 == "?" }
        }
    }
}
