import Inventory

/// A company in one account: teams with groups, managed policies and buckets of their own, roles with inline policies,
/// auditors who read all, contractors with boundaries, users with a folder each.
struct SampleCompany {
    let principals: Int
    let buckets: Int

    private static let id = "123456789012"
    private var teams: Int { max(1, principals / 50) }

    static func bucket(_ number: Int) -> String { "team-\(number % 200)-data-\(number)" }

    var account: Account {
        var account = Account.sample
        account[.organization] = .known(nil)
        account[.organizationPolicies] = .known(OrganizationPolicies())
        account[.accountPublicAccessBlock] = .known(PublicAccessBlock())
        let userCount = principals * 6 / 10
        account[.identities] = .known(
            Identities(
                users: (0..<userCount).map(user), groups: (0..<teams).map(group),
                roles: (0..<principals - userCount).map(role), policies: policies))
        account.hold(buckets: (0..<buckets).map(bucketInventory))
        return account
    }

    private func user(_ number: Int) -> User {
        User(
            userName: "user-\(number)", arn: "arn:aws:iam::\(Self.id):user/user-\(number)",
            attachedManagedPolicies: number % 40 == 0 ? [attached("audit")] : [],
            groupList: ["team-\(number % teams)"], permissionsBoundary: number % 10 == 0 ? arn("boundary") : nil)
    }

    private func group(_ number: Int) -> Group {
        Group(
            groupName: "team-\(number)", arn: "arn:aws:iam::\(Self.id):group/team-\(number)",
            attachedManagedPolicies: [attached("team-\(number)"), attached("own-folder"), attached("no-tls-no-entry")])
    }

    private func role(_ number: Int) -> Role {
        let team = number % 200
        let own = document(
            """
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
             "Resource": "arn:aws:s3:::\(Self.bucket(number % max(1, buckets)))/*"},
            {"Effect": "Allow", "Action": ["logs:*", "cloudwatch:PutMetricData"], "Resource": "*"},
            {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"],
             "Resource": "arn:aws:dynamodb:*:\(Self.id):table/team-\(team)-*"}
            """)
        return Role(
            roleName: "role-\(number)", arn: "arn:aws:iam::\(Self.id):role/role-\(number)",
            assumeRolePolicyDocument: document(
                #"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#),
            rolePolicyList: [InlinePolicy(policyName: "own", policyDocument: own)],
            attachedManagedPolicies: number % 25 == 0 ? [attached("audit")] : [])
    }

    private var policies: [ManagedPolicy] {
        let shared = [
            ("audit", #"{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}"#),
            (
                "own-folder",
                #"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}"#
            ),
            (
                "no-tls-no-entry",
                #"""
                {"Effect": "Deny", "Action": "*", "Resource": "*",
                 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
                """#
            ),
            (
                "boundary",
                #"""
                {"Effect": "Allow", "Action": ["s3:*", "logs:*"], "Resource": "*",
                 "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}}
                """#
            ),
        ]
        let teamPolicies = (0..<teams).map { team in
            (
                "team-\(team)",
                """
                {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
                 "Resource": ["arn:aws:s3:::team-\(team % 200)-data-*", "arn:aws:s3:::team-\(team % 200)-data-*/*"]},
                {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::team-\((team + 1) % 200)-data-*/secret/*"}
                """
            )
        }
        return (shared + teamPolicies).map { name, statements in
            ManagedPolicy(arn: arn(name), attachmentCount: 1, defaultDocument: document(statements))
        }
    }

    private func bucketInventory(_ number: Int) -> Bucket {
        var bucket = Bucket(name: Self.bucket(number))
        bucket.region = .known("us-east-1")
        bucket.grants = .known([])
        bucket.publicAccessBlock = .known(PublicAccessBlock())
        let name = bucket.name
        let statements =
            number % 3 != 0
            ? nil
            : """
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::\(name)/*",
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::\(Self.id):role/role-\(number)"},
             "Action": "s3:GetObject", "Resource": "arn:aws:s3:::\(name)/*"},
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::\(name)/*",
             "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::\(Self.id):user/user-9*"}}}
            """
        bucket.policy = .known(statements.map(document))
        return bucket
    }

    private func attached(_ name: String) -> AttachedPolicy { AttachedPolicy(policyName: name, policyARN: arn(name)) }

    private func arn(_ name: String) -> String { "arn:aws:iam::\(Self.id):policy/\(name)" }

    private func document(_ statements: String) -> PolicyDocument { PolicyDocument(statements: statements) }
}
