import Basics
import Sigma
import Yams

/// A YAML file of the user. Every unknown name is an error, because a mistyped name would otherwise be ignored
/// silently.
enum YAMLFile {
    /// - Parameter read: makes a value from the document, or from `nil` if the file is empty.
    /// - Throws: ``Failure`` with the file, the line and the supported values.
    static func read<Value>(_ path: String, _ read: (Node?) throws -> Value) throws(Failure) -> Value {
        let text = try InputFile.text(path)
        do throws(Problem) {
            return try value(of: try document(text), read)
        } catch {
            throw Failure(
                "\(path) cannot be used", why: error.line.map { "line \($0), \(error.why)" } ?? error.why,
                advice: error.advice)
        }
    }

    /// - Returns: the document; `nil` if the text is empty.
    static func document(_ text: String) throws(Problem) -> Node? {
        if let why = YAMLText.refusal(of: text) { throw Problem(nil, why, "write plain words for keys") }
        do {
            return try Yams.compose(yaml: text)
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            throw Problem(line: mark.line, "it is not YAML (\(problem))", "fix this line")
        } catch YamlError.duplicatedKeysInMapping(let names, let context) {
            throw Problem(
                line: context.mark.line, "it contains \(names.joined(separator: ", ")) more than once",
                "keep one of them")
        } catch {
            throw Problem(nil, "it is not YAML", "fix it")
        }
    }

    static func value<Value>(of document: Node?, _ read: (Node?) throws -> Value) throws(Problem) -> Value {
        do {
            return try read(document)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(document, "it cannot be read", "fix it")
        }
    }

    /// An invalid part of the file, and its line.
    struct Problem: Error {
        var line: Int?
        /// The place of the part; `nil` if the file as a whole is invalid.
        var place: Place?
        /// The settings of which one is missing in a mapping, if that is the problem.
        var missing: (mapping: Place, names: [String])?
        var why: String
        var advice: String

        init(_ node: Node?, _ why: String, _ advice: String) {
            line = node?.mark?.line
            place = node.flatMap(Place.init)
            self.why = why
            self.advice = advice
        }

        /// - Parameters:
        ///   - mapping: the mapping that lacks a setting.
        ///   - names: the settings of which one would do.
        init(_ node: Node?, in mapping: Node, lacks names: [String], _ why: String, _ advice: String) {
            self.init(node, why, advice)
            missing = Place(mapping).map { ($0, names) }
        }

        init(line: Int, _ why: String, _ advice: String) {
            (self.line, self.why, self.advice) = (line, why, advice)
        }
    }

    /// The place of a part of the file. A mapping begins where its first name does, so that the kind belongs to it.
    struct Place: Sendable, Hashable {
        private enum Kind: Hashable { case mapping, list, text }

        private let line: Int
        private let column: Int
        private let kind: Kind

        init?(_ node: Node) {
            guard let mark = node.mark else { return nil }
            (line, column) = (mark.line, mark.column)
            kind = node.mapping != nil ? .mapping : node.sequence != nil ? .list : .text
        }
    }

    /// The problem of a name that a mapping must not have.
    /// - Parameters:
    ///   - place: what the mapping belongs to, such as ` in hunt`.
    ///   - known: the names that it may have.
    static func unknown(
        _ name: String, kind: String = "setting", in mapping: Node, _ place: String = "", among known: [String]
    ) -> Problem {
        let nearest = NearestNames.nearest(to: name, among: known, count: 1).first
        return Problem(
            mapping.mapping?.keys.first { $0.scalar?.string == name } ?? mapping, "unknown \(kind) '\(name)'\(place)",
            (nearest.map { "did you mean \($0)? " } ?? "") + "supported: " + known.joined(separator: ", "))
    }

    /// Returns the names and values of a mapping, in the file's order.
    static func entries(_ node: Node) throws -> [(name: String, value: Node)] {
        guard let mapping = node.mapping else {
            throw Problem(node, "names and values are expected", "use 'name: value' lines")
        }
        return try mapping.map { key, value in
            guard let name = key.scalar?.string else {
                throw Problem(key, "a name is not a plain text", "use 'name: value' lines")
            }
            return (name, value)
        }
    }

    static func list(_ node: Node, _ name: String) throws -> [Node] {
        guard let sequence = node.sequence else {
            throw Problem(node, "\(name) is not a list", "use a list with a dash before each entry")
        }
        return Array(sequence)
    }

    /// Returns a text exactly as written, because YAML reads an unquoted ID as a number, which may lose leading zeros.
    static func text(_ node: Node, _ name: String) throws -> String {
        guard let scalar = node.scalar else {
            throw Problem(node, "\(name) is not a plain text", "use one word or line")
        }
        guard !isPlaceholder(scalar.string) else {
            throw Problem(node, "'\(scalar.string)' is a placeholder", "write the value of \(name) instead")
        }
        return scalar.string
    }

    /// Whether the text is a placeholder that the user has not replaced.
    private static func isPlaceholder(_ text: String) -> Bool {
        text.hasPrefix("<") && text.hasSuffix(">") || text.contains("___")
            || ["TODO", "FIXME", "CHANGEME", "CHANGE_ME", "REPLACE_ME"].contains(text.uppercased())
    }

    static func accountID(_ node: Node, _ name: String) throws -> String {
        let text = try text(node, "an entry of \(name)")
        guard AccountID.isValid(text) else {
            throw Problem(node, "'\(text)' is not an account ID", "use twelve digits, in quotes")
        }
        return text
    }
}
