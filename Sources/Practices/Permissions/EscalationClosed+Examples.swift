import AWSClient
import Inventory
import Posture

extension EscalationClosed {
    var examples: [Example] {
        [
            .passes("a role that may read a bucket") {
                $0.holdForAccess(roles: [.deploy(allowing: "s3:GetObject")])
            },
            .passes("a role passes roles, and none trusts the service that it uses") {
                $0.holdForAccess(roles: [.deploy(allowing: "iam:PassRole", "cloudformation:CreateStack")])
            },
            .fails("a role writes its own policies") {
                $0.holdForAccess(roles: [.deploy(allowing: "iam:PutRolePolicy")])
            },
            .unknown("what runs under roles cannot be listed") {
                $0.holdForAccess(roles: [.deploy(allowing: "s3:GetObject")])
                $0[.functions]["us-east-1"] = .denied(.listFunctions)
            },
            .unknown("the users and roles cannot be listed") {
                $0.holdForAccess(roles: [])
                $0[.identities] = .denied(.getAccountAuthorizationDetails)
            },
            .unknown("the organisation's policies cannot be read") {
                $0.holdForAccess(roles: [.deploy(allowing: "s3:GetObject")])
                $0[.organizationPolicies] = .denied(.listPoliciesForTarget)
            },
        ]
    }
}
