import AWSClient

extension Facet {
    /// The name of the account in the address of its sign-in page: none or one. No check reads it; reports show it.
    public static let accountAliases = FacetOf<[String]>.ofAccount("accountAliases", IAM.listAccountAliases()) {
        $0.flatMap(\.accountAliases)
    }

    /// What a scan reads besides what its checks read, to be shown.
    public static let shown: Set<Facet> = [.accountAliases]
}
