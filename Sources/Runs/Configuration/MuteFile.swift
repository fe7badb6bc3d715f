public import Basics
import FoundationEssentials
public import Posture
import Yams

/// A YAML file of findings that the user has accepted. Each entry states the findings, the owner of the decision, the
/// reason, and the end date.
public enum MuteFile {
    /// - Throws: ``Failure`` if an entry is invalid: a mute that has no effect, or mutes too much, without a message is
    ///   worse than none.
    public static func read(_ path: String) throws(Failure) -> [Mute] {
        try YAMLFile.read(path) { node in
            let entries = try node.map { try YAMLFile.list($0, "the file") } ?? []
            guard !entries.isEmpty else {
                throw YAMLFile.Problem(node, "it is empty", "write an entry with check and reason, or omit --mute")
            }
            return try entries.map(mute)
        }
    }

    private static let names = ["check", "resource", "account", "region", "owner", "reason", "until"]

    private static func mute(_ node: Node) throws -> Mute {
        var texts: [String: (text: String, node: Node)] = [:]
        for (name, value) in try YAMLFile.entries(node) {
            guard names.contains(name) else {
                throw YAMLFile.unknown(name, kind: "field", in: node, " in an entry", among: names)
            }
            let text = try YAMLFile.text(value, name)
            if isEmpty(text) { throw YAMLFile.Problem(value, "\(name) is empty", "set a value, or remove it") }
            if name == "reason", value.isNumberOrBoolean {
                throw YAMLFile.Problem(value, "reason is not a text", "write the reason in words")
            }
            texts[name] = (text, value)
        }
        guard let check = texts["check"], let reason = texts["reason"] else {
            throw YAMLFile.Problem(node, "an entry lacks its check or its reason", "add both; check can be '*'")
        }
        if let (account, value) = texts["account"], !isPattern(account), !AccountID.isValid(account) {
            throw YAMLFile.Problem(value, "'\(account)' is not an account ID", "use twelve digits, or a pattern")
        }
        let until = try texts["until"].map { text, value in
            guard let day = Moment(typed: text)?.date else {
                throw YAMLFile.Problem(value, "'\(text)' is not a date", "use an existing date, such as 2026-12-31")
            }
            return day
        }
        var mute = Mute(
            check: check.text, resource: texts["resource"]?.text ?? "*", account: texts["account"]?.text ?? "*",
            region: texts["region"]?.text ?? "*", owner: texts["owner"]?.text, reason: reason.text, until: until)
        do throws(InvalidInput) {
            mute.checks = try CheckSelection.ids(matching: check.text)
        } catch {
            throw YAMLFile.Problem(check.node, error.description, "use the id of a check, or a pattern such as 'iam-*'")
        }
        return mute
    }

    private static func isPattern(_ text: String) -> Bool { text.contains { $0 == "*" || $0 == "?" } }

    /// Whether the text is empty, blank, or YAML's null.
    private static func isEmpty(_ text: String) -> Bool {
        text.allSatisfy(\.isWhitespace) || ["~", "null"].contains(text.lowercased())
    }
}

extension Node {
    /// Whether YAML reads the text, which has no quotation marks, as a number or a truth value.
    fileprivate var isNumberOrBoolean: Bool { scalar?.style == .plain && (bool != nil || float != nil) }
}
