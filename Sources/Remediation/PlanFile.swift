public import Basics
import Crypto
import FoundationEssentials
public import Posture

/// A plan as a file: JSON with a hash, so that the applied plan is the reviewed one.
public struct PlanFile: Sendable {
    public let plan: Plan
    /// SHA-256 of the plan, in hexadecimal digits.
    public let hash: String

    public init(_ plan: Plan) {
        self.plan = plan
        hash = Self.hash(of: plan)
    }

    /// - Throws: ``Failure`` if the bytes are not a plan, or the plan does not match its hash.
    public init(parsing bytes: [UInt8], from file: String) throws(Failure) {
        let stored: Stored
        do {
            stored = try JSONDecoder().decode(Stored.self, from: Data(bytes))
        } catch {
            throw Failure(
                "\(file) cannot be applied", why: "it is no plan (\(Self.reason(error)))",
                advice: "make one with 'parapet fix plan --output \(file)'", cause: error)
        }
        guard stored.plan.schema == Plan.schema else {
            throw Failure(
                "\(file) cannot be applied", why: "its schema is '\(stored.plan.schema)', not '\(Plan.schema)'",
                advice: "make the plan again with this version of Parapet")
        }
        self.init(stored.plan)
        guard stored.hash == hash else {
            throw Failure(
                "\(file) cannot be applied", why: "it was changed after it was made: its hash is \(hash)",
                advice: "make the plan again, and leave steps out with --check, --practice or --resource")
        }
    }

    /// The file's content, ending with a line feed. Like every report, it has no raw character that changes the
    /// direction of writing, so the JSON is written by ``JSON`` in the end.
    public var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding cannot fail: every part of a plan has a JSON form.
        let data = (try? encoder.encode(Stored(plan: plan, hash: hash))) ?? Data()
        let document = (try? JSON(parsing: String(decoding: data, as: UTF8.self))) ?? .null
        return Array(document.written(.pretty).utf8) + [UInt8(ascii: "\n")]
    }

    /// The plan's members together with the hash.
    private struct Stored: Codable {
        var plan: Plan
        var hash: String

        init(plan: Plan, hash: String) {
            self.plan = plan
            self.hash = hash
        }

        private enum CodingKeys: CodingKey { case hash }

        init(from decoder: any Decoder) throws {
            plan = try Plan(from: decoder)
            hash = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .hash)
        }

        func encode(to encoder: any Encoder) throws {
            try plan.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(hash, forKey: .hash)
        }
    }

    private static func hash(of plan: Plan) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Hexadecimal.text(SHA256.hash(data: (try? encoder.encode(plan)) ?? Data()))
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is of another kind"
        default: "it is not JSON"
        }
    }
}
