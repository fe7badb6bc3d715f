public import ArgumentParser
public import Runs
import Store

/// Whether the result is kept in the store, and in which one.
struct StoreOptions: ParsableArguments {
    @Option(
        defaultAsFlag: StoreFile.usual, parsing: .next,
        help: .value("file", "Keep the result in the store for 'parapet serve', in the usual file or another one."),
        completion: .file())
    var store: StoreFile?

    /// Opens the store before any work is done; `nil` if the result is not kept.
    func opened() throws -> Store? { try store?.opened() }
}

extension StoreFile: ExpressibleByArgument, CustomStringConvertible {
    public init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        self = .named(argument)
    }

    public var description: String {
        switch self {
        case .usual: "$XDG_DATA_HOME/parapet/parapet.db"
        case .named(let path): path
        }
    }
}
