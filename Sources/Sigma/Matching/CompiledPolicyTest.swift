internal import Basics
internal import IAMPolicy
import LogReaders

/// A test of the policies in a value: an object, or a text with its JSON. Calls pass policies on in either form, and
/// some put them below other parameters.
final class CompiledPolicyTest: Sendable {
    private let test: PolicyTest

    init(_ test: PolicyTest) {
        self.test = test
    }

    /// - Parameter owner: the account that the resource belongs to. If it is absent, every account is another one.
    func passes(_ text: Bytes, owner: FieldValue) -> Bool {
        let text = String(decoding: text, as: UTF8.self)
        var own = test.trusted
        if case .text(let account) = owner { own.insert(String(decoding: account, as: UTF8.self)) }
        if let json = Self.json(in: text) { return holds(json, own) }
        // An account, a principal, an ARN or an organization, as calls like AddPermission take it.
        let grant = Statement(effect: .allow, principals: .only([Principal(aws: text)]), actions: .only(["*"]))
        return Policy(statements: [grant]).admits(test.audience, own: own)
    }

    private func holds(_ value: JSON, _ own: Set<String>) -> Bool {
        switch value {
        case .object(let object):
            object["Statement"] == nil ? object.members.contains { holds($0.value, own) } : admits(value, own)
        case .array(let elements): elements.contains { holds($0, own) }
        case .string(let text): Self.json(in: text).map { holds($0, own) } ?? false
        case .null, .bool, .number: false
        }
    }

    private func admits(_ policy: JSON, _ own: Set<String>) -> Bool {
        let bytes = policy.bytes()
        if let policy = try? Policy(parsing: bytes) { return policy.admits(test.audience, own: own) }
        // AWS accepted what cannot be read here, so that each account in it counts as one that is admitted.
        return test.audience == .anotherAccount
            && String(decoding: bytes, as: UTF8.self).split { !$0.isNumber }.contains {
                AccountID.isValid($0) && !own.contains(String($0))
            }
    }

    private static func json(in text: String) -> JSON? {
        guard let first = text.utf8.first(where: { $0 > 0x20 }), "{[".utf8.contains(first) else { return nil }
        return try? JSON(parsing: text, .ofLogs)
    }
}
