import AWSClient
import Inventory
import Posture

extension RoleTrustOIDCSubject {
    var examples: [Example] {
        [
            .passes("one repository's tokens are let in") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):sub": "repo:acme/shop:*"}}"#))
            },
            .passes("one service account of a cluster is let in") {
                $0.hold(
                    trust: web(
                        "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE",
                        #"""
                        {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub": "system:serviceaccount:a:b"}}
                        """#))
            },
            .passes("one identity pool of Amazon Cognito is let in") {
                $0.hold(
                    trust: SampleTrust.of(
                        #"{"Federated": "cognito-identity.amazonaws.com"}"#, action: "sts:AssumeRoleWithWebIdentity",
                        #"{"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:5f2c"}}"#))
            },
            .fails("only the audience is demanded") {
                $0.hold(trust: github(#"{"StringEquals": {"\#(host):aud": "sts.amazonaws.com"}}"#))
            },
            .fails("the subject is any repository") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):sub": "repo:*"}}"#))
            },
            .fails("the subject is any owner whose name begins alike") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):sub": "repo:acme*"}}"#))
            },
            .fails("one of two subjects is anybody") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):sub": ["repo:acme/shop:*", "*"]}}"#))
            },
            .fails("the subject is demanded of those who have one") {
                $0.hold(trust: github(#"{"ForAllValues:StringLike": {"\#(host):sub": "repo:acme/shop:*"}}"#))
            },
            .fails("any user of a public login is let in") {
                $0.hold(
                    trust: SampleTrust.of(
                        #"{"Federated": "accounts.google.com"}"#, action: "sts:AssumeRoleWithWebIdentity"))
            },
            .unknown("the trust policy is no policy") {
                $0.hold(roles: [.sample { $0.assumeRolePolicyDocument = .unreadable }])
            },
            .unknown("the roles cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private var host: String { "token.actions.githubusercontent.com" }
    private func github(_ condition: String) -> String { web(host, condition) }

    private func web(_ provider: String, _ condition: String) -> String {
        SampleTrust.of(
            #"{"Federated": "arn:aws:iam::123456789012:oidc-provider/\#(provider)"}"#,
            action: "sts:AssumeRoleWithWebIdentity", condition)
    }
}
