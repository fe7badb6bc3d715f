import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A task needs some actions of a service; the wildcard also allows the ones that AWS adds later.
struct EveryActionOfAService: Check {
    let about = About(
        id: "iam-customer-policy-no-service-wildcard",
        title: "Customer managed policies should not allow all actions of a service",
        practice: .permissions, severity: .low,
        risk: """
            The policy also allows deleting, sharing and reconfiguring resources that its principals only need to use.
            """,
        judges: """
            A statement fails if it allows a service prefix with a wildcard, such as s3:*, or the wildcard alone, on \
            any resource and under any condition.
            """,
        remedy: "List the required actions. 'parapet access suggest' derives them from CloudTrail logs.",
        references: [.securityHub("IAM.21")],
        sources: ["AWS Security Hub User Guide: Security Hub controls for IAM"],
        reads: [.identities],
        impliedBy: ["iam-customer-policy-no-admin", "iam-unattached-policy-no-admin"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try WrittenPolicies.judge(
            reading, in: [.managed], sound: "does not allow all actions of a service"
        ) { policy in
            for statement in policy.statements where statement.effect == .allow {
                guard case .only(let patterns) = statement.actions,
                    let wide = patterns.first(where: \.namesWholeService)
                else { continue }
                return .init(statement, "allows \(wide.text)")
            }
            return nil
        }
    }

    var examples: [Example] {
        [
            .passes("a policy lists its actions") { $0.hold(policy: Self.allow("s3:GetObject"), in: [.managed]) },
            .passes("a policy allows actions with a common prefix") {
                $0.hold(policy: Self.allow("s3:Get*"), in: [.managed])
            },
            .fails("a policy allows all actions of a service") {
                $0.hold(policy: Self.allow("EC2:*"), in: [.managed])
            },
            .fails("a policy allows all actions") { $0.hold(policy: .administrator, in: [.managed]) },
            .unknown("the policy document is not valid") { $0.hold(policy: .unreadable, in: [.managed]) },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private static func allow(_ action: String) -> String {
        #"{"Effect": "Allow", "Action": ["sqs:ListQueues", "\#(action)"], "Resource": "arn:aws:s3:::own/*"}"#
    }
}

extension ActionPattern {
    /// Whether the pattern is a service prefix followed only by wildcards, or matches everything.
    fileprivate var namesWholeService: Bool {
        matchesEverything
            || text.firstIndex(of: ":").map { colon in
                let name = text[text.index(after: colon)...]
                return name.contains("*") && name.allSatisfy { $0 == "*" || $0 == "?" }
            } ?? false
    }
}
