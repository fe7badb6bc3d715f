public import AWSClient
public import Basics
import Inventory

/// A fact as a plan states it: the read that shows it, and which part of the answer it is.
public struct Observation: Sendable, Hashable, Codable {
    public var read: APICall
    /// The way to the part, from the answer's outermost value; empty for all of it.
    public var at: [Part]

    public init(_ read: APICall, _ at: Part...) {
        self.read = read
        self.at = at
    }

    /// One step of the way. In JSON a text, an object, or a list of texts; an object whose only member begins with a dollar
    /// sign is none of wanted members.
    public enum Part: Sendable, Hashable {
        /// The member of that name, without regard to case. It must be there.
        case name(String)
        /// The element of a list of which these members have these values; null if there is none.
        case first([String: JSON])
        /// The first element of a list of which one of these members has another value; null if there is none.
        case other([String: JSON])
        /// The member of that name of each element of a list, sorted.
        case each(String)
        /// These members of an object and no others; null for those that it lacks.
        case members([String])
        /// The JSON document that a text holds.
        case document
        /// The policy document that a text is, which IAM percent-encodes (IAM API Reference, "GetUserPolicy").
        case policy
    }

    /// The part of an answer that this is about.
    /// - Throws: ``Failure`` if the answer is of another shape, which must not be taken for "there is none".
    public func part(of answer: JSON) throws(Failure) -> JSON {
        var value = answer
        for part in at {
            if value.isNull { return .null }
            switch part {
            case .name(let name):
                guard let member = value.memberIgnoringCase(name) else { throw unreadable("has no \(name)") }
                value = member
            case .first(let wanted): value = try elements(of: value).first { $0.has(wanted) } ?? .null
            case .other(let unwanted): value = try elements(of: value).first { !$0.has(unwanted) } ?? .null
            case .each(let name):
                let texts = try elements(of: value).map { ($0.memberIgnoringCase(name) ?? .null).inWords.text ?? "" }
                value = JSON(texts.sorted())
            case .policy:
                guard let text = value.text,
                    let document = try? JSON(parsing: PolicyDocument(ofAnswer: text).text), document.object != nil
                else { throw unreadable("has no policy document where one was expected") }
                value = document
            case .members(let names):
                guard value.object != nil else { throw unreadable("has no object where one was expected") }
                value = .members(names.map { JSON.Object.Member($0, value.memberIgnoringCase($0) ?? .null) })
            case .document:
                guard let document = value.text.flatMap({ try? JSON(parsing: $0) }) else {
                    throw unreadable("has no JSON document where one was expected")
                }
                value = document
            }
        }
        return value
    }

    private func elements(of value: JSON) throws(Failure) -> [JSON] {
        // An empty list is an empty element in XML.
        if value == "" { return [] }
        guard let elements = value.elements else { throw unreadable("has no list where one was expected") }
        return elements
    }

    private func unreadable(_ why: String) -> Failure {
        Failure("the answer of \(read.name) cannot be used", why: "it \(why)", advice: "make the change by hand")
    }
}

extension Observation.Part: Codable, ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .name(value) }

    public init(from decoder: any Decoder) throws {
        let json = try JSON(from: decoder)
        guard let part = Self(json) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(json) is no part of an answer"))
        }
        self = part
    }

    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension JSON {
    /// Whether two values say the same: protocols write a number as `14` or `"14"`.
    public func isSame(as other: JSON) -> Bool { inWords == other.inWords }

    /// The value with numbers and booleans as strings, and without members that are null, false, or empty texts or lists: AWS
    /// leaves out what is off.
    public var inWords: JSON {
        switch self {
        case .null, .string: self
        case .bool(let flag): .string(flag ? "true" : "false")
        case .number(let number): .string(number.description)
        case .array(let elements): .array(elements.map(\.inWords))
        case .object(let object):
            .members(
                object.members.filter { ![.null, false, "", []].contains($0.value) }.map {
                    .init($0.name, $0.value.inWords)
                })
        }
    }
}

extension APICall {
    /// A parameter `{"$read": [...]}` stands for a part of an answer that is not known before the change is made, such as the id
    /// of what it creates.
    public static func read(_ at: Observation.Part...) -> JSON {
        ["$read": .array(at.map(\.json))]
    }

    /// The call with the parameters that stand for parts of `answer`.
    /// - Throws: ``Failure`` if the answer does not have them.
    public func resolved(by answer: JSON, of read: APICall) throws(Failure) -> APICall {
        var call = self
        call.parameters = try Self.resolve(parameters, by: answer, of: read)
        return call
    }

    /// Whether every parameter is known.
    public var isResolved: Bool { !Self.refers(parameters) }

    private static func refers(_ value: JSON) -> Bool {
        switch value {
        case .object(let object): object["$read"] != nil || object.members.contains { refers($0.value) }
        case .array(let elements): elements.contains(where: refers)
        default: false
        }
    }

    private static func resolve(_ value: JSON, by answer: JSON, of read: APICall) throws(Failure) -> JSON {
        switch value {
        case .array(let elements):
            var resolved: [JSON] = []
            for element in elements { resolved.append(try resolve(element, by: answer, of: read)) }
            return .array(resolved)
        case .object(let object):
            if let way = object["$read"] {
                var observation = Observation(read)
                observation.at = (way.elements ?? []).compactMap(Observation.Part.init)
                let part = try observation.part(of: answer)
                guard !part.isNull else {
                    throw Failure(
                        "a parameter of the undoing call is not known", why: "\(read.name) does not show it",
                        advice: "undo the step by hand")
                }
                return part
            }
            var members: [JSON.Object.Member] = []
            for member in object.members {
                members.append(.init(member.name, try resolve(member.value, by: answer, of: read)))
            }
            return .members(members)
        default: return value
        }
    }
}

extension Observation.Part {
    fileprivate var json: JSON {
        switch self {
        case .name(let name): .string(name)
        case .members(let names): JSON(names)
        case .first(let wanted): .object(JSON.Object(wanted))
        case .other(let unwanted): ["$other": .object(JSON.Object(unwanted))]
        case .each(let name): ["$each": .string(name)]
        case .policy: ["$policy": true]
        case .document: ["$document": true]
        }
    }

    fileprivate init?(_ json: JSON) {
        switch json {
        case .string(let name): self = .name(name)
        case .array(let names): self = .members(names.compactMap(\.text))
        case .object(let wanted):
            if let name = wanted["$each"]?.text {
                self = .each(name)
            } else if let unwanted = wanted["$other"]?.object {
                self = .other(unwanted.values)
            } else {
                self =
                    wanted["$policy"] == true
                    ? .policy : wanted["$document"] == true ? .document : .first(wanted.values)
            }
        default: return nil
        }
    }
}

extension JSON {
    /// Whether an object has members with these values.
    fileprivate func has(_ wanted: [String: JSON]) -> Bool {
        wanted.allSatisfy { (memberIgnoringCase($0.key) ?? .null).isSame(as: $0.value) }
    }
}

extension JSON.Object {
    fileprivate var values: [String: JSON] {
        Dictionary(members.map { ($0.name, $0.value) }) { _, last in last }
    }
}
