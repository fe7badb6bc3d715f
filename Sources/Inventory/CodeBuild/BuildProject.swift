import AWSClient

/// A CodeBuild project, as `BatchGetProjects` describes it.
public struct BuildProject: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String
    /// The ARN of the role under which builds run.
    public var serviceRole: String?
}

extension Facet {
    public static let buildProjects = FacetOf<ByName<[BuildProject]>>.perRegion(
        "buildProjects", calls: CodeBuild.listProjects(),
        CodeBuild.batchGetProjects(["example"]) as ReadRequest<BatchGetProjectsAnswer<BuildProject>>
    ) { collector, region in
        await collector.fact { () throws(AWSError) in try await collector.buildProjects(in: region) }
    }
}

extension Collector {
    fileprivate func buildProjects(in region: String) async throws(AWSError) -> [BuildProject] {
        let names = try await client.all(CodeBuild.listProjects(), in: region, \.projects).sorted()
        var projects: [BuildProject] = []
        for start in stride(from: 0, to: names.count, by: CodeBuild.projectsAtOnce) {
            let asked = names[start..<min(start + CodeBuild.projectsAtOnce, names.count)]
            let answer: BatchGetProjectsAnswer<BuildProject> = try await client.send(
                CodeBuild.batchGetProjects(Array(asked)), in: region)
            // A project that was deleted in the meantime is listed in `projectsNotFound`.
            let told = Set(answer.projects.map(\.name) + (answer.projectsNotFound ?? []))
            guard told.isSuperset(of: asked) else {
                throw AWSError(
                    .unreadableAnswer, .batchGetProjects, region: region,
                    message:
                        "\(Set(asked).subtracting(told).count) of \(asked.count) projects are missing in the answer")
            }
            projects += answer.projects
        }
        return projects.sorted { $0.arn < $1.arn }
    }
}
