import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

/// Permissions that were not used for months benefit only an attacker with stolen credentials.
struct PermissionsInUse: Check {
    let about = About(
        id: "iam-unused-permissions",
        title: "Users and roles should not have unused permissions",
        practice: .permissions, severity: .medium,
        risk: "Unused permissions increase the impact of a compromised identity.",
        judges: """
            For every user and role, IAM last accessed information shows which services its policies allow and when \
            they were last accessed; for actions that AWS tracks, the same. A service fails if it was not used for \
            `unused-permission-days`, or never within the tracking period of AWS; within a used service, an action \
            fails in the same way. An identity younger than the limit passes. AWS does not report when a permission \
            was granted, so a new permission also counts as unused. Service-linked roles are excluded.
            """,
        remedy: """
            Remove the listed services and actions from the policies of the identity. 'parapet access suggest' derives \
            a policy from CloudTrail logs.
            """,
        sources: ["IAM User Guide: Refine permissions in AWS using last accessed information"],
        reads: [.identities, .lastAccessed],
        settings: ["unused-permission-days"],
        onRequest: "it makes several calls for each user and role, and AWS takes a while to answer them.")

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let identities = try reading[.identities].value
        let accesses = try reading[.lastAccessed].value
        let principals =
            identities.users.map { (Resource.user($0), $0.createDate) }
            + identities.roles.filter { !$0.isServiceLinked }.map { (Resource.role($0), $0.createDate) }
        return principals.map { principal, created in
            Verdict(on: principal) { () throws(Unknown) in
                let services = try (accesses[principal.arn] ?? .notCollected).value
                return judge(services, created: created, by: reading)
            }
        }
    }

    private func judge(_ services: [ServiceAccess], created: Date?, by reading: Reading) -> Judgement {
        let limit = reading.settings.unusedPermissionDays
        if let created, reading.days(since: created) < limit {
            return .pass(
                "The identity is \(reading.days(since: created).days) old",
                .identity("CreateDate", JSON(created)))
        }
        func isUnused(_ date: Date?) -> Bool { date.map { reading.days(since: $0) > limit } ?? true }
        let idle = services.filter { isUnused($0.lastAuthenticated) }
        let idleActions = services.filter { !isUnused($0.lastAuthenticated) }.flatMap { service in
            service.trackedActionsLastAccessed.filter { isUnused($0.lastAccessedTime) }.map {
                "\(service.serviceNamespace):\($0.actionName)"
            }
        }
        let used = services.filter { !isUnused($0.lastAuthenticated) }.map(\.serviceNamespace)
        var evidence = [Evidence("ServicesInUse", JSON(used), from: .getServiceLastAccessedDetails)]
        guard !idle.isEmpty || !idleActions.isEmpty else {
            return .pass("All allowed services and actions were used within \(limit.days)", evidence)
        }
        evidence.append(
            Evidence(
                "ServicesLastAccessed",
                .object(JSON.Object(idle.map { .init($0.serviceNamespace, JSON($0.lastAuthenticated)) })),
                from: .getServiceLastAccessedDetails))
        evidence.append(
            Evidence("TrackedActionsLastAccessed", JSON(idleActions), from: .getServiceLastAccessedDetails))
        let parts = [
            idle.isEmpty ? nil : idle.count == 1 ? "1 service" : "\(idle.count) services",
            idleActions.isEmpty ? nil : idleActions.count == 1 ? "1 action" : "\(idleActions.count) actions",
        ]
        let what = parts.compactMap(\.self).joined(separator: " and ")
        return .fail("Unused for more than \(limit.days), but allowed: \(what)", evidence)
    }
}
