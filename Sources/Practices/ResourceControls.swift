import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

extension Reading {
    /// The organization's policies that limit access to the account's resources. They also apply to AWS services,
    /// except to calls that a service makes through its service-linked role.
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

    /// Known condition keys of a request that a service makes on behalf of one resource of the account to another one:
    /// its source and its target are both the account's.
    var contextOfOwnServices: RequestContext {
        var context: RequestContext = [
            "aws:ResourceAccount": .single(account.id), "aws:SourceAccount": .single(account.id),
        ]
        if case .known(let organization) = account[.organization].state {
            let id = organization.map { RequestContext.Value.single($0.id) } ?? .several([])
            context["aws:ResourceOrgID"] = id
            context["aws:SourceOrgID"] = id
        }
        return context
    }
}

extension [ControlLevel] {
    var documents: [Policy] { flatMap(\.policies).map(\.policy) }
}
