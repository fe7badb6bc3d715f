internal import Basics
public import LogReaders

/// Finds credentials in logs, such as the session tokens that `AssumeRole` returns, passwords in the parameters of
/// other services, and presigned URLs. Credentials are never shown. The search works on bytes for speed, because a
/// noisy rule raises many alerts.
public enum SecretFields {
    static let replacement = "(not shown)"

    /// Whether a member with that path holds a secret, by its own name or by a name on its path. The separators between
    /// the words of a name do not matter. Identifiers of keys and the version of a signature are not secret.
    static func isSecret(_ path: String) -> Bool {
        var path = path
        return path.withUTF8 { path in
            path.split(separator: UInt8(ascii: ".")).contains {
                SecretName.isSecret(Bytes(rebasing: $0))
            }
        }
    }

    /// The text of a field, or a replacement if the field is a secret. Secrets inside a JSON text, or inside texts such
    /// as URLs, command lines and messages, are removed.
    public static func shown(_ text: String, of path: String) -> String {
        isSecret(path) ? replacement : shown(text)
    }

    /// The text without the secrets in it.
    public static func shown(_ text: String) -> String {
        var text = text
        let hidden = text.withUTF8 { SecretText.hidden($0, level: 0) }
        return hidden.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// Removes the secrets from a JSON text. Text that is not JSON, or is nested too deeply, is replaced as a whole.
    /// - Returns: the text without secrets; `nil` if there is nothing to hide.
    public static func hidden(_ json: Bytes) -> [UInt8]? {
        var redaction = SecretRedaction(json, level: 0)
        return redaction.isWhole() ? redaction.changed : Array("\"\(replacement)\"".utf8)
    }

    /// The alert without secrets in any of its texts.
    public static func hidden(_ alert: Alert) -> Alert {
        var alert = alert
        alert.actor = shown(alert.actor)
        for (name, text) in alert.fields { alert.fields[name] = shown(text, of: name) }
        for (place, member) in alert.evidence.enumerated() {
            let bytes = JSON.object(JSON.Object([member])).bytes()
            guard let hidden = bytes.withUnsafeBufferPointer(hidden),
                case .object(let object)? = try? JSON(parsing: hidden, .ofLogs), object.members.count == 1
            else { continue }
            alert.evidence[place] = object.members[0]
        }
        return alert
    }
}

/// Names of secrets as bytes, in lower case and without separators between words.
final class SecretName: Sendable {
    /// The meaning of a member's name for the values in its object.
    enum Meaning {
        case none, secret
        /// The name, or the value, in an element of a list such as `[{"name": "Password", "value": "…"}]`.
        case name, value
        /// The member contains environment variables. Their values count as secrets, whatever their names.
        case environment
        /// The member is part of an environment's description, but is not a variable.
        case besideVariables
    }

    static let known = SecretName()

    private let parts = texts([
        "sessiontoken", "securitytoken", "accesstoken", "refreshtoken", "authtoken", "bearertoken", "identitytoken",
        "authorizationtoken", "secretaccesskey", "secretkey", "clientsecret", "secretstring", "secretbinary",
        "password", "passwd", "passphrase", "privatekey", "keymaterial", "connectionstring", "samlassertion",
        "xamzsignature", "userdata",
    ])
    private let whole = texts(["signature", "authorization", "pwd", "apikey", "idtoken"])
    private let harmless = texts([
        "policy", "lastused", "reset", "minimumpassword", "passwordage", "passwordreuse", "userdatachanged",
    ])
    private let others: [(meaning: Meaning, names: [[UInt8]])] = [
        (
            .name,
            texts([
                "name", "key", "parametername", "parameterkey", "optionname", "header", "fieldname", "variable",
                "attributename",
            ])
        ),
        (
            .value,
            texts([
                "value", "values", "parametervalue", "defaultvalue", "stringvalue", "stringvalues", "attributevalue",
                "val",
            ])
        ),
        (.environment, texts(["environment", "env", "environmentvariables", "envvars", "variables"])),
        (
            .besideVariables,
            texts(["type", "image", "computetype", "imagepullcredentialstype", "environmentid", "environmentname"])
        ),
    ]
    /// `begins`: for each byte, whether an element of `parts` begins with it. `lengths`: one bit for each length up to
    /// 31, set if `others` contains a name of that length.
    private let begins: [Bool]
    private let lengths: UInt32

    private init() {
        begins = (UInt8.min...UInt8.max).map { [parts] byte in parts.contains { $0[0] == byte } }
        lengths = others.flatMap(\.names).reduce(0) { $0 | 1 << UInt32($1.count) }
    }

    private static func texts(_ names: [String]) -> [[UInt8]] { names.map { Array($0.utf8) } }

    /// Whether a member with that name holds a secret.
    static func isSecret(_ name: some Collection<UInt8>) -> Bool { known.isSecret(words(of: name), inText: false) }

    /// - Parameters:
    ///   - words: the name, as ``words(of:)`` returns it.
    ///   - inText: whether the name may be an ordinary word, as in "the signature=valid".
    func isSecret(_ words: [UInt8], inText: Bool) -> Bool {
        guard hasPart(words) || !inText && whole.contains(words) else { return false }
        return !harmless.contains { words.firstRange(of: $0) != nil }
    }

    func meaning(of words: [UInt8]) -> Meaning {
        if isSecret(words, inText: false) { return .secret }
        guard words.count < 32, lengths & 1 << UInt32(words.count) != 0 else { return .none }
        return others.first { $0.names.contains(words) }?.meaning ?? .none
    }

    /// The name in lower case and without separators between words.
    static func words(of name: some Collection<UInt8>) -> [UInt8] {
        var words: [UInt8] = []
        words.reserveCapacity(name.count)
        for byte in name where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "_") && byte != UInt8(ascii: " ") {
            words.append(byte &- 65 < 26 ? byte | 0x20 : byte)
        }
        return words
    }

    private func hasPart(_ words: [UInt8]) -> Bool {
        // The shortest part has six letters.
        guard words.count >= 6 else { return false }
        return words.withUnsafeBufferPointer { words in
            for place in 0...words.count - 6 where begins[Int(words[place])] {
                for part in parts
                where part.count <= words.count - place && part[1] == words[place + 1] && part[2] == words[place + 2] {
                    if words[place..<place + part.count].elementsEqual(part) { return true }
                }
            }
            return false
        }
    }
}
