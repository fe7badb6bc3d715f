import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A job needs some actions of a service; the wildcard also gives those that AWS adds to it tomorrow.
struct EveryActionOfAService: Check {
    let about = About(
        id: "iam-customer-policy-no-service-wildcard",
        title: "Customer managed policies should not allow every action of a service",
        practice: .permissions, severity: .low,
        risk: "The policy also deletes, shares and reconfigures what its holders only need to use.",
        judges: """
            A statement counts that allows a service's prefix with a wildcard, such as s3:*, or the wildcard alone, on \
            whatever resource and under whatever condition.
            """,
        remedy: "Name the actions that the job needs; access suggest makes the list from what was done.",
        references: [.securityHub("IAM.21")],
        sources: ["AWS Security Hub User Guide: Security Hub controls for IAM"],
        reads: [.identities],
        impliedBy: ["iam-customer-policy-no-admin", "iam-unattached-policy-no-admin"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try WrittenPolicies.judge(
            reading, in: [.managed], sound: "allows no service's actions by a wildcard"
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
            .passes("a policy names its actions") { $0.hold(policy: Self.allow("s3:GetObject"), in: [.managed]) },
            .passes("a policy allows the actions that begin so") {
                $0.hold(policy: Self.allow("s3:Get*"), in: [.managed])
            },
            .fails("a policy allows every action of a service") {
                $0.hold(policy: Self.allow("EC2:*"), in: [.managed])
            },
            .fails("a policy allows everything") { $0.hold(policy: .administrator, in: [.managed]) },
            .unknown("the document is no policy") { $0.hold(policy: .unreadable, in: [.managed]) },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private static func allow(_ action: String) -> String {
        #"{"Effect": "Allow", "Action": ["sqs:ListQueues", "\#(action)"], "Resource": "arn:aws:s3:::own/*"}"#
    }
}

extension ActionPattern {
    /// Whether the pattern is a service's prefix and then only wildcards, or matches everything.
    fileprivate var namesWholeService: Bool {
        matchesEverything
            || text.firstIndex(of: ":").map { colon in
                let name = text[text.index(after: colon)...]
                return name.contains("*") && name.allSatisfy { $0 == "*" || $0 == "?" }
            } ?? false
    }
}
