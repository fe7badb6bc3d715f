public import Basics
import Yams

/// Finds all mistakes in a configuration file, and not only the first one, as a verb that reads the file does.
///
/// The file is read as every verb reads it. A mistake is noted, its setting is removed, and the rest is read again.
public struct ConfigurationCheck: Sendable {
    public struct Problem: Sendable, Hashable {
        /// The line, from 1; `nil` if the file as a whole is wrong.
        public var line: Int?
        public var why: String
        public var advice: String
    }

    public let file: String
    /// The mistakes in the order of their lines.
    public let problems: [Problem]

    /// More mistakes than this are not looked for.
    public static let mostProblems = 200

    /// - Throws: ``Failure`` if the file cannot be opened.
    public init(_ path: String) throws(Failure) {
        file = path
        problems = Self.problems(in: try InputFile.text(path))
    }

    private static func problems(in text: String) -> [Problem] {
        var document: Node?
        do throws(YAMLFile.Problem) {
            document = try YAMLFile.document(text)
        } catch {
            return [Problem(line: error.line, why: error.why, advice: error.advice)]
        }
        var problems: [Problem] = []
        // What was removed from each mapping: that it is missing is not a mistake of the user.
        var removed: [Place: Set<String>] = [:]
        while problems.count < mostProblems {
            do throws(YAMLFile.Problem) {
                try YAMLFile.value(of: document) { try SettingsFile.check($0) }
                break
            } catch {
                let place = error.place
                let isOwn = error.missing.map { removed[$0.mapping, default: []].isDisjoint(with: $0.names) } ?? true
                if isOwn {
                    problems.append(Problem(line: error.line, why: error.why, advice: error.advice))
                }
                guard let place, let whole = document else { break }
                var removal = Removal(place)
                guard let rest = removal.rest(of: whole), removal.isDone else { break }
                if let (mapping, name) = removal.removed { removed[mapping, default: []].insert(name) }
                document = rest
            }
        }
        return problems.sorted { ($0.line ?? 0, $0.why) < ($1.line ?? 0, $1.why) }
    }

    private typealias Place = YAMLFile.Place

    /// Removes a part of a file, with its name.
    private struct Removal {
        private let place: Place
        private(set) var isDone = false
        /// The mapping that lacks something now, and its name there; `nil` if a list does.
        private(set) var removed: (mapping: Place, name: String)?

        init(_ place: Place) { self.place = place }

        /// - Returns: `nil` if the part is the node itself.
        mutating func rest(of node: Node) -> Node? {
            if Place(node) == place {
                isDone = true
                return nil
            }
            if let mapping = node.mapping {
                var pairs: [(Node, Node)] = []
                for (key, value) in mapping {
                    if isDone {
                        pairs.append((key, value))
                    } else if Place(key) != place, let rest = rest(of: value) {
                        pairs.append((key, rest))
                    } else {
                        isDone = true
                        removed = Place(node).flatMap { own in key.scalar.map { (own, $0.string) } }
                    }
                }
                return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
            }
            guard let sequence = node.sequence else { return node }
            var elements: [Node] = []
            for element in sequence {
                if isDone { elements.append(element) } else if let rest = rest(of: element) { elements.append(rest) }
            }
            // An empty list can be another mistake.
            if elements.isEmpty, isDone { return nil }
            return .sequence(Node.Sequence(elements, sequence.tag, sequence.style, sequence.mark))
        }
    }
}
