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
