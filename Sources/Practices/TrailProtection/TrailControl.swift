import AWSClient
import Basics
import EffectiveAccess
import Inventory
import Posture

/// An attacker who can stop the trail leaves no record from then on.
struct TrailControl: Check {
    let about = About(
        id: "trail-control",
        title: "Stopping, changing or deleting trails should be limited to authorized principals",
        practice: .trailProtection, severity: .high,
        risk: "Attackers often stop a trail, or reduce what it records, as their first step.",
        judges: """
            Effective access to StopLogging, DeleteTrail, UpdateTrail, PutEventSelectors and PutInsightSelectors is \
            evaluated, as in trail-bucket-access, against the list `trail-administrators` under `trail-access`. If no \
            principals are listed, the finding needs manual review, unless every user of the account has access. \
            Organization trails are evaluated in the management account.
            """,
        remedy: """
            Remove the listed permissions, or add authorized principals to `trail-access`. A service control policy \
            that denies these actions to all but one role is the strongest control.
            """,
        sources: ["AWS CloudTrail User Guide: Security best practices in AWS CloudTrail"],
        reads: [.identities, .organizationPolicies, .trails],
        settings: ["trail-access"])

    private static let group = AccessGroup(
        power: "stop or change the trail", list: "trail-administrators",
        actions: [
            "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail",
            "cloudtrail:PutEventSelectors", "cloudtrail:PutInsightSelectors",
        ], expected: \.trailAdministrators)

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trails) { trail throws(Unknown) in
            guard trail.accountID == reading.id else { return nil }
            let review = AccessReview(of: Self.group, on: { _ in [trail.trailARN] }, in: reading)
            return try [review].judgement(passing: "All principals that can stop or change the trail are listed")
        }
    }

    var examples: [Example] {
        [
            .passes("the one role that can is on the list", .expecting(SampleAccess.audit)) {
                $0.holdForAccess(roles: [.audit(allowing: "cloudtrail:*")])
            },
            .fails("a role that is not on the list can stop the trail", .expecting(SampleAccess.audit)) {
                $0.holdForAccess(roles: [.audit(allowing: "cloudtrail:*"), .deploy(allowing: "cloudtrail:Stop*")])
            },
            .fails("every user of the account can") {
                $0.holdForAccess(users: ["alice", "bob"], allowing: "cloudtrail:*", roles: [])
            },
            .unknown("the users and roles cannot be listed", .expecting(SampleAccess.audit)) {
                $0.holdForAccess(roles: [])
                $0[.identities] = .denied(.getAccountAuthorizationDetails)
            },
            .passes(
                "the organization's policies cannot be read, and only the listed role can",
                .expecting(SampleAccess.audit)
            ) {
                $0.holdForAccess(roles: [.audit(allowing: "cloudtrail:*")])
                $0[.organizationPolicies] = .denied(.listPoliciesForTarget)
            },
            .unknown(
                "the organization's policies cannot be read, and possibly deny it to a role",
                .expecting(SampleAccess.audit)
            ) {
                $0.holdForAccess(roles: [.audit(allowing: "cloudtrail:*"), .deploy(allowing: "cloudtrail:Stop*")])
                $0[.organizationPolicies] = .denied(.listPoliciesForTarget)
            },
        ]
    }
}
