import Basics

extension Service {
    public static let codeBuild = Service(
        endpointPrefix: "codebuild", signingName: "codebuild", environmentName: "CODEBUILD",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "CodeBuild_20161006"))
}

extension Operation {
    public static let listProjects = Operation(.codeBuild, "ListProjects")
    public static let batchGetProjects = Operation(.codeBuild, "BatchGetProjects")
}

/// AWS CodeBuild, as far as it is used. Source of the shapes: the AWS CodeBuild API Reference.
public enum CodeBuild {
    /// Lists the names of the region's projects.
    public static func listProjects() -> ReadRequest<ListProjectsAnswer> {
        ReadRequest(.listProjects, paging: Paging("nextToken") { $0.nextToken })
    }

    /// Maximum number of projects in one request.
    public static let projectsAtOnce = 100

    /// - Parameter names: project names, at most ``projectsAtOnce``.
    public static func batchGetProjects<Project>(
        _ names: [String]
    ) -> ReadRequest<BatchGetProjectsAnswer<Project>> {
        ReadRequest(.batchGetProjects, ["names": JSON(names)])
    }
}

public struct ListProjectsAnswer: Decodable, Sendable {
    public var projects: [String]
    public var nextToken: String?
}

public struct BatchGetProjectsAnswer<Project: Decodable & Sendable>: Decodable, Sendable {
    public var projects: [Project]
    public var projectsNotFound: [String]?
}
