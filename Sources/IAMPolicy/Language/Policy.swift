/// A policy document in the language that identity, resource, boundary, session, organization and endpoint policies share.
///
/// It holds what `init(parsing:)` accepted and nothing more. Equality does not depend on the spelling: `"Action": "x"`
/// and `"Action": ["x"]` are equal. The order of statements counts.
///
/// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
public struct Policy: Sendable, Hashable {
    /// The version of the language, which decides whether policy variables are replaced.
    public var version: Version
    public var id: String?
    public var statements: [Statement]

    public init(version: Version = .v2012_10_17, id: String? = nil, statements: [Statement]) {
        self.version = version
        self.id = id
        self.statements = statements
    }

    /// The two versions of the language. A document that names none has the older one.
    ///
    /// Source: IAM User Guide, "IAM JSON policy elements: Version".
    public enum Version: String, Sendable, Hashable, CaseIterable {
        case v2008_10_17 = "2008-10-17"
        case v2012_10_17 = "2012-10-17"

        /// Whether `${…}` stands for a value of the request rather than for itself.
        public var hasVariables: Bool { self == .v2012_10_17 }
    }
}
