import Basics

/// A change of a part of an answer, wherever that part stands in it.
public enum AnswerChange: String, CaseIterable, Sendable {
    case removed
    /// Something of another type in its place.
    case retyped
    /// A word that the service may have learned since.
    case unknownWord
}

/// An answer in JSON or XML, of which each member can be changed by itself.
///
/// The members of all elements of a list share a path: the names from below the outermost element on, without places.
public struct AnswerTree: Sendable {
    private enum Content: Sendable {
        case json(JSON)
        case xml(XMLMember)
    }

    private let content: Content

    /// `nil` for a body that is neither.
    public init?(_ body: [UInt8]) {
        if let xml = XMLMember(parsing: body) {
            content = .xml(xml)
        } else if let json = try? JSON(parsing: body) {
            content = .json(json)
        } else {
            return nil
        }
    }

    public var isXML: Bool { if case .xml = content { true } else { false } }

    /// The paths of all members that hold a single value, each once, in their order.
    public var leaves: [[String]] {
        var found: [[String]] = []
        var known: Set<[String]> = []
        func add(_ path: [String]) { if known.insert(path).inserted { found.append(path) } }
        func walk(_ value: JSON, _ path: [String]) {
            switch value {
            case .object(let object): for member in object.members { walk(member.value, path + [member.name]) }
            case .array(let elements): for element in elements { walk(element, path) }
            case .null: break
            default: if !path.isEmpty { add(path) }
            }
        }
        func walk(_ member: XMLMember, _ path: [String]) {
            if member.children.isEmpty, !path.isEmpty { add(path) }
            for child in member.children { walk(child, path + [child.name]) }
        }
        switch content {
        case .json(let value): walk(value, [])
        case .xml(let root): walk(root, [])
        }
        return found
    }

    /// The body with that change of every member of the path.
    public func changing(_ path: [String], _ change: AnswerChange) -> [UInt8] {
        switch content {
        case .json(let value): Array((Self.changed(value, path[...], change) ?? .null).description.utf8)
        case .xml(let root): Array((Self.changed(root, path[...], change)?.text ?? "").utf8)
        }
    }

    private static func changed(_ value: JSON, _ path: ArraySlice<String>, _ change: AnswerChange) -> JSON? {
        if case .array(let elements) = value { return .array(elements.compactMap { changed($0, path, change) }) }
        guard let name = path.first else {
            switch change {
            case .removed: return nil
            case .unknownWord: return .string("LEARNED_SINCE")
            case .retyped: if case .string = value { return [["lorem": true]] } else { return "lorem" }
            }
        }
        guard case .object(let object) = value else { return value }
        return .object(
            JSON.Object(
                object.members.compactMap { member -> JSON.Object.Member? in
                    guard member.name == name else { return member }
                    return changed(member.value, path.dropFirst(), change).map { JSON.Object.Member(member.name, $0) }
                }))
    }

    private static func changed(
        _ member: XMLMember, _ path: ArraySlice<String>, _ change: AnswerChange
    ) -> XMLMember? {
        var member = member
        guard let name = path.first else {
            switch change {
            case .removed: return nil
            case .unknownWord: member.characters = "LEARNED_SINCE"
            case .retyped: member.children = [XMLMember(name: "lorem", characters: "ipsum")]
            }
            return member
        }
        member.children = member.children.compactMap { child in
            child.name == name ? changed(child, path.dropFirst(), change) : child
        }
        return member
    }
}

/// An element of XML as AWS's answers have them: with children or with text. Its text is kept as it was written.
private struct XMLMember: Sendable {
    var name: String
    var attributes = ""
    var characters = ""
    var children: [XMLMember] = []

    init(name: String, characters: String = "") {
        self.name = name
        self.characters = characters
    }

    init?(parsing body: [UInt8]) {
        var open = [XMLMember(name: "")]
        var rest = String(decoding: body, as: UTF8.self)[...]
        guard rest.first(where: { !$0.isWhitespace }) == "<" else { return nil }
        while let start = rest.firstIndex(of: "<") {
            let text = rest[..<start]
            if !text.allSatisfy(\.isWhitespace) { open[open.count - 1].characters += text }
            guard let end = rest[start...].firstIndex(of: ">") else { return nil }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("?") || tag.hasPrefix("!") { continue }
            if tag.hasPrefix("/") {
                guard open.count > 1, let done = open.popLast() else { return nil }
                open[open.count - 1].children.append(done)
                continue
            }
            let words = tag.split(separator: " ", maxSplits: 1)
            guard let first = words.first else { return nil }
            var member = XMLMember(name: String(first.hasSuffix("/") ? first.dropLast() : first))
            let isEmpty = tag.hasSuffix("/")
            if words.count > 1 { member.attributes = String(isEmpty ? words[1].dropLast() : words[1]) }
            if isEmpty { open[open.count - 1].children.append(member) } else { open.append(member) }
        }
        guard open.count == 1, let root = open[0].children.first else { return nil }
        self = root
    }

    var text: String {
        let head = attributes.isEmpty ? name : "\(name) \(attributes)"
        return "<\(head)>" + (children.isEmpty ? characters : children.map(\.text).joined()) + "</\(name)>"
    }
}
