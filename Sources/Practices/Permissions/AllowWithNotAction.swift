import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Allow with NotAction includes every action that AWS adds.
struct AllowWithNotAction: Check {
    let about = About(
        id: "iam-policy-no-allow-not-action",
        title: "Policies should not use Allow with NotAction",
        practice: .permissions, severity: .medium,
        risk: "The policy allows hundreds of unrelated services, and each new AWS service on the day of its release.",
        judges: """
            A statement of a customer managed or inline policy fails if it has the effect Allow and the element \
            NotAction, unless every resource in it belongs to an explicitly named service, so that only the actions of \
            that service are allowed. Conditions do not change the result. Unattached managed policies are evaluated; \
            permissions boundaries grant no permissions. NotAction with Deny passes.
            """,
        remedy:
            "List the required actions in Action. To exclude some of them, deny them in a separate statement.",
        sources: ["IAM User Guide: IAM JSON policy elements: NotAction"],
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try WrittenPolicies.judge(
            reading, sound: "does not use Allow with NotAction"
        ) { policy in
            policy.statements.first(where: \.allowsByExclusion).map { .init($0, "uses Allow with NotAction") }
        }
    }

    var examples: [Example] {
        [
            .passes("actions are listed") { $0.hold(policy: .reader) },
            .passes("unlisted actions are denied") {
                $0.hold(policy: #"{"Effect": "Deny", "NotAction": "iam:ChangePassword", "Resource": "*"}"#)
            },
            .passes("all but one action is allowed on one bucket") {
                $0.hold(
                    policy: #"""
                        {"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": "arn:aws:s3:::example-data"}
                        """#)
            },
            .fails("all but one service is allowed") {
                $0.hold(policy: #"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#)
            },
            .fails("all but one service is allowed with MFA") {
                $0.hold(
                    policy: #"""
                        {"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "arn:aws:*:*:123456789012:*",
                         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
                        """#)
            },
            .unknown("the policy document is not valid") { $0.hold(policy: .unreadable) },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}

extension Statement {
    fileprivate var allowsByExclusion: Bool {
        guard effect == .allow, case .allExcept = actions else { return false }
        guard case .only(let patterns) = resources else { return true }
        return !patterns.allSatisfy { pattern in
            ARN(pattern.text).map { !$0.service.isEmpty && !$0.service.contains { $0 == "*" || $0 == "?" } } ?? false
        }
    }
}
