import AWSClient

extension Collector {
    /// What runs under a role in each region. A region in which one kind of it cannot be listed is unknown as a whole:
    /// half of the list would hide the other half.
    func readWorkloads(in regions: Fact<[String]>) async -> Regional<[Workload]> {
        await regional(.workloads, in: regions) { region throws(AWSError) in
            let found =
                try await readInstances(in: region) + readFunctions(in: region) + readStacks(in: region)
                + readProjects(in: region)
            return found.sorted { $0.arn < $1.arn }
        }
    }

    private func readInstances(in region: String) async throws(AWSError) -> [Workload] {
        let reservations = try await client.all(EC2.describeInstances(), in: region, \.reservationSet)
        return reservations.flatMap(\.instancesSet).compactMap { instance in
            guard instance.instanceState.name != "terminated", let profile = instance.iamInstanceProfile?.arn else {
                return nil
            }
            return Workload(
                kind: .instance, arn: "arn:\(partition):ec2:\(region):\(accountID):instance/\(instance.instanceID)",
                identity: .instanceProfile(profile))
        }
    }

    private func readFunctions(in region: String) async throws(AWSError) -> [Workload] {
        try await client.all(Lambda.listFunctions(), in: region, \.functions).compactMap { function in
            function.role.map { Workload(kind: .function, arn: function.arn, identity: .role($0)) }
        }
    }

    private func readStacks(in region: String) async throws(AWSError) -> [Workload] {
        try await client.all(CloudFormation.describeStacks(), in: region, \.stacks).compactMap { stack in
            guard stack.status != "DELETE_COMPLETE", let arn = stack.id, let role = stack.roleARN, !role.isEmpty else {
                return nil
            }
            return Workload(kind: .stack, arn: arn, identity: .role(role))
        }
    }

    private func readProjects(in region: String) async throws(AWSError) -> [Workload] {
        let names = try await client.all(CodeBuild.listProjects(), in: region, \.projects).sorted()
        var workloads: [Workload] = []
        for start in stride(from: 0, to: names.count, by: CodeBuild.projectsAtOnce) {
            let asked = names[start..<min(start + CodeBuild.projectsAtOnce, names.count)]
            let answer = try await client.send(CodeBuild.batchGetProjects(Array(asked)), in: region)
            // One that was deleted in between is told as not found.
            let told = Set(answer.projects.map(\.name) + (answer.projectsNotFound ?? []))
            guard told.isSuperset(of: asked) else {
                throw AWSError(
                    .unreadableAnswer, .batchGetProjects, region: region,
                    message: "\(Set(asked).subtracting(told).count) of \(asked.count) projects are not answered for")
            }
            workloads += answer.projects.compactMap { project in
                project.serviceRole.map { Workload(kind: .project, arn: project.arn, identity: .role($0)) }
            }
        }
        return workloads
    }
}
