/// A value that cannot be what the user means. The command line reports it as a usage error.
public struct InvalidInput: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }
}
