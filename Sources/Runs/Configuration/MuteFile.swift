public import Basics
import FoundationEssentials
public import Posture
import Yams

/// The findings that the user has accepted, in YAML: each entry says which, who owns the decision, why, and until
/// when.
public enum MuteFile {
    /// - Throws: ``Failure`` for an entry that is not understood: a mute that silently fails, or mutes too much, is
    ///   worse than none.
    public static func read(_ path: String) throws(Failure) -> [Mute] {
        try YAMLFile.read(path) { node in
            guard let node else {
                throw YAMLFile.Problem(nil, "it is empty", "write an entry with check and reason, or omit --mute")
            }
            return try YAMLFile.list(node, "the file").map(mute)
        }
    }

    private static let names = ["check", "resource", "account", "region", "owner", "reason", "until"]

    private static func mute(_ node: Node) throws -> Mute {
        var texts: [String: (text: String, node: Node)] = [:]
        for (name, value) in try YAMLFile.entries(node) {
            guard names.contains(name) else {
                let nearest = NearestNames.nearest(to: name, among: names, count: 1).first
                throw YAMLFile.Problem(
                    value, "unknown field '\(name)' in an entry",
                    (nearest.map { "did you mean \($0)? " } ?? "") + "supported: " + names.joined(separator: ", "))
            }
            let text = try YAMLFile.text(value, name)
            if isEmpty(text) { throw YAMLFile.Problem(value, "\(name) is empty", "set a value, or remove it") }
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

    /// Nothing, blanks, or YAML's null.
    private static func isEmpty(_ text: String) -> Bool {
        text.allSatisfy(\.isWhitespace) || ["~", "null"].contains(text.lowercased())
    }
}
