public import AWSClient

extension Fact {
    /// A fact that could not be read because the permission for its call is missing.
    public static func denied(_ operation: Operation) -> Fact {
        .unknown(
            Unknown(
                .accessDenied, call: operation.description, permission: operation.permission, detail: "AccessDenied"))
    }

    /// A fact that only another account can read.
    public static func elsewhere(_ operation: Operation) -> Fact {
        .unknown(
            Unknown(.anotherAccount, call: operation.description, detail: "the resource belongs to another account"))
    }

    /// A fact about a resource that does not exist.
    public static func missing(_ operation: Operation) -> Fact {
        .unknown(Unknown(.notFound, call: operation.description, detail: "not among the account's own"))
    }
}
