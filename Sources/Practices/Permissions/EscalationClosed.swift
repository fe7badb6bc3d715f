import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// A permission that can be turned into any other is an administrator's, whatever its policy is called.
struct EscalationClosed: Check {
    let about = About(
        id: "iam-no-privilege-escalation",
        title: "No user or role can make itself more powerful than it is",
        practice: .permissions, severity: .high,
        risk: """
            Whoever gets hold of one of these users or roles gets all that the path leads to: often the whole account.
            """,
        judges: """
            Effective permissions on what exists: writing or attaching policies to oneself, which a condition may limit to \
            some, making or choosing policy versions, joining groups, making credentials for others, changing whom a role \
            trusts, deleting, replacing or rewriting a boundary, replacing the SAML provider that a role trusts, passing a \
            role to a service that runs code, running code in what already runs under a role; and on what can be made: users, \
            roles, groups and policies of names that the permissions leave open, within the boundary that a condition \
            demands. Chains of these count. Boundaries, denials, organization policies and trust policies close a path. To \
            assume a role that trusts one is no escalation, unless it leads to administration without any condition. \
            Administrators by a statement that allows everything and the roles that only AWS can change are not judged; who \
            is an administrator by several statements together is. \(Escalations.modeled) \
            If a principal can pass a role with more power to a service in a way that is not modeled, change what is not \
            read, the client IDs or thumbprints of an OIDC provider, or permission sets of IAM Identity Center (in the \
            management account, or elsewhere if granted by name), the finding is unknown.
            """,
        remedy: """
            Narrow one of the statements that the evidence names: to resources with less power, by iam:PassedToService or \
            iam:PolicyARN, or by a permissions boundary.
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
        // Without users and roles there is nothing to judge.
        let identities = try reading[.identities].value
        let found = reading.landscape.escalations()
        let settled =
            found.paths.map { path in
                let doubt = path.doubts.first
                return Verdict(
                    on: path.principal.resource,
                    doubt.map { .unknown("It \(path.message)", unless: $0, path.evidence) }
                        ?? .fail("It \(path.message)", path.evidence))
            } + found.undetermined.map { Verdict(on: $0.principal.resource, .unknown($0.reason)) }
        if let doubt = found.hiding.first {
            return settled + [Verdict(on: .account(reading.account), .unknown(doubt))]
        }
        let judged = Set(settled.map(\.resource.arn)).union(found.administrators.map(\.arn))
        let closed = "No way to more power was found"
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
    /// Without its subject: "can get to administration by put-user-policy".
    var message: String {
        let way = steps.map(\.method).joined(separator: ", then ")
        let end = gain.isAdministration ? "administration" : "more power"
        return "can get to \(end) by \(way)\(isCertain ? "" : ", under a condition")"
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
                from: .getAccountAuthorizationDetails),
        ]
    }
}
