import Basics
import Posture
import Practices
import Runs
import Testing

/// The policy that `parapet policy` prints.
@Suite struct ScanPolicyTests {
    @Test func whatOnlyTheManagementAccountMayCallStandsApart() throws {
        let checks = Catalogue.checks.filter { ["trail-control", "cloudtrail-all-regions"].contains($0.about.id) }
        let policy = try JSON(parsing: ScanRun(checks).policy())
        let statements = policy["Statement"]?.elements ?? []
        #expect(statements.count == 2)
        let actions = statements.map { ($0["Action"]?.elements ?? []).compactMap(\.text) }
        #expect(actions[0].contains("iam:GetAccountAuthorizationDetails"))
        #expect(actions[0].contains("organizations:DescribeOrganization"))
        #expect(!actions[0].contains("organizations:ListRoots"))
        #expect(
            actions[1] == [
                "organizations:DescribePolicy", "organizations:ListParents", "organizations:ListPoliciesForTarget",
                "organizations:ListRoots",
            ])
        #expect(statements[1]["Sid"]?.text == "OnlyInManagementOrDelegatedAdministratorAccount")
    }
}
