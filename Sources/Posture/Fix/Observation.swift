public import AWSClient
public import Basics
import Inventory

/// A fact in a plan: the read call that shows it, and the path to the part of the answer that contains it.
public struct Observation: Sendable, Hashable, Codable {
    public var read: APICall
    /// The path to the part, from the answer's root; empty for the whole answer.
    public var at: [Part]

    public init(_ read: APICall, _ at: Part...) {
        self.read = read
        self.at = at
    }

    /// One component of the path. In JSON it is a string, an object, or a list of strings. An object whose only member
    /// begins with a dollar sign stands for a case other than ``first(_:)``.
    public enum Part: Sendable, Hashable {
        /// The member with that name, which is case-insensitive. It must exist.
        case name(String)
        /// The first element of a list whose members have these values; null if there is none.
        case first([String: JSON])
        /// The first element of a list that has another value for one of these members; null if there is none.
        case other([String: JSON])
        /// The member with that name of each element of a list, sorted.
        case each(String)
        /// These members of an object only; null for members that it lacks.
        case members([String])
        /// An object with these values for members that it lacks, if AWS defines their absence as that.
        case completed([String: JSON])
        /// Whether an object has these members, each by its name; for members whose values AWS chooses.
        case presence([String])
        /// The JSON document that a string contains.
        case document
        /// The policy document that a string contains, which IAM percent-encodes (IAM API Reference, "GetUserPolicy").
        case policy
    }

    /// Returns the part of an answer that the path leads to.
    /// - Throws: ``Failure`` if the answer has another shape, which must not be mistaken for "there is none".
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
            case .completed(let defaults):
                guard let object = value.object else { throw unreadable("has no object where one was expected") }
                value = .members(
                    object.members.map { .init($0.name, $0.value.isNull ? defaults[$0.name] ?? .null : $0.value) })
            case .presence(let names):
                guard value.object != nil else { throw unreadable("has no object where one was expected") }
                value = .members(
                    names.map { name in
                        let member = value.memberIgnoringCase(name) ?? .null
                        return JSON.Object.Member(name, .bool(![.null, "", [:], []].contains(member)))
                    })
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
        // An empty list is an empty element in XML, which reads as an empty string.
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
    /// Whether two values mean the same: some protocols write a number as `14`, others as `"14"`.
    public func isSame(as other: JSON) -> Bool { inWords == other.inWords }

    /// The value with numbers and booleans as strings, and without members that are null, false, or empty strings or
    /// lists, because AWS omits attributes that are off.
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
    /// Returns a placeholder, `{"$read": [...]}`, for a parameter that is known only after the change, such as the ID
    /// of a new resource.
    public static func read(_ at: Observation.Part...) -> JSON {
        ["$read": .array(at.map(\.json))]
    }

    /// Returns the call with its placeholders replaced by parts of `answer`.
    /// - Throws: ``Failure`` if the answer lacks such a part.
    public func resolved(by answer: JSON, of read: APICall) throws(Failure) -> APICall {
        var call = self
        call.parameters = try parameters.replacing("$read") { way throws(Failure) in
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
        return call
    }

    /// Whether the call has no placeholders left for IDs that the change itself gives.
    public var isResolved: Bool { !parameters.has(marker: "$read") }
}

extension Observation.Part {
    fileprivate var json: JSON {
        switch self {
        case .name(let name): .string(name)
        case .members(let names): JSON(names)
        case .first(let wanted): .object(JSON.Object(wanted))
        case .other(let unwanted): ["$other": .object(JSON.Object(unwanted))]
        case .each(let name): ["$each": .string(name)]
        case .completed(let defaults): ["$completed": .object(JSON.Object(defaults))]
        case .presence(let names): ["$presence": JSON(names)]
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
            } else if let names = wanted["$presence"]?.elements {
                self = .presence(names.compactMap(\.text))
            } else if let defaults = wanted["$completed"]?.object {
                self = .completed(defaults.values)
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
