/// A place that logs are read from.
public enum LogLocation: Sendable, Hashable {
    /// A file, a folder with everything below it, or a pattern with `*`, `?`, `[…]` and, for any number of folders,
    /// `**`.
    case path(String)
    case standardInput
    /// All objects whose keys begin with `prefix`.
    case objects(bucket: String, prefix: String)
    /// One object, which is fetched without a listing. Its size is in bytes; `nil` if it is not known.
    case object(ObjectAddress, size: Int?)

    /// - Parameter argument: a path or pattern, `-` for standard input, or `s3://bucket/prefix`.
    public init(_ argument: String) {
        if argument == "-" {
            self = .standardInput
        } else if argument.hasPrefix("s3://") {
            let rest = argument.dropFirst(5)
            let bucket = rest.prefix { $0 != "/" }
            self = .objects(bucket: String(bucket), prefix: String(rest.dropFirst(bucket.count + 1)))
        } else {
            self = .path(argument)
        }
    }
}

extension LogLocation {
    /// Whether it is read from a store.
    var isInStore: Bool {
        switch self {
        case .objects, .object: true
        case .path, .standardInput: false
        }
    }
}

/// A file or object with logs.
public struct LogFile: Sendable, Hashable {
    enum Place: Sendable, Hashable {
        case file(String)
        case standardInput
        case object(ObjectAddress)
    }

    /// The path as it was given or found, `s3://bucket/key`, or `standard input`.
    public let name: String
    /// Size in bytes, as stored; 0 if it is not known.
    public let size: Int
    let place: Place

    init(_ place: Place, size: Int) {
        self.place = place
        self.size = size
        name =
            switch place {
            case .file(let path): path
            case .standardInput: "standard input"
            case .object(let address): address.description
            }
    }
}
