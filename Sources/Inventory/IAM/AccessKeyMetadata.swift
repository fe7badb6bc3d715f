import AWSClient
public import FoundationEssentials

/// An access key of a user, as `ListAccessKeys` lists it.
public struct AccessKeyMetadata: Sendable, Codable, Hashable {
    public var accessKeyID: String
    /// `Active`, `Inactive` or `Expired`.
    public var status: String
    public var createDate: Date?

    public init(accessKeyID: String, status: String, createDate: Date? = nil) {
        self.accessKeyID = accessKeyID
        self.status = status
        self.createDate = createDate
    }
}

extension Facet {
    /// The access keys of the users that a scan names: those whose keys fail by the credential report, which has no key
    /// IDs. Each user takes a call, so other users are not listed.
    public static let accessKeys = FacetOf<ByName<[AccessKeyMetadata]>>.each(
        "accessKeys", of: [.credentialReport, .identities],
        at: { collector, account in
            account[.credentialReport].map { _ in
                let users = collector.usersToName(account).sorted()
                return Dictionary(
                    uniqueKeysWithValues: users.enumerated().map { number, user in
                        let isRead = number < mostListedUsers
                        return (
                            user,
                            isRead ? .known(Place(user, in: collector.baseRegion)) : .unknown(.unlisted(users.count))
                        )
                    })
            }
        }, { user, _ in IAM.listAccessKeys(of: user) }
    ) { (answers: [ListAccessKeysAnswer<AccessKeyMetadata>]) in
        answers.flatMap(\.accessKeyMetadata).sorted { $0.accessKeyID < $1.accessKeyID }
    }

    /// The number of users whose keys are listed in one reading. AWS allows few calls of IAM a second, so thousands of
    /// users would take longer than the rest of a scan.
    static let mostListedUsers = 100
}

extension Unknown {
    fileprivate static func unlisted(_ users: Int) -> Unknown {
        Unknown(
            .notCollected, call: Operation.listAccessKeys.description,
            detail: "not read: keys of \(users) users fail, and a scan lists those of \(Facet.mostListedUsers)")
    }
}

extension AccessKeyMetadata {
    /// The key of a row of the credential report as IAM lists it.
    fileprivate init(of key: UserCredentials.AccessKey) {
        self.init(
            accessKeyID: "AKIAIOSFODNN\(key.number)EXAMPLE", status: key.isActive ? "Active" : "Inactive",
            createDate: key.lastRotated)
    }
}

extension Account {
    /// Sets the listed access keys of users to those of their rows in the credential report.
    mutating func holdKeys(of users: [UserCredentials]) {
        self[.accessKeys] = .known(
            Dictionary(
                users.map { user in
                    (
                        user.name,
                        .known(user.accessKeys.filter { $0.lastRotated != nil }.map(AccessKeyMetadata.init(of:)))
                    )
                }
            ) { _, last in last })
    }
}
