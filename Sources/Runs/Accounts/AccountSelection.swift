/// The accounts to read and the credentials for them, or the saved snapshot that replaces them.
public struct AccountSelection: Sendable, Hashable {
    public enum Accounts: Sendable, Hashable {
        /// The caller's own account.
        case caller
        /// The accounts with these IDs, each through the role with this name.
        case named([String], roleName: String)
        /// Every active account of the organization, each through the role with this name.
        case organization(roleName: String)
        /// The accounts in a snapshot file. No calls are made.
        case snapshot(String)
    }

    public var accounts: Accounts
    public var session: SessionOptions
    /// The time limit for reading one account. Facts that were not read by then are unknown.
    public var timeout: Duration = .seconds(900)

    public init(_ accounts: Accounts = .caller, session: SessionOptions = SessionOptions()) {
        self.accounts = accounts
        self.session = session
    }

    /// - Parameters:
    ///   - ids: the IDs of accounts to read through the role.
    ///   - isOrganization: whether to read every active account of the organization through the role.
    ///   - roleName: the name of the role, which is required with `ids` or `isOrganization`.
    ///   - snapshot: a file that replaces the accounts.
    /// - Throws: ``InvalidInput`` if options contradict each other.
    public init(
        ids: [String], isOrganization: Bool, roleName: String?, snapshot: String?, session: SessionOptions
    ) throws(InvalidInput) {
        if let snapshot {
            if isOrganization || !ids.isEmpty {
                throw InvalidInput("--snapshot cannot be combined with --account or --organization")
            }
            if session != SessionOptions() {
                throw InvalidInput(
                    "--snapshot cannot be combined with --profile, --region, --role-arn or --endpoint-url")
            }
            self.init(.snapshot(snapshot), session: session)
            return
        }
        if isOrganization, !ids.isEmpty { throw InvalidInput("--organization and --account cannot be combined") }
        guard (isOrganization || !ids.isEmpty) == (roleName != nil) else {
            throw InvalidInput("--role-name requires --account or --organization (and vice versa)")
        }
        if let roleName, roleName.contains(where: { $0 == "/" || $0 == ":" }) {
            let name = roleName.split(separator: "/").last ?? "Audit"
            throw InvalidInput("--role-name takes the name of a role, not an ARN or a path: use --role-name \(name)")
        }
        guard let roleName else {
            self.init(.caller, session: session)
            return
        }
        self.init(
            isOrganization ? .organization(roleName: roleName) : .named(ids, roleName: roleName), session: session)
    }

    var roleName: String? {
        switch accounts {
        case .named(_, let roleName), .organization(let roleName): roleName
        case .caller, .snapshot: nil
        }
    }
}
