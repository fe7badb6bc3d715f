import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// A permission that a principal can turn into any other is equivalent to administrator access.
struct EscalationClosed: Check {
    let about = About(
        id: "iam-no-privilege-escalation",
        title: "Users and roles should not be able to escalate privileges",
        practice: .permissions, severity: .high,
        risk: """
            An attacker who compromises one of these principals can gain the permissions at the end of the path, often \
            full control of the account.
            """,
        judges: """
            Evaluates effective permissions on existing resources: writing or attaching policies (also if a condition \
            limits which), creating or selecting policy versions, joining groups, creating credentials for other \
            users, changing trust policies, deleting, replacing or rewriting permissions boundaries, removing policies \
            that deny, replacing a trusted SAML provider, passing a role to a service that runs code, and running code \
            in a workload that has a role. Also evaluates resources that can be created: users, roles, groups and policies whose names the \
            permissions leave open, within the required permissions boundary. Chains of these steps count. Permissions \
            boundaries, denials, organization policies and trust policies close a path. Assuming a role that trusts \
            the principal is not an escalation, unless it leads to administrator access without any condition. \
            Principals that are administrators by a single statement and service-linked roles are not evaluated; \
            principals that are administrators by several statements together are, and those that are under a \
            condition, such as MFA, are evaluated without it. \(Escalations.modeled) The finding is not determined if a \
            principal can pass a role with more permissions to a service in a way that is not modeled, or can change what is not read: which identity providers exist, the client IDs or thumbprints of an \
            OIDC provider, its own tags if permissions depend on them, or permission sets of IAM Identity Center (in \
            the management account, or elsewhere if granted by name).
            """,
        remedy: """
            Restrict one of the listed statements: limit its resources, add an iam:PassedToService or iam:PolicyARN \
            condition, or set a permissions boundary.
            """,
        references: [
            .prowler("iam_policy_allows_privilege_escalation"),
            .prowler("iam_inline_policy_allows_privilege_escalation"),
        ],
        sources: [
            "IAM User Guide: Permissions boundaries for IAM entities",
            "IAM User Guide: Grant a user permissions to pass a role to an AWS service",
        ],
        reads: Landscape.escalationReads)

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        // Without users and roles there is nothing to evaluate.
        let identities = try reading[.identities].value
        let found = reading.landscape.escalations()
        let settled =
            found.paths.map { path in
                let doubt = path.doubts.first
                return Verdict(
                    on: path.principal.resource,
                    doubt.map { .unknown(path.message.firstCapitalized, unless: $0, path.evidence) }
                        ?? .fail(path.message.firstCapitalized, path.evidence))
            } + found.undetermined.map { Verdict(on: $0.principal.resource, .unknown($0.reason)) }
        if let doubt = found.hiding.first {
            return settled + [Verdict(on: .account(reading.account), .unknown(doubt))]
        }
        let judged = Set(settled.map(\.resource.arn)).union(found.administrators.map(\.arn))
        let closed = "No privilege escalation path found"
        let users = identities.users.map { Resource.user($0) }
        let roles = identities.roles.filter { !$0.isServiceLinked }.map { Resource.role($0) }
        return settled
            + (users + roles).filter { !judged.contains($0.arn) }.map { resource in
                Verdict(
                    on: resource,
                    .pass(closed, Evidence("escalation", .null, from: .derived)))
            }
    }
}

extension Landscape.Principal {
    fileprivate var resource: Resource {
        switch kind {
        case .user: .user(name: name, arn: arn)
        case .role: Resource(type: "AWS::IAM::Role", id: name, arn: arn)
        }
    }
}

extension EscalationPath {
    /// Message without its subject: "can gain administrator access via put-user-policy".
    var message: String {
        let way = steps.map(\.method).joined(separator: ", then ")
        let end = gain.isAdministration ? "administrator access" : "more permissions"
        return "can gain \(end) via \(way)\(isCertain ? "" : ", with conditions")"
    }

    var evidence: [Evidence] {
        let path = steps.map { step in
            JSON.object([
                "method": .string(step.method), "as": .string(step.actor), "target": .string(step.target),
                "calls": JSON(step.calls.map { "\($0.action) on \($0.resource)" }),
            ])
        }
        return [
            Evidence("path", .array(path), from: .derived),
            Evidence(
                "gain", gain.isAdministration ? "administration" : JSON(gain.examples), from: .derived),
            Evidence(
                "statements", JSON(breakers.map { "\($0.statement) of \($0.policy)" }),
                from: .getAccountAuthorizationDetails
            ).at(""),
        ]
    }
}
