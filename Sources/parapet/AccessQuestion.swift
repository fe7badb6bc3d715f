import ArgumentParser
import IAMPolicy

/// What the access verbs are asked, checked for its form: a slip of the pen must not become the answer "nobody".
enum AccessQuestion {
    static func checkAction(_ text: String) throws {
        if text.contains(where: { $0 == "*" || $0 == "?" }) {
            throw ValidationError("'\(text)' names many actions; ask about one, such as s3:GetObject")
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isNameByte) }) else {
            throw ValidationError("'\(text)' is not an action, which is written service:Name, such as s3:GetObject")
        }
    }

    static func checkResource(_ text: String) throws {
        if text == "*" { return }
        guard let arn = ARN(text), !arn.service.isEmpty, !arn.resource.isEmpty else {
            throw ValidationError(
                "'\(text)' is not a resource's ARN, such as arn:aws:s3:::bucket/key; write '*' where the action has no resource"
            )
        }
        if text.contains(where: { $0 == "*" || $0 == "?" }) {
            throw ValidationError(
                "'\(text)' names many resources; ask about one, such as "
                    + text.filter { $0 != "?" }.split(separator: "*", omittingEmptySubsequences: false).joined(
                        separator: "x"))
        }
        if arn.service == "kms", arn.resource.hasPrefix("alias/") {
            throw ValidationError(
                "'\(text)' is an alias; policies are about keys, so write the key's ARN (aws kms describe-key tells it)"
            )
        }
    }

    /// The values of each condition key that is given, under the name as first written.
    static func context(_ pairs: [String]) throws -> [String: [String]] {
        var names: [String: String] = [:]
        var context: [String: [String]] = [:]
        for pair in pairs {
            guard let sign = pair.firstIndex(of: "="), sign != pair.startIndex else {
                throw ValidationError("'\(pair)' is not KEY=VALUE, such as aws:SourceIp=10.1.2.3")
            }
            let key = String(pair[..<sign])
            guard key.contains(":") else {
                throw ValidationError("'\(key)' is not a condition key, which has a prefix, such as aws:SourceIp")
            }
            let value = String(pair[pair.index(after: sign)...])
            let name = names[key.lowercased()] ?? key
            names[key.lowercased()] = name
            context[name, default: []] += value.isEmpty ? [] : [value]
        }
        return context
    }

    static func requestContext(_ values: [String: [String]]) -> RequestContext {
        var context = RequestContext()
        for (key, values) in values { context[key] = values.count == 1 ? .single(values[0]) : .several(values) }
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

/// The condition keys that the user knows of a request.
struct ContextOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A condition key of the request, like aws:SourceIp=10.1.2.3; repeat a key for several values, leave the value empty for none. Keys that are not given are unknown.",
            valueName: "key=value"))
    var context: [String] = []

    func validate() throws {
        _ = try AccessQuestion.context(context)
    }
}

enum AccessFormat: String, OutputFormat {
    case table
    case json
}
