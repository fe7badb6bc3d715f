import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A service uses the same principal for every customer: only the source identifies the customer that it acts for.
struct RoleTrustServiceSource: Check {
    let about = About(
        id: "iam-role-trust-service-source",
        title: "Service roles should prevent the confused deputy problem",
        practice: .permissions, severity: .high,
        risk: "Another AWS customer can make the service use this role on their behalf (confused deputy).",
        judges: """
            Roles that trust a service for which AWS documents a source condition are evaluated: \
            \(Self.services.keys.sorted().joined(separator: ", ")). Each statement must require aws:SourceArn or \
            aws:SourceAccount with explicit accounts, or aws:SourceOrgID or aws:SourceOrgPaths. Other services, such \
            as EC2, Lambda and CloudTrail, do not send these keys when they assume a role: a role that requires them \
            could not be used.
            """,
        remedy: """
            Add a condition that aws:SourceAccount equals your account, or preferably that aws:SourceArn equals the \
            resource.
            """,
        references: [.prowler("iam_role_cross_service_confused_deputy_prevention")],
        sources: ["IAM User Guide: The confused deputy problem"] + Set(Self.services.values).sorted(),
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeRoleTrust { role, statements in
            let admitting = statements.compactMap { statement in
                Self.serviceThatTells(in: statement).map { (statement, $0) }
            }
            guard !admitting.isEmpty else { return nil }
            guard let (open, service) = admitting.first(where: { !$0.0.demandsSource }) else {
                return .pass("Services must provide aws:SourceArn or aws:SourceAccount", role.trustEvidence)
            }
            return .fail(
                "\(open.title) trusts \(service) without aws:SourceArn or aws:SourceAccount", role.evidence(of: open))
        }
    }

    private static func serviceThatTells(in statement: Statement) -> String? {
        statement.namedPrincipals.lazy.compactMap { principal -> String? in
            guard case .service(let name) = principal else { return nil }
            return services[String(name.lowercased().prefix { $0 != "." })] == nil ? nil : name
        }.first
    }
}

extension Statement {
    /// Whether the statement applies only to requests on behalf of certain accounts.
    fileprivate var demandsSource: Bool {
        if let arns = pinnedValues(of: "aws:SourceArn"), arns.allSatisfy({ ARN($0)?.accountID != nil }) {
            return true
        }
        for (key, prefix) in [("aws:SourceAccount", ""), ("aws:SourceOrgID", "o-"), ("aws:SourceOrgPaths", "o-")] {
            guard let values = pinnedValues(of: key) else { continue }
            if values.allSatisfy({ $0.prefix { $0 != "/" }.isWrittenOut && $0.hasPrefix(prefix) }) { return true }
        }
        return false
    }
}

extension Substring {
    /// Whether the text has neither wildcards nor variables.
    fileprivate var isWrittenOut: Bool { !isEmpty && !contains { "*?$".contains($0) } }
}
