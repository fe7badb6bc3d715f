import Basics

/// Reads one case. Every policy is cited by its place: `identityPolicies[0]`, `serviceControlPolicies[r-root][1]`.
struct AccessCaseReader {
    private let id: String?
    private let fields: [String: ArraySlice<UInt8>]

    private static let names: Set<String> = [
        "id", "request", "identityPolicies", "resourcePolicy", "permissionBoundaries", "sessionPolicy",
        "serviceControlPolicies", "resourceControlPolicies", "vpcEndpointPolicies", "settings",
    ]

    /// Fields of a case for human readers. They are not read.
    private static let notes: Set<String> = [
        "expected", "expect", "decision", "because", "description", "title", "name", "note", "notes", "comment",
        "source", "page", "doc", "reference", "url", "why", "reason", "rule", "category", "tags",
    ]

    /// The id of a case, even if the rest of it cannot be read; `nil` if the case has none.
    static func id(of text: ArraySlice<UInt8>) -> String? {
        RawJSON.members(of: text)?.first { $0.key == "id" }.flatMap { RawJSON.string($0.value) }
    }

    init(_ text: ArraySlice<UInt8>, id: String?) throws(AccessCaseError) {
        self.id = id
        fields = try Self.object(text, "the case", allowed: Self.names.union(Self.notes))
    }

    func accessCase() throws(AccessCaseError) -> AccessCase {
        guard let id else {
            throw AccessCaseError(fields["id"] == nil ? "the case has no id" : "the id must be a string")
        }
        guard let requestText = fields["request"] else { throw AccessCaseError("the case has no request") }
        let request = try request(requestText)
        let policies = PolicySet(
            identity: try policies("identityPolicies"),
            resource: try policy("resourcePolicy"),
            boundaries: try policies("permissionBoundaries"),
            session: try policy("sessionPolicy"),
            serviceControl: try levels("serviceControlPolicies"),
            resourceControl: try levels("resourceControlPolicies"),
            vpcEndpoint: try policies("vpcEndpointPolicies"),
            restrictPublicBuckets: try blocksPublicAccess())
        return AccessCase(id: id, request: request, policies: policies)
    }

    // MARK: - The request

    private func request(_ text: ArraySlice<UInt8>) throws(AccessCaseError) -> AccessRequest {
        let fields = try Self.object(
            text, "the request",
            allowed: ["principal", "action", "resource", "resourceAccount", "context", "wildcardOnlyAction"])
        let principal = try Self.string(fields, "principal")
        guard let caller = Caller(principal) else {
            throw AccessCaseError(
                "the principal \"\(principal)\" is neither an ARN of IAM or STS, nor a service, nor anonymous")
        }
        let action = try Self.string(fields, "action")
        guard action.contains(":"), !action.contains("*") else {
            throw AccessCaseError("the action \"\(action)\" is not SERVICE:NAME")
        }
        var account: String?
        if fields["resourceAccount"] != nil {
            let text = try Self.string(fields, "resourceAccount")
            guard AccountID.isValid(text) else { throw AccessCaseError("the resourceAccount must have twelve digits") }
            account = text
        }
        return AccessRequest(
            caller, action, on: try Self.string(fields, "resource"), ownedBy: account,
            context: try context(fields["context"]),
            isWildcardOnly: try Self.flag(fields["wildcardOnlyAction"], "wildcardOnlyAction"))
    }

    private func context(_ text: ArraySlice<UInt8>?) throws(AccessCaseError) -> RequestContext {
        var context = RequestContext()
        guard let text else { return context }
        let node = try Self.node(text, "the context")
        guard case .object(let members) = node.value else { throw AccessCaseError("the context must be an object") }
        for member in members {
            guard context[member.name] == nil else {
                throw AccessCaseError("the context has the key \(member.name) twice (case does not matter)")
            }
            context[member.name] = try value(member.node, of: member.name)
        }
        return context
    }

    private func value(_ node: JSONNode, of key: String) throws(AccessCaseError) -> RequestContext.Value {
        guard case .array(let nodes) = node.value else { return .single(try scalar(node, of: key)) }
        var values: [String] = []
        for node in nodes { values.append(try scalar(node, of: key)) }
        return .several(values)
    }

