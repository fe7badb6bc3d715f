public import Inventory

// The names of each kind of resource in findings: CloudFormation's type, the id that people know, the ARN.

extension Resource {
    static let accountType = "AWS::::Account"

    /// The account as a whole, with the id that AWS Security Hub gives it.
    public static func account(_ account: Account) -> Resource {
        Resource(
            type: accountType, id: "AWS::::Account:\(account.id)",
            arn: "arn:\(account.partition):iam::\(account.id):root")
    }

    public static func trail(_ trail: Trail) -> Resource {
        Resource(type: "AWS::CloudTrail::Trail", id: trail.name, arn: trail.trailARN)
    }

    public static func bucket(_ name: String, in account: Account) -> Resource {
        Resource(type: "AWS::S3::Bucket", id: name, arn: "arn:\(account.partition):s3:::\(name)")
    }

    public static func key(_ key: EncryptionKey) -> Resource {
        let arn = (try? key.description.value.arn) ?? key.reference
        return Resource(type: "AWS::KMS::Key", id: arn.split(separator: "/").last.map(String.init) ?? arn, arn: arn)
    }

    public static func logGroup(arn: String) -> Resource {
        let name = arn.split(separator: ":", maxSplits: 6).last.map(String.init) ?? arn
        return Resource(type: "AWS::Logs::LogGroup", id: name, arn: arn)
    }

    /// A resource of Amazon EC2. `kind` is the word in its ARN, such as `security-group`. `owner` is the account in its
    /// ARN, which may share the resource with the account that was read.
    private static func ec2(
        type: String, kind: String, id: String, name: String?, owner: String?, region: String, in account: Account
    ) -> Resource {
        Resource(
            type: "AWS::EC2::\(type)", id: id,
            arn: "arn:\(account.partition):ec2:\(region):\(owner ?? account.id):\(kind)/\(id)", name: name)
    }

    public static func vpc(_ vpc: VPC, region: String, in account: Account) -> Resource {
        .ec2(
            type: "VPC", kind: "vpc", id: vpc.vpcID, name: vpc.tagSet?.name, owner: vpc.ownerID, region: region,
            in: account)
    }

    public static func securityGroup(_ group: SecurityGroup, region: String, in account: Account) -> Resource {
        .ec2(
            type: "SecurityGroup", kind: "security-group", id: group.groupID, name: group.groupName,
            owner: group.ownerID, region: region, in: account)
    }

    public static func networkACL(_ list: NetworkACL, region: String, in account: Account) -> Resource {
        .ec2(
            type: "NetworkAcl", kind: "network-acl", id: list.networkACLID, name: list.tagSet?.name,
            owner: list.ownerID, region: region, in: account)
    }

    public static func user(name: String, arn: String) -> Resource {
        Resource(type: "AWS::IAM::User", id: name, arn: arn)
    }

    public static func user(_ user: User) -> Resource { .user(name: user.userName, arn: user.arn) }

    public static func group(_ group: Group) -> Resource {
        Resource(type: "AWS::IAM::Group", id: group.groupName, arn: group.arn)
    }

    public static func role(_ role: Role) -> Resource {
        Resource(type: "AWS::IAM::Role", id: role.roleName, arn: role.arn)
    }

    public static func policy(_ policy: ManagedPolicy) -> Resource {
        Resource(type: "AWS::IAM::ManagedPolicy", id: policy.policyName, arn: policy.arn)
    }
}
