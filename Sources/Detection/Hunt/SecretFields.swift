internal import LogReaders

/// Credentials that stand in logs: the session tokens that `AssumeRole` and its like answer with, passwords in the
/// parameters of other services. They are never shown.
enum SecretFields {
    static let replacement = Array("(not shown)".utf8)

    /// Whether a member of that name holds a secret. The ids of keys are none.
    static func isSecret(_ name: some Sequence<UInt8>) -> Bool {
        let name = String(decoding: Array(name), as: UTF8.self).lowercased()
        return ["sessiontoken", "securitytoken", "secretaccesskey", "password", "privatekey", "authtoken"]
            .contains(where: name.contains) && !name.contains("policy") && !name.contains("lastused")
            && !name.contains("reset")
    }

    /// The text of a field, unless it is a secret; what an address carries to sign a request is taken out of it.
    static func shown(_ text: String, of path: String) -> String {
        isSecret(path.utf8) ? String(decoding: replacement, as: UTF8.self) : withoutSignature(text)
    }

    /// Whoever has a presigned address may use it until it ends.
    private static let signing = ["x-amz-security-token=", "x-amz-signature=", "signature="]

    private static func withoutSignature(_ text: String) -> String {
        let lowercased = Array(text.lowercased().utf8)
        let bytes = Array(text.utf8)
        // Letters whose small form has another length stand in no address.
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
            result += bytes[place..<place + name.utf8.count] + replacement
            place += name.utf8.count
            while place < bytes.count, !ending.contains(bytes[place]) { place += 1 }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let ending: Set<UInt8> = Set(" &\"'<>\\".utf8)

    /// The value with every secret replaced.
    static func hidden(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                members.map { member in
                    let isSecret = isSecret(member.name) && member.value.isLeafWithContent
                    return JSONValue.Member(
                        name: member.name, value: isSecret ? .text(replacement) : hidden(member.value))
                })
        case .array(let elements): .array(elements.map(hidden))
        default: value
        }
    }
}

extension JSONValue {
    fileprivate var isLeafWithContent: Bool {
        switch self {
        case .text, .number: true
        default: false
        }
    }
}
