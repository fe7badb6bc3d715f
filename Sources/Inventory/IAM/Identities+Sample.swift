extension User: Sampled {
    /// A member of the sample group, without policies of its own.
    public static var sample: User {
        User(userName: "alice", arn: "arn:aws:iam::123456789012:user/alice", groupList: ["developers"])
    }
}

extension Group: Sampled {
    public static var sample: Group {
        Group(
            groupName: "developers", arn: "arn:aws:iam::123456789012:group/developers",
            attachedManagedPolicies: [AttachedPolicy(policyName: "read-data", policyARN: ManagedPolicy.sample.arn)])
    }
}

extension Role: Sampled {
    public static var sample: Role {
        Role(
            roleName: "deploy", arn: "arn:aws:iam::123456789012:role/deploy",
            assumeRolePolicyDocument: PolicyDocument(
                statements: #"""
                    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
                    """#),
            attachedManagedPolicies: [AttachedPolicy(policyName: "read-data", policyARN: ManagedPolicy.sample.arn)])
    }
}

extension ManagedPolicy: Sampled {
    /// A customer managed policy that is attached to the sample group and role.
    public static var sample: ManagedPolicy {
        ManagedPolicy(
            arn: "arn:aws:iam::123456789012:policy/read-data", attachmentCount: 2,
            defaultDocument: .reader)
    }

    /// The AWS managed policy for administrators, attached once.
    public static var administratorAccess: ManagedPolicy {
        ManagedPolicy(
            arn: "arn:aws:iam::aws:policy/AdministratorAccess", attachmentCount: 1,
            defaultDocument: .administrator)
    }
}

extension AttachedPolicy {
    public static var administratorAccess: AttachedPolicy {
        AttachedPolicy(
            policyName: "AdministratorAccess", policyARN: "arn:aws:iam::aws:policy/AdministratorAccess")
    }
}
