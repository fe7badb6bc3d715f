import AWSClient
public import Basics
public import Store

/// The file of the store, as options name it.
public enum StoreFile: Sendable, Hashable {
    /// ``Store/usualPath(_:)``
    case usual
    case named(String)

    /// - Parameter path: `nil` for the usual file.
    public init(_ path: String?) { self = path.map(Self.named) ?? .usual }

    /// - Throws: ``Failure`` if it is the usual file, and the environment has no home folder.
    public func path(in environment: RunEnvironment = RunEnvironment()) throws(Failure) -> String {
        switch self {
        case .named(let path): return path
        case .usual:
            guard let path = Store.usualPath(environment.aws.variables) else {
                throw Failure(
                    "the store has no usual place", why: "neither XDG_DATA_HOME nor HOME is set",
                    advice: "name a file")
            }
            return path
        }
    }

    /// Opens the store.
    /// - Parameter isReadOnly: whether the file must be there already and is never changed.
    /// - Throws: ``Failure`` if the file cannot be used.
    public func opened(
        in environment: RunEnvironment = RunEnvironment(), isReadOnly: Bool = false
    ) throws(Failure) -> Store {
        try Store(try path(in: environment), isReadOnly: isReadOnly)
    }
}
