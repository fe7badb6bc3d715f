/// Whether calls can be signed by the root user of the account, in a session of centralized root access.
public enum RootAccess: Sendable, Hashable {
    case available
    /// The reason why not.
    case unavailable(String)

    /// The reason if the plan is made with credentials of the account itself.
    public static let needsMember = """
        In an organization with centralized root access, the management account or the delegated administrator of IAM \
        can delete the credentials of a member's root user: plan with its credentials and with --account and --role-name.
        """
}
