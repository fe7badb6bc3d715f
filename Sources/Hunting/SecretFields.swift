internal import Basics
internal import LogReaders

/// Finds credentials in logs, such as the session tokens that `AssumeRole` returns and passwords in the parameters of
/// other services. They are never shown.
enum SecretFields {
    static let replacement = "(not shown)"

    private static let names = [
        "sessiontoken", "securitytoken", "secretaccesskey", "password", "privatekey", "authtoken", "xamzsignature",
    ]
    private static let harmless = ["policy", "lastused", "reset"]

    /// Whether a member of that name, or one on the path to it, holds a secret, however its words are separated.
    /// Identifiers of keys and the version of a signature are no secrets.
    static func isSecret(_ path: String) -> Bool {
        path.split(separator: ".").contains { part in
            let name = part.lowercased().filter { $0 != "-" && $0 != "_" }
            return (names.contains(where: name.contains) || name == "signature")
                && !harmless.contains(where: name.contains)
        }
    }

    /// The text of a field, unless it is a secret. Secrets in a JSON text, and signatures in URLs, are removed from
    /// it.
    static func shown(_ text: String, of path: String) -> String {
        guard !isSecret(path) else { return replacement }
        return withoutSignature(hiddenText(text, depth: 0) ?? text)
    }

    /// Parameters of presigned URLs, which anyone can use until they expire.
    private static let signing = ["x-amz-security-token=", "x-amz-signature=", "signature="]

    private static func withoutSignature(_ text: String) -> String {
        let lowercased = Array(text.lowercased().utf8)
        let bytes = Array(text.utf8)
        // URLs have no letters whose lower case has another length.
        guard lowercased.count == bytes.count else { return text }
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let rest = lowercased[place...]
            let isStart = place > 0 && (bytes[place - 1] == UInt8(ascii: "&") || bytes[place - 1] == UInt8(ascii: "?"))
            guard isStart, let name = signing.first(where: { rest.starts(with: $0.utf8) }) else {
                result.append(bytes[place])
                place += 1
                continue
            }
            result += bytes[place..<place + name.utf8.count] + Array(replacement.utf8)
            place += name.utf8.count
            while place < bytes.count, !ending.contains(bytes[place]) { place += 1 }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let ending: Set<UInt8> = Set(" &\"'<>\\".utf8)

    /// The value with every secret replaced, also in strings that are JSON themselves, such as policy documents.
    static func hidden(_ value: JSON) -> JSON { hidden(value, depth: 0) }

    private static func hidden(_ value: JSON, depth: Int) -> JSON {
        switch value {
        case .object(let object):
            .object(
                JSON.Object(
                    object.members.map { member in
                        let isSecret = isSecret(member.name) && member.value.isLeafWithContent
                        return JSON.Object.Member(
                            member.name, isSecret ? .string(replacement) : hidden(member.value, depth: depth))
                    }))
        case .array(let elements): .array(elements.map { hidden($0, depth: depth) })
        case .string(let text): hiddenText(text, depth: depth).map(JSON.string) ?? value
        default: value
        }
    }

    /// How many levels of JSON strings are searched. Each level needs twice the backslashes, so few fit into a
    /// record.
    private static let deepest = 8

    /// - Returns: `nil` if the text is no JSON object or array, or has no secret.
    private static func hiddenText(_ text: String, depth: Int) -> String? {
        guard depth < deepest, let first = text.utf8.first(where: { !whitespace.contains($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let value = try? JSON(parsing: text, .ofLogs)
        else { return nil }
        let hidden = hidden(value, depth: depth + 1)
        return hidden == value ? nil : hidden.description
    }

    private static let whitespace: Set<UInt8> = Set(" \t\r\n".utf8)
}

extension JSON {
    fileprivate var isLeafWithContent: Bool {
        switch self {
        case .string, .number: true
        default: false
        }
    }
}
