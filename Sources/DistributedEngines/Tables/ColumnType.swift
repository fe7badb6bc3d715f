/// The type of a table's column, in the notation of Apache Hive that AWS Glue keeps: `struct<a:string,b:array<int>>`.
///
/// Source: Apache Hive Language Manual, "Hive Data Types".
public indirect enum ColumnType: Sendable, Hashable {
    /// `string`, `bigint`, …, in lower case.
    case scalar(String)
    case structure([Member])
    case array(ColumnType)
    case map(ColumnType, ColumnType)

    public struct Member: Sendable, Hashable {
        public var name: String
        public var type: ColumnType

        public init(_ name: String, _ type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    /// `nil` if the text is not a type.
    public init?(parsing text: String) {
        var parser = TypeParser(rest: text.filter { !$0.isWhitespace }[...])
        guard let type = parser.type(depth: 0), parser.rest.isEmpty else { return nil }
        self = type
    }

    /// Whether the value is a text.
    var isText: Bool {
        guard case .scalar(let name) = self else { return false }
        return name == "string" || name.hasPrefix("varchar") || name.hasPrefix("char")
    }
}

extension ColumnType: CustomStringConvertible {
    /// The type in Hive's notation.
    public var description: String {
        switch self {
        case .scalar(let name): name
        case .structure(let members):
            "struct<\(members.map { "\($0.name):\($0.type)" }.joined(separator: ","))>"
        case .array(let element): "array<\(element)>"
        case .map(let key, let value): "map<\(key),\(value)>"
        }
    }
}

private struct TypeParser {
    private static let deepest = 32

    var rest: Substring

    mutating func type(depth: Int) -> ColumnType? {
        guard depth < Self.deepest else { return nil }
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }.lowercased()
        rest = rest.dropFirst(word.count)
        switch word {
        case "": return nil
        case "struct":
            guard take("<") else { return nil }
            var members: [ColumnType.Member] = []
            repeat {
                let name = rest.prefix { $0 != ":" && $0 != "<" && $0 != ">" && $0 != "," }
                rest = rest.dropFirst(name.count)
                guard !name.isEmpty, take(":"), let type = type(depth: depth + 1) else { return nil }
                members.append(.init(name.filter { $0 != "`" }.lowercased(), type))
            } while take(",")
            return take(">") ? .structure(members) : nil
        case "array":
            guard take("<"), let element = type(depth: depth + 1), take(">") else { return nil }
            return .array(element)
        case "map":
            guard take("<"), let key = type(depth: depth + 1), take(","), let value = type(depth: depth + 1), take(">")
            else { return nil }
            return .map(key, value)
        default:
            // `varchar(20)` and `decimal(10,2)`
            guard take("(") else { return .scalar(word) }
            let sizes = rest.prefix { $0.isNumber || $0 == "," }
            rest = rest.dropFirst(sizes.count)
            return take(")") ? .scalar("\(word)(\(sizes))") : nil
        }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }
}
