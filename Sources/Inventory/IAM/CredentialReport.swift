import AWSClient
public import FoundationEssentials

/// IAM's credential report: every user's password and keys with their ages and last uses, in one answer.
public struct CredentialReport: Sendable, Codable {
    /// AWS generates a new report at most every four hours.
    public var generatedAt: Date?
    public var root: UserCredentials?
    public var users: [UserCredentials]

    public init(generatedAt: Date? = nil, root: UserCredentials? = nil, users: [UserCredentials]) {
        self.generatedAt = generatedAt
        self.root = root
        self.users = users
    }
}

/// One row of the credential report.
public struct UserCredentials: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String
    public var createdAt: Date?
    public var password: Password
    public var hasMFA: Bool
    /// Both access keys, active or not; a key that was never created is not active and has no date.
    public var accessKeys: [AccessKey]
    public var signingCertificates: [Certificate]
    /// AWS's note about a user with more than two access keys or certificates: how many are missing from the report.
    public var additionalCredentialsInfo: String?

    public struct Password: Sendable, Codable, Hashable {
        /// `nil` if AWS does not say, as for root.
        public var isEnabled: Bool?
        public var lastUsed: Date?
        public var lastChanged: Date?

        public init(isEnabled: Bool?, lastUsed: Date? = nil, lastChanged: Date? = nil) {
            self.isEnabled = isEnabled
            self.lastUsed = lastUsed
            self.lastChanged = lastChanged
        }
    }

    public struct AccessKey: Sendable, Codable, Hashable {
        /// 1 or 2, as in the report's column names; the report does not contain the key's ID.
        public var number: Int
        public var isActive: Bool
        public var lastRotated: Date?
        public var lastUsed: Date?
        public var lastUsedRegion: String?
        public var lastUsedService: String?

        public init(
            number: Int, isActive: Bool, lastRotated: Date? = nil, lastUsed: Date? = nil,
            lastUsedRegion: String? = nil, lastUsedService: String? = nil
        ) {
            self.number = number
            self.isActive = isActive
            self.lastRotated = lastRotated
            self.lastUsed = lastUsed
            self.lastUsedRegion = lastUsedRegion
            self.lastUsedService = lastUsedService
        }
    }

    public struct Certificate: Sendable, Codable, Hashable {
        public var number: Int
        public var isActive: Bool
        public var lastRotated: Date?
    }

    public init(
        name: String, arn: String, createdAt: Date? = nil, password: Password, hasMFA: Bool,
        accessKeys: [AccessKey] = [], signingCertificates: [Certificate] = []
    ) {
        self.name = name
        self.arn = arn
        self.createdAt = createdAt
        self.password = password
        self.hasMFA = hasMFA
        self.accessKeys = accessKeys
        self.signingCertificates = signingCertificates
    }

    public var activeKeys: [AccessKey] { accessKeys.filter(\.isActive) }
}

extension Facet {
    public static let credentialReport = FacetOf<CredentialReport>(
        "credentialReport", calls: IAM.generateCredentialReport(), IAM.getCredentialReport()
    ) { collector, _ in
        await collector.fact { () throws(AWSError) in try await collector.credentialReport() }
            .map { answer throws(Unknown) in
                do {
                    guard let content = Data(base64Encoded: answer.content) else {
                        throw CredentialReportError(reason: "it is not base64")
                    }
                    return try CredentialReport(csv: Array(content), generatedAt: answer.generatedTime)
                } catch {
                    throw Unknown(
                        .failed, call: Operation.getCredentialReport.description,
                        detail: "the credential report cannot be read: \(error)")
                }
            }
    }
}

extension Collector {
    /// Waits for AWS to generate a report: it takes seconds, or a minute or two in very large accounts.
    private static let reportWaits: [Duration] = [1, 1, 2, 3, 5, 8, 10, 15, 20, 30, 30].map { .seconds($0) }

    private static let usualWait: Duration = .seconds(4)

    /// The newest report. A report that expired between the two calls, or that AWS is still generating, is requested
    /// again.
    fileprivate func credentialReport() async throws(AWSError) -> GetCredentialReportAnswer {
        do throws(AWSError) {
            return try await newReport()
        } catch {
            guard ["ReportExpired", "ReportNotPresent", "ReportInProgress"].contains(error.code) else { throw error }
            return try await newReport()
        }
    }

    private func newReport() async throws(AWSError) -> GetCredentialReportAnswer {
        var state = try await client.send(IAM.generateCredentialReport(), in: baseRegion).state
        var waited = Duration.zero
        for wait in Self.reportWaits where state != "COMPLETE" {
            // Warn once, when it takes longer than usual.
            if (waited..<waited + wait).contains(Self.usualWait) {
                warn("AWS is still making the credential report of account \(accountID) (\(state)): waiting for it")
            }
            waited += wait
            // If the sleep is canceled, the next call throws.
            try? await sleep(wait)
            state = try await client.send(IAM.generateCredentialReport(), in: baseRegion).state
        }
        return try await client.send(IAM.getCredentialReport(), in: baseRegion)
    }
}

extension UserCredentials: Sampled {
    /// A user created a year ago, with a password and one 30-day-old key, both used yesterday.
    public static var sample: UserCredentials {
        UserCredentials(
            name: "alice", arn: "arn:aws:iam::123456789012:user/alice", createdAt: daysAgo(365),
            password: Password(isEnabled: true, lastUsed: daysAgo(1), lastChanged: daysAgo(60)), hasMFA: true,
            accessKeys: [
                AccessKey(
                    number: 1, isActive: true, lastRotated: daysAgo(30), lastUsed: daysAgo(1),
                    lastUsedRegion: "us-east-1", lastUsedService: "s3"),
                AccessKey(number: 2, isActive: false),
            ])
    }

    /// A user without a password and with one access key.
    public static func sample(key: AccessKey) -> UserCredentials {
        .sample {
            $0.name = "backup"
            $0.arn = "arn:aws:iam::123456789012:user/backup"
            $0.password = Password(isEnabled: false)
            $0.hasMFA = false
            $0.accessKeys = [key, AccessKey(number: 2, isActive: false)]
        }
    }

    /// The root user without keys, last used when the account was created.
    public static var rootSample: UserCredentials {
        UserCredentials(
            name: "<root_account>", arn: "arn:aws:iam::123456789012:root", createdAt: daysAgo(730),
            password: Password(isEnabled: nil, lastUsed: daysAgo(700)), hasMFA: true,
            accessKeys: [AccessKey(number: 1, isActive: false), AccessKey(number: 2, isActive: false)])
    }

    private static func daysAgo(_ days: Int) -> Date {
        Account.sample.readAt.addingTimeInterval(-86_400 * Double(days))
    }
}
