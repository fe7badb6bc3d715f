import AWSClient
import Inventory
import Posture

extension RoleTrustOIDCSubject {
    var examples: [Example] {
        [
            .passes("tokens of one repository are accepted") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):sub": "repo:acme/shop:*"}}"#))
            },
            .passes("one service account of a cluster is accepted") {
                $0.hold(
                    trust: web(
                        "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE",
                        #"""
                        {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub": "system:serviceaccount:a:b"}}
                        """#))
            },
            .passes("one identity pool of Amazon Cognito is accepted") {
                $0.hold(
                    trust: SampleTrust.of(
                        #"{"Federated": "cognito-identity.amazonaws.com"}"#, action: "sts:AssumeRoleWithWebIdentity",
                        #"{"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:5f2c"}}"#))
            },
            .passes("GitHub's number of the repository, its owner or the enterprise is required") {
                $0.hold(
                    trust: github(#"{"StringEquals": {"\#(host):repository_id": "74"}}"#),
                    github(#"{"StringEquals": {"\#(host):repository_owner_id": ["65", "66"]}}"#),
                    github(#"{"StringEquals": {"\#(host):enterprise_id": "17"}}"#))
            },
            .passes("a workflow of one owner on GitHub is required") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):job_workflow_ref": "acme/shop/.github/*"}}"#))
            },
            .fails("GitHub's number of the owner is any that begins alike") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):repository_owner_id": "6*"}}"#))
            },
            .fails("the workflow is one of any owner on GitHub") {
                $0.hold(
                    trust: github(#"{"StringLike": {"\#(host):job_workflow_ref": "*/deploy.yml@refs/heads/main"}}"#))
            },
            .fails("the number of a repository is required of a provider that has none") {
                $0.hold(
                    trust: web("gitlab.example.com", #"{"StringEquals": {"gitlab.example.com:repository_id": "74"}}"#))
            },
            .fails("only the audience is required") {
                $0.hold(trust: github(#"{"StringEquals": {"\#(host):aud": "sts.amazonaws.com"}}"#))
            },
            .fails("the subject is any repository") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):sub": "repo:*"}}"#))
            },
            .fails("the subject is any owner whose name begins alike") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):sub": "repo:acme*"}}"#))
            },
            .fails("the subject is one that every owner on GitHub can make") {
                $0.hold(trust: github(#"{"StringEquals": {"\#(host):sub": "environment:production"}}"#))
            },
            .passes("the subject names its owner behind another claim") {
                $0.hold(
                    trust: github(
                        #"{"StringEquals": {"\#(host):sub": "environment:production:repository_owner:acme"}}"#))
            },
            .fails("the subject is a label and no value") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):sub": "repository_owner_id:*"}}"#))
            },
            .fails("one of two subjects is a wildcard") {
                $0.hold(trust: github(#"{"StringLike": {"\#(host):sub": ["repo:acme/shop:*", "*"]}}"#))
            },
            .fails("the subject is required only if the token has one") {
                $0.hold(trust: github(#"{"ForAllValues:StringLike": {"\#(host):sub": "repo:acme/shop:*"}}"#))
            },
            .fails("any user of a public login is accepted") {
                $0.hold(
                    trust: SampleTrust.of(
                        #"{"Federated": "accounts.google.com"}"#, action: "sts:AssumeRoleWithWebIdentity"))
            },
            .unknown("the trust policy is not valid") {
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
