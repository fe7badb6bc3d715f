import Basics
internal import Analytics
internal import LogReaders

/// Finds credentials in logs, such as the session tokens that `AssumeRole` returns, passwords in the parameters of other
/// services, and presigned addresses. They are never shown. It works on bytes, since a noisy rule has many alerts.
enum SecretFields {
    static let replacement = "(not shown)"

    /// Whether a member of that name, or one on the path to it, holds a secret, however its words are separated.
    /// Identifiers of keys and the version of a signature are no secrets.
    static func isSecret(_ path: String) -> Bool {
        var path = path
        return path.withUTF8 { path in
            path.split(separator: UInt8(ascii: ".")).contains {
                SecretName.isSecret(Bytes(rebasing: $0))
            }
        }
    }

    /// The text of a field, unless it is a secret. Secrets in a JSON text, and in texts such as addresses, command lines
    /// and messages, are removed from it.
    static func shown(_ text: String, of path: String) -> String {
        isSecret(path) ? replacement : shown(text)
    }

    /// The text without the secrets in it.
    static func shown(_ text: String) -> String {
        var text = text
        let hidden = text.withUTF8 { SecretText.hidden($0, level: 0) }
        return hidden.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// A JSON text without secrets. What is no JSON, or nested too deeply, is not shown at all.
    /// - Returns: `nil` if there is nothing to hide.
    static func hidden(_ json: Bytes) -> [UInt8]? {
        var redaction = SecretRedaction(json, level: 0)
        return redaction.isWhole() ? redaction.changed : Array("\"\(replacement)\"".utf8)
    }

    /// The alert without secrets in any of its texts.
    static func hidden(_ alert: Alert) -> Alert {
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

/// Names of secrets, in bytes.
enum SecretName {
    private static let parts = [
        "sessiontoken", "securitytoken", "accesstoken", "refreshtoken", "authtoken", "bearertoken", "identitytoken",
        "authorizationtoken", "secretaccesskey", "secretkey", "clientsecret", "secretstring", "secretbinary",
        "password", "passwd", "passphrase", "privatekey", "keymaterial", "connectionstring", "samlassertion",
        "xamzsignature", "userdata",
    ].map { Array($0.utf8) }
    private static let whole = ["signature", "authorization", "pwd", "apikey", "idtoken"].map { Array($0.utf8) }
    private static let harmless = [
        "policy", "lastused", "reset", "minimumpassword", "passwordage", "passwordreuse", "userdatachanged",
    ].map { Array($0.utf8) }
    private static let begins: [Bool] = (UInt8.min...UInt8.max).map { byte in parts.contains { $0[0] == byte } }

    /// Whether a member of that name holds a secret.
    static func isSecret(_ name: some Collection<UInt8>) -> Bool { isSecret(words(of: name), inText: false) }

    /// - Parameters:
    ///   - words: see ``words(of:)``.
    ///   - inText: whether it may be an ordinary word, such as "the signature=valid".
    static func isSecret(_ words: [UInt8], inText: Bool) -> Bool {
        guard hasPart(words) || !inText && whole.contains(words) else { return false }
        return !harmless.contains { words.firstRange(of: $0) != nil }
    }

    /// The name in lower case and without what separates its words.
    static func words(of name: some Collection<UInt8>) -> [UInt8] {
        var words: [UInt8] = []
        words.reserveCapacity(name.count)
        for byte in name where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "_") && byte != UInt8(ascii: " ") {
            words.append(byte &- 65 < 26 ? byte | 0x20 : byte)
        }
        return words
    }

    private static func hasPart(_ name: [UInt8]) -> Bool {
        for place in name.indices where begins[Int(name[place])] {
            if parts.contains(where: { name[place...].starts(with: $0) }) { return true }
        }
        return false
    }

    /// The names of what holds the names and the values of a list such as `[{"name": "Password", "value": "…"}]`.
    static let ofNames: Set<[UInt8]> = texts([
        "name", "key", "parametername", "parameterkey", "optionname", "header", "fieldname", "variable",
        "attributename",
    ])
    static let ofValues: Set<[UInt8]> = texts([
        "value", "values", "parametervalue", "defaultvalue", "stringvalue", "stringvalues", "attributevalue", "val",
    ])
    /// The names of environment variables, whose values are secrets whatever their names.
    static let ofEnvironments: Set<[UInt8]> = texts([
        "environment", "env", "environmentvariables", "envvars", "variables",
    ])
    /// What stands in an environment beside its variables.
    static let besideVariables: Set<[UInt8]> = texts([
        "type", "image", "computetype", "imagepullcredentialstype", "environmentid", "environmentname",
    ])

    private static func texts(_ names: [String]) -> Set<[UInt8]> { Set(names.map { Array($0.utf8) }) }
}