    private func scalar(_ node: JSONNode, of key: String) throws(AccessCaseError) -> String {
        switch node.value {
        case .string(let text): return text
        case .number(let number): return "\(number)"
        case .bool(let flag): return flag ? "true" : "false"
        case .object, .array, .null:
            throw AccessCaseError("the context's \(key) must be a string or an array of strings")
        }
    }

    // MARK: - The policies

    private func policy(_ name: String) throws(AccessCaseError) -> NamedPolicy? {
        guard let text = fields[name] else { return nil }
        return try Self.policy(text, name)
    }

    private func policies(_ name: String) throws(AccessCaseError) -> [NamedPolicy] {
        guard let text = fields[name] else { return [] }
        return try Self.policies(text, name)
    }

    private func levels(_ name: String) throws(AccessCaseError) -> [ControlLevel] {
        guard let text = fields[name] else { return [] }
        guard let texts = RawJSON.elements(of: text) else { throw AccessCaseError("\(name) must be an array") }
        var levels: [ControlLevel] = []
        for text in texts {
            let fields = try Self.object(text, "a level of \(name)", allowed: ["id", "policies"])
            let id = try Self.string(fields, "id")
            guard let policies = fields["policies"] else { throw AccessCaseError("\(name)[\(id)] has no policies") }
            levels.append(ControlLevel(id: id, policies: try Self.policies(policies, "\(name)[\(id)]")))
        }
        return levels
    }

    private func blocksPublicAccess() throws(AccessCaseError) -> Bool {
        guard let text = fields["settings"] else { return false }
        let settings = try Self.object(text, "settings", allowed: ["s3BlockPublicAccess"])
        return try Self.flag(settings["s3BlockPublicAccess"], "s3BlockPublicAccess")
    }

    private static func policies(_ text: ArraySlice<UInt8>, _ name: String) throws(AccessCaseError) -> [NamedPolicy] {
        guard let texts = RawJSON.elements(of: text) else { throw AccessCaseError("\(name) must be an array") }
        var policies: [NamedPolicy] = []
        for (index, text) in texts.enumerated() { policies.append(try policy(text, "\(name)[\(index)]")) }
        return policies
    }

    private static func policy(_ text: ArraySlice<UInt8>, _ name: String) throws(AccessCaseError) -> NamedPolicy {
        do throws(PolicyError) {
            return NamedPolicy(name, try Policy(parsing: text, limits: .customerPolicy))
        } catch {
            throw AccessCaseError("\(name): \(error)")
        }
    }

    // MARK: - Fields

    /// The members of an object. Members that are null count as absent.
    private static func object(
        _ text: ArraySlice<UInt8>, _ name: String, allowed: Set<String>
    ) throws(AccessCaseError) -> [String: ArraySlice<UInt8>] {
        guard let members = RawJSON.members(of: text) else { throw AccessCaseError("\(name) must be an object") }
        var fields: [String: ArraySlice<UInt8>] = [:]
        for (key, value) in members {
            guard allowed.contains(key) else { throw AccessCaseError("\(name) has an unknown field \"\(key)\"") }
            guard fields.updateValue(value, forKey: key) == nil else {
                throw AccessCaseError("\(name) has the field \"\(key)\" twice")
            }
        }
        return fields.filter { !$0.value.elementsEqual("null".utf8) }
    }

    private static func node(_ text: ArraySlice<UInt8>, _ name: String) throws(AccessCaseError) -> JSONNode {
        do throws(PolicyError) {
            return try JSONNode(policy: Array(text))
        } catch {
            throw AccessCaseError("\(name): \(error)")
        }
    }

    private static func string(
        _ fields: [String: ArraySlice<UInt8>], _ name: String
    ) throws(AccessCaseError) -> String {
        guard let text = fields[name], let string = RawJSON.string(text) else {
            throw AccessCaseError("\(name) must be a string")
        }
        return string
    }

    private static func flag(_ text: ArraySlice<UInt8>?, _ name: String) throws(AccessCaseError) -> Bool {
        guard let text else { return false }
        if text.elementsEqual("true".utf8) { return true }
        if text.elementsEqual("false".utf8) { return false }
        throw AccessCaseError("\(name) must be true or false")
    }
}
