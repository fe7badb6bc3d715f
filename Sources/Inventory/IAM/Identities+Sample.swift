extension User: Sampled {
    /// A member of the sample group, without a policy of her own.
    public static var sample: User {
        User(name: "alice", arn: "arn:aws:iam::123456789012:user/alice", groupNames: ["developers"])
    }
}

extension Group: Sampled {
    public static var sample: Group {
        Group(
            name: "developers", arn: "arn:aws:iam::123456789012:group/developers",
            attachedPolicies: [AttachedPolicy(name: "read-data", arn: ManagedPolicy.sample.arn)])
    }
}

extension Role: Sampled {
    public static var sample: Role {
        Role(
            name: "deploy", arn: "arn:aws:iam::123456789012:role/deploy",
            trustPolicy: PolicyDocument(
                statements: #"""
                    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
                    """#),
            attachedPolicies: [AttachedPolicy(name: "read-data", arn: ManagedPolicy.sample.arn)])
    }
}

extension ManagedPolicy: Sampled {
    /// The customer's own, attached to the sample group and role.
    public static var sample: ManagedPolicy {
        ManagedPolicy(
            name: "read-data", arn: "arn:aws:iam::123456789012:policy/read-data", attachmentCount: 2,
            defaultDocument: .reader)
    }

    /// AWS's policy for administrators, attached once.
    public static var administratorAccess: ManagedPolicy {
        ManagedPolicy(
            name: "AdministratorAccess", arn: "arn:aws:iam::aws:policy/AdministratorAccess", attachmentCount: 1,
            defaultDocument: .administrator)
    }
}

extension AttachedPolicy {
    public static var administratorAccess: AttachedPolicy {
        AttachedPolicy(name: "AdministratorAccess", arn: "arn:aws:iam::aws:policy/AdministratorAccess")
    }
}
