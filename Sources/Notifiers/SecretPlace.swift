import Basics

/// Where a secret of the configuration is: an address or key that must not stand in the file itself.
public enum SecretPlace: Sendable, Hashable {
    case environment(String)
    case file(String)
    /// A value that is not secret and stands in the configuration itself.
    case plain(String)

    /// - Parameters:
    ///   - use: what the secret is, such as `the address of notifier 'chat'`.
    ///   - variables: the environment variables.
    ///   - readFile: returns a file's bytes; `nil` if there is no such file.
    /// - Throws: ``Failure`` if there is no such variable or file, or it is empty. The error never holds the secret.
    func value(
        of use: String, _ variables: [String: String], readFile: (String) throws -> [UInt8]?
    ) throws(Failure) -> String {
        let text: String?
        let place: String
        switch self {
        case .plain(let value): return value
        case .environment(let name):
            place = "the environment variable \(name)"
            text = variables[name]
        case .file(let path):
            place = "the file \(path)"
            do {
                text = try readFile(path).flatMap { String(validating: $0, as: UTF8.self) }
            } catch {
                throw Failure(
                    "\(use) cannot be read", why: "\(place) cannot be opened", advice: "check its path and permissions",
                    cause: error)
            }
        }
        // An editor ends a file with a line feed.
        let value = text?.trimmingASCIIWhitespace() ?? ""
        guard !value.isEmpty else {
            throw Failure(
                "\(use) cannot be read", why: "\(place) \(text == nil ? "does not exist" : "is empty")",
                advice: "set it, or name another place in the configuration")
        }
        return value
    }
}

extension String {
    fileprivate func trimmingASCIIWhitespace() -> String {
        let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let front = utf8.drop(while: isSpace)
        let end = front.lastIndex { !isSpace($0) }.map { front.index(after: $0) } ?? front.startIndex
        return String(Substring(front[..<end]))
    }
}
