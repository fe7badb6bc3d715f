/// A resource that runs, or can be started, under a role: a principal that controls it acts as the role.
public struct Workload: Sendable, Codable, Hashable {
    public var kind: Kind
    public var arn: String
    /// The role or instance profile that it runs under.
    public var identity: Identity

    public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
        /// An EC2 instance that is not terminated.
        case instance
        /// A Lambda function.
        case function
        /// A CloudFormation stack with a service role.
        case stack
        /// A CodeBuild project.
        case project
    }

    /// The ARN of a role, or of the instance profile that holds one (see ``Role/instanceProfileList``).
    public enum Identity: Sendable, Codable, Hashable {
        case role(String)
        case instanceProfile(String)
    }

    public init(kind: Kind, arn: String, identity: Identity) {
        self.kind = kind
        self.arn = arn
        self.identity = identity
    }

    /// Returns the roles among `roles` under which it runs: at most one.
    public func roles(among roles: [Role]) -> [Role] {
        switch identity {
        case .role(let arn): roles.filter { $0.arn == arn }
        case .instanceProfile(let profile): roles.filter { $0.instanceProfileList.map(\.arn).contains(profile) }
        }
    }
}

extension Workload {
    /// The facets that list workloads.
    public static let reads: Set<Facet> = [.instances, .functions, .stacks, .buildProjects]
}

extension Account {
    /// The workloads that run under a role: a list for each kind and region, or the reason why there is none.
    public var workloads: [Fact<[Workload]>] {
        lists(.instances) { region, instance in
            guard !instance.isTerminated, let profile = instance.iamInstanceProfile?.arn else { return nil }
            return Workload(
                kind: .instance, arn: "arn:\(partition):ec2:\(region):\(id):instance/\(instance.instanceID)",
                identity: .instanceProfile(profile))
        }
            + lists(.functions) { _, function in
                function.role.map { Workload(kind: .function, arn: function.functionARN, identity: .role($0)) }
            }
            + lists(.stacks) { _, stack in
                guard stack.stackStatus != "DELETE_COMPLETE", let arn = stack.stackID, let role = stack.roleARN,
                    !role.isEmpty
                else { return nil }
                return Workload(kind: .stack, arn: arn, identity: .role(role))
            }
            + lists(.buildProjects) { _, project in
                project.serviceRole.map { Workload(kind: .project, arn: project.arn, identity: .role($0)) }
            }
            + (hasUnreadRegions ? [unreadWorkloads] : [])
    }

    private var unreadWorkloads: Fact<[Workload]> {
        unreadRegions.map { regions throws(Unknown) in
            throw Unknown(
                .notCollected,
                detail: """
                    workloads with a role in \(regions.joined(separator: ", ")) were not read: scan every Region
                    """)
        }
    }

    private func lists<Element>(
        _ facet: FacetOf<ByName<[Element]>>, _ workload: (_ region: String, Element) -> Workload?
    ) -> [Fact<[Workload]>] {
        let lists = self[facet]
        guard case .known(let read) = lists.state else { return [lists.map { _ in [] }] }
        return Set(read.keys).union((try? self[.regions].value) ?? []).sorted().map { region in
            lists[region].map { $0.compactMap { workload(region, $0) } }
        }
    }
}
