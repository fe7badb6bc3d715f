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

    public init(_ accounts: Accounts = .caller, session: SessionOptions = SessionOptions()) {
        self.accounts = accounts
        self.session = session
    }

    var roleName: String? {
        switch accounts {
        case .named(_, let roleName), .organization(let roleName): roleName
        case .caller, .snapshot: nil
        }
    }
}
