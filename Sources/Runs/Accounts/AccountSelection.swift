/// Which accounts are read, and with whose credentials; or which saved snapshot stands for them.
public struct AccountSelection: Sendable, Hashable {
    public enum Accounts: Sendable, Hashable {
        /// The caller's own.
        case caller
        /// Those of these ids, each through the role of this name.
        case named([String], roleName: String)
        /// Every active account of the organization, each through the role of this name.
        case organization(roleName: String)
        /// Those in a snapshot's file, without any call.
        case snapshot(String)
    }

    public var accounts: Accounts
    public var session: SessionOptions
    /// How long the reading of one account may take; what was not read by then is unknown.
    public var timeout: Duration = .seconds(900)

    public init(_ accounts: Accounts = .caller, session: SessionOptions = SessionOptions()) {
        self.accounts = accounts
        self.session = session
    }

    /// - Parameters:
    ///   - ids: of accounts that are read through the role.
    ///   - isOrganization: whether every active account of the organization is.
    ///   - roleName: goes with one of them.
    ///   - snapshot: a file that stands for the accounts.
    /// - Throws: ``InvalidInput`` for what does not go together.
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
