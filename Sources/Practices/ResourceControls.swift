import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

extension Reading {
    /// The organization's policies that limit what may be done with the account's resources. They limit AWS services too,
    /// except for what a service does through its service-linked role.
    ///
    /// Source: AWS Organizations User Guide, "Resource control policies (RCPs)", sections "Resources and entities not
    /// restricted by RCPs" and "Cross-service confused deputy protection".
    var resourceControls: Fact<[ControlLevel]> {
        once { reading in
            reading[.organizationPolicies].map { policies throws(Unknown) in
                try policies.resourceControl.map { level throws(Unknown) in try ControlLevel(level) }
            }
        }
    }

    /// What is known of a request to the account's resources that a service makes for a resource of `source`.
    func organizationContext(ofAccount source: String) -> RequestContext {
        var context: RequestContext = ["aws:ResourceAccount": .single(account.id)]
        guard case .known(let organization) = account[.organization].state else { return context }
        context["aws:ResourceOrgID"] = organization.map { .single($0.id) } ?? .several([])
        // A trail of another account that delivers here may be of another organization.
        if source == account.id || source == organization?.masterAccountID {
            context["aws:SourceOrgID"] = organization.map { .single($0.id) } ?? .several([])
        }
        return context
    }
}

extension [ControlLevel] {
    var documents: [Policy] { flatMap(\.policies).map(\.policy) }
}
