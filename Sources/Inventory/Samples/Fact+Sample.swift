public import AWSClient

extension Fact {
    /// The fact that could not be read, because the permission for its call is missing.
    public static func denied(_ operation: Operation) -> Fact {
        .unknown(
            Unknown(
                .accessDenied, call: operation.description, permission: operation.permission, detail: "AccessDenied"))
    }

    /// The fact that only another account can be asked for.
    public static func elsewhere(_ operation: Operation) -> Fact {
        .unknown(
            Unknown(.anotherAccount, call: operation.description, detail: "the resource belongs to another account"))
    }

    /// The fact about something that is not there.
    public static func missing(_ operation: Operation) -> Fact {
        .unknown(Unknown(.notFound, call: operation.description, detail: "not among the account's own"))
    }
}
