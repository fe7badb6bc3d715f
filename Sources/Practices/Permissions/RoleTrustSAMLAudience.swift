import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A SAML assertion is issued for one recipient. A trust policy that does not check the recipient accepts assertions
/// that were issued for another service.
struct RoleTrustSAMLAudience: Check {
    let about = About(
        id: "iam-role-trust-saml-audience",
        title: "SAML role trust policies should restrict the audience",
        practice: .permissions, severity: .medium,
        risk: """
            A SAML assertion that the identity provider issued for another service can be used to assume the role.
            """,
        judges: """
            Roles that trust a SAML provider are evaluated. Each statement must require SAML:aud or saml:recipient \
            with values that are not all wildcards.
            """,
        remedy: "Add a condition that SAML:aud equals the AWS sign-in endpoint, https://signin.aws.amazon.com/saml.",
        sources: [
            "IAM User Guide: Create a role for SAML 2.0 federation (console)",
            "IAM User Guide: Available keys for SAML-based AWS STS federation",
        ],
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeRoleTrust { role, statements in
            let admitting = statements.filter(\.admitsSAMLUsers)
            guard !admitting.isEmpty else { return nil }
            guard let open = admitting.first(where: { !$0.demandsAudience }) else {
                return .pass("The trust policy restricts the audience", role.trustEvidence)
            }
            return .fail("\(open.title) does not restrict SAML:aud", role.evidence(of: open))
        }
    }

    var examples: [Example] {
        [
            .passes("the audience is the AWS sign-in endpoint") {
                $0.hold(trust: saml(#"{"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}"#))
            },
            .fails("no audience is required") { $0.hold(trust: saml("{}")) },
            .fails("any audience is accepted") { $0.hold(trust: saml(#"{"StringLike": {"SAML:aud": "*"}}"#)) },
            .fails("only an attribute of the user is required") {
                $0.hold(trust: saml(#"{"StringEquals": {"SAML:edupersonaffiliation": "staff"}}"#))
            },
            .unknown("the trust policy is not valid") {
                $0.hold(roles: [.sample { $0.assumeRolePolicyDocument = .unreadable }])
            },
            .unknown("the roles cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func saml(_ condition: String) -> String {
        SampleTrust.of(
            #"{"Federated": "arn:aws:iam::123456789012:saml-provider/office"}"#, action: "sts:AssumeRoleWithSAML",
            condition)
    }
}

extension Statement {
    fileprivate var admitsSAMLUsers: Bool {
        actions.match("sts:AssumeRoleWithSAML")
            && namedPrincipals.contains { principal in
                guard case .federated(let text) = principal else { return false }
                return ARN(text)?.resource.hasPrefix("saml-provider/") ?? false
            }
    }

    fileprivate var demandsAudience: Bool {
        ["SAML:aud", "saml:recipient"].contains { pinnedValues(of: $0)?.namesSomething ?? false }
    }
}
