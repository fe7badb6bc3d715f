public import Basics

/// A session as the root user of a member account of an organization, for one task.
///
/// Only the management account and the delegated administrator of IAM can open it, if the organization has centralized
/// root access. Source: AWS Security Token Service API Reference, "AssumeRoot".
public struct RootSession: Sendable, Hashable {
    /// The AWS managed policy that limits what the session can do.
    public enum Task: String, Sendable {
        /// Listing the root user's credentials.
        case auditCredentials = "IAMAuditRootUserCredentials"
        /// Listing and deleting them.
        case deleteCredentials = "IAMDeleteRootUserCredentials"
    }

    public let account: String
    public let partition: Partition
    public let task: Task

    /// The longest lifetime that AWS STS admits.
    static let seconds = 900

    public init(_ task: Task, account: String, partition: Partition) {
        self.task = task
        self.account = account
        self.partition = partition
    }

    var policyARN: String { "arn:\(partition.id):iam::aws:policy/root-task/\(task.rawValue)" }
}

/// Credentials of a root session, opened with other credentials.
public struct AssumeRootProvider: CredentialProvider {
    private let session: RootSession
    private let source: any CredentialProvider
    private let sts: SecurityTokenService

    /// - Parameters:
    ///   - source: credentials of the management account or the delegated administrator, not of a root user.
    ///   - sts: a regional endpoint; the global one does not know the call.
    public init(_ session: RootSession, source: any CredentialProvider, sts: SecurityTokenService) {
        self.session = session
        self.source = source
        self.sts = sts
    }

    public func credentials() async throws(Failure) -> Credentials {
        try await sts.assumeRoot(session, as: try await source.credentials())
    }
}
