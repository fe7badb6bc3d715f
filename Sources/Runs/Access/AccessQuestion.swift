import Basics
import IAMPolicy

/// An action on a resource with a valid form: a typing error must not lead to the answer that no principal has access.
public struct AccessQuestion: Sendable, Hashable {
    /// The action as in a policy, such as `s3:GetObject`.
    public let action: String
    /// The ARN of the resource, or `*`.
    public let resource: String
    /// The values of each given condition key. A key is spelled as in its first entry.
    public let context: [String: [String]]
    /// Warnings about a doubtful question that can be evaluated nevertheless.
    public let warnings: [String]

    /// - Parameter context: entries of the form `KEY=VALUE`; a key can be repeated, and an empty value means that the
    ///   key has no value.
    /// - Throws: ``InvalidInput`` if the action, the resource or an entry is invalid.
    public init(_ action: String, on resource: String, context: [String] = []) throws(InvalidInput) {
        try Self.checkAction(action)
        try Self.checkResource(resource)
        self.action = action
        self.resource = resource
        self.context = try Self.context(context)
        warnings = try Self.warnings(action, resource)
    }

    /// - Throws: ``InvalidInput`` if the service does not have the action.
    private static func warnings(_ action: String, _ resource: String) throws(InvalidInput) -> [String] {
        let parts = action.split(separator: ":").map(String.init)
        guard let table = ActionTable(service: parts[0]) else {
            return ["the service '\(parts[0])' is unknown as of \(ActionTable.day); its actions are not checked"]
        }
        guard let types = table.types(of: parts[1]) else {
            let nearest = NearestNames.nearest(to: parts[1], among: table.names).map { "\(parts[0]):\($0)" }
            throw InvalidInput(
                """
                '\(action)' is not an IAM action as of \(ActionTable.day). Similar: \(nearest.joined(separator: ", "))
                """)
        }
        if resource == "*" || table.mayFit(resource, types) { return [] }
        guard !types.isEmpty else {
            return ["\(action) does not support resource-level permissions; use '*' as the resource"]
        }
        let taken = types.map { "\($0.name) (\($0.forms.joined(separator: " or ")))" }.joined(separator: ", ")
        let given = table.types(fitting: resource).first.map { ", but \(resource) has the type \($0.name)" } ?? ""
        return ["\(action) applies to resources of type \(taken)\(given)"]
    }

    var requestContext: RequestContext {
        var request = RequestContext()
        for (key, values) in context { request[key] = values.count == 1 ? .single(values[0]) : .several(values) }
        return request
    }

    private static func checkAction(_ text: String) throws(InvalidInput) {
        if text.contains(where: { $0 == "*" || $0 == "?" }) {
            throw InvalidInput("'\(text)' matches many actions; use a single action such as s3:GetObject")
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isNameByte) }) else {
            throw InvalidInput("'\(text)' is not an action; use service:Name, such as s3:GetObject")
        }
    }

    private static func checkResource(_ text: String) throws(InvalidInput) {
        if text == "*" { return }
        guard let arn = Basics.ARN(text), !arn.service.isEmpty, !arn.resource.isEmpty else {
            throw InvalidInput(
                "'\(text)' is not an ARN such as arn:aws:s3:::bucket/key; use '*' if the action has no resource"
            )
        }
        if text.contains(where: { $0 == "*" || $0 == "?" }) {
            throw InvalidInput(
                "'\(text)' matches many resources; use a single resource such as "
                    + text.filter { $0 != "?" }.split(separator: "*", omittingEmptySubsequences: false).joined(
                        separator: "x"))
        }
        if arn.service == "kms", arn.resource.hasPrefix("alias/") {
            throw InvalidInput(
                "'\(text)' is an alias; use the key's ARN (aws kms describe-key prints it)"
            )
        }
    }

    private static func context(_ pairs: [String]) throws(InvalidInput) -> [String: [String]] {
        var names: [String: String] = [:]
        var context: [String: [String]] = [:]
        for pair in pairs {
            guard let sign = pair.firstIndex(of: "="), sign != pair.startIndex else {
                throw InvalidInput("'\(pair)' is not KEY=VALUE, such as aws:SourceIp=10.1.2.3")
            }
            let key = String(pair[..<sign])
            guard key.contains(":") else {
                throw InvalidInput("'\(key)' is not a condition key; it needs a prefix, such as aws:SourceIp")
            }
            let value = String(pair[pair.index(after: sign)...])
            let name = names[key.lowercased()] ?? key
            names[key.lowercased()] = name
            context[name, default: []] += value.isEmpty ? [] : [value]
        }
        return context
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
