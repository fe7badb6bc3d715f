import AWSClient
import Inventory
import Posture

extension EscalationClosed {
    var examples: [Example] {
        [
            .passes("a role that can read a bucket") {
                $0.holdForAccess(roles: [.deploy(allowing: "s3:GetObject")])
            },
            .passes("a role can pass roles, but none trusts the service") {
                $0.holdForAccess(roles: [.deploy(allowing: "iam:PassRole", "cloudformation:CreateStack")])
            },
            .fails("a role can write its own policies") {
                $0.holdForAccess(roles: [.deploy(allowing: "iam:PutRolePolicy")])
            },
            .unknown("workloads with roles cannot be listed") {
                $0.holdForAccess(roles: [.deploy(allowing: "s3:GetObject")])
                $0[.functions]["us-east-1"] = .denied(.listFunctions)
            },
            .unknown("the users and roles cannot be listed") {
                $0.holdForAccess(roles: [])
                $0[.identities] = .denied(.getAccountAuthorizationDetails)
            },
            .passes("the organization's policies cannot be read, and could only take away what a role has") {
                $0.holdForAccess(roles: [.deploy(allowing: "s3:GetObject")])
                $0[.organizationPolicies] = .denied(.listPoliciesForTarget)
            },
            .unknown("the organization's policies cannot be read, and possibly close the path") {
                $0.holdForAccess(roles: [.deploy(allowing: "iam:PutRolePolicy")])
                $0[.organizationPolicies] = .denied(.listPoliciesForTarget)
            },
            .unknown("the boundary of a role cannot be read") {
                var role = Role.deploy(allowing: "iam:PutRolePolicy")
                role.permissionsBoundary = .init(permissionsBoundaryARN: "arn:aws:iam::123456789012:policy/unlisted")
                $0.holdForAccess(roles: [role])
            },
        ]
    }
}
