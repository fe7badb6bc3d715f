import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// "Everything but" grows with every action that AWS adds.
struct AllowWithNotAction: Check {
    let about = About(
        id: "iam-policy-no-allow-not-action",
        title: "No policy allows by NotAction",
        practice: .permissions, severity: .medium,
        risk: "The policy allows hundreds of services that nobody thought of, and each new one on the day it appears.",
        judges: """
            A statement of a customer managed or inline policy counts that has the effect Allow and the element \
            NotAction, unless every resource that it names is of a service that is written out: then it allows that \
            service's actions only. Conditions limit when, not what. Managed policies that are attached to nothing count; \
            permissions boundaries grant nothing. NotAction with Deny is sound.
            """,
        remedy:
            "List the actions that the job needs in Action; to keep some out, deny those in a statement of its own.",
        sources: ["IAM User Guide: IAM JSON policy elements: NotAction"],
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try WrittenPolicies.judge(
            reading, sound: "allows the actions that it names"
        ) { policy in
            policy.statements.first(where: \.allowsByExclusion).map { .init($0, "allows everything but what it names") }
        }
    }

    var examples: [Example] {
        [
            .passes("actions are named") { $0.hold(policy: .reader) },
            .passes("what is not named is denied") {
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
            .fails("all but one service is allowed to those with MFA") {
                $0.hold(
                    policy: #"""
                        {"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "arn:aws:*:*:123456789012:*",
                         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
                        """#)
            },
            .unknown("the document is no policy") { $0.hold(policy: .unreadable) },
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
