extension RequestContext {
    /// What is known of the requests of strangers to a policy: a user and a role of an account that it does not name, in
    /// another organization or in none, and callers without an account; each over the internet, and over an endpoint of a
    /// VPC of their own. All other keys are unknown.
    ///
    /// Source: IAM User Guide, "AWS global condition context keys", and "Principal key values" in "IAM policy elements:
    /// Variables and tags".
    static func strangers(to policy: Policy, in account: String, isOpenToAnonymous: Bool) -> [RequestContext] {
        let named = policy.statements.flatMap(\.conditions).flatMap(\.values).joined(separator: " ")
        let id = (1...).lazy.map { "99999999\(1000 + $0)" }.first { $0 != account && !named.contains($0) } ?? account
        let organization = "o-stranger00"
        let known: RequestContext = [
            "aws:PrincipalIsAWSService": "false", "aws:PrincipalServiceName": .several([]),
            "aws:SourceAccount": .several([]), "aws:SourceArn": .several([]),
            "aws:ResourceAccount": .single(account),
        ]
        let ofAccount: RequestContext = ["aws:PrincipalAccount": .single(id), "kms:CallerAccount": .single(id)]
        let kinds: [RequestContext] = [
            ["aws:PrincipalArn": .single("arn:aws:iam::\(id):user/user"), "aws:PrincipalType": "User"],
            ["aws:PrincipalArn": .single("arn:aws:iam::\(id):role/role"), "aws:PrincipalType": "AssumedRole"],
        ]
        let inNone: RequestContext = ["aws:PrincipalOrgID": .several([]), "aws:PrincipalOrgPaths": .several([])]
        let organizations: [RequestContext] = [
            inNone,
            [
                "aws:PrincipalOrgID": .single(organization),
                "aws:PrincipalOrgPaths": .several(["\(organization)/r-aaaa/"]),
            ],
        ]
        var callers = kinds.flatMap { kind in organizations.map { ofAccount.adding(kind).adding($0) } }
        if isOpenToAnonymous {
            callers.append(
                inNone.adding([
                    "aws:PrincipalAccount": .several([]), "aws:PrincipalArn": .several([]),
                    "aws:PrincipalType": "Anonymous", "aws:userid": "anonymous",
                ]))
        }
        let networks: [RequestContext] = [
            ["aws:SourceVpc": .several([]), "aws:SourceVpce": .several([])],
            ["aws:SourceVpc": "vpc-stranger", "aws:SourceVpce": "vpce-stranger", "aws:SourceIp": .several([])],
        ]
        return callers.flatMap { caller in networks.map { known.adding(caller).adding($0).incomplete } }
    }
}
