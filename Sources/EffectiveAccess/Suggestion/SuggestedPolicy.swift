import Basics
import IAMPolicy

/// Writes the policy for permissions. Objects are named by their folders, and actions with the same resources share a
/// statement. If the policy would exceed IAM's size limit, it is widened.
struct SuggestedPolicy {
    let policy: Policy
    private(set) var notes: [String] = []

    init(permissions: [NeededPermission]) {
        var table: [String: Set<String>] = [:]
        for permission in permissions { table[permission.action, default: []].formUnion(permission.patterns) }
        table = table.mapValues(Self.foldersOfObjects)
        let unnamed = table.filter { $0.value.contains("*") }.keys.sorted()
        if !unnamed.isEmpty {
            notes.append(
                "\(unnamed.count == 1 ? "One action is" : "\(unnamed.count) actions are") allowed on '*', because the events do not name a resource that Parapet knows how to find or the action has none: \(unnamed.joined(separator: ", "))"
            )
        }
        if table["iam:PassRole"] != nil {
            notes.append(
                "iam:PassRole is included for the roles that calls passed to a service; the logs do not record it")
        }
        for step in Self.steps where Suggestion.size(of: Self.policy(of: table)) > Suggestion.sizeLimit {
            table = step.widen(table)
            notes.append("\(step.words), so that the policy keeps to \(Suggestion.sizeLimit) characters")
        }
        policy = Self.policy(of: table)
        let size = Suggestion.size(of: policy)
        if size > Suggestion.sizeLimit {
            notes.append(
                "the policy has \(size) characters and must be divided: a managed policy takes \(Suggestion.sizeLimit)")
        }
    }

    // MARK: - Writing

    private static func policy(of table: [String: Set<String>]) -> Policy {
        var groups: [[String]: [String]] = [:]
        for (action, patterns) in table { groups[minimal(patterns).sorted(), default: []].append(action) }
        let statements = groups.map { patterns, actions in
            Statement(
                effect: .allow, actions: .only(minimalActions(actions).sorted().map { ActionPattern($0) }),
                resources: .only(patterns.map { ResourcePattern($0) }))
        }
        return Policy(statements: statements.sorted { $0.json < $1.json })
    }

    /// The patterns that no other pattern covers.
    private static func minimal(_ patterns: Set<String>) -> Set<String> {
        if patterns.contains("*") { return ["*"] }
        let wide = patterns.filter { $0.hasSuffix("*") }
        return patterns.filter { pattern in
            !wide.contains {
                $0 != pattern && pattern.hasPrefix($0.dropLast()) && !$0.dropLast().contains { $0 == "*" || $0 == "?" }
            }
        }
    }

    private static func minimalActions(_ actions: [String]) -> [String] {
        let wide = actions.filter { $0.hasSuffix("*") }
        return actions.filter { action in !wide.contains { $0 != action && action.hasPrefix($0.dropLast()) } }
    }

    // MARK: - Folders

    /// Replaces the objects of each bucket by the folder that holds them all.
    private static func foldersOfObjects(_ patterns: Set<String>) -> Set<String> {
        var others: Set<String> = []
        var keys: [String: [String]] = [:]
        for pattern in patterns {
            guard let arn = ARN(pattern), arn.service == "s3", let slash = endOfBucket(arn.resource) else {
                others.insert(pattern)
                continue
            }
            let bucket = String(pattern[..<slash])
            keys[bucket, default: []].append(String(pattern[pattern.index(after: slash)...]))
        }
        for (bucket, keys) in keys { others.insert("\(bucket)/\(folder(of: keys))*") }
        return others
    }

    /// The slash before an object's key; `nil` if the resource is no object. An access point stands for its bucket.
    private static func endOfBucket(_ resource: Substring) -> Substring.Index? {
        guard resource.hasPrefix("accesspoint/") else { return resource.firstIndex(of: "/") }
        return resource.firstRange(of: "/object/").map { resource.index(before: $0.upperBound) }
    }

    /// The common prefix of all keys, up to its last slash.
    private static func folder(of keys: [String]) -> String {
        guard var common = keys.first.map({ $0[...] }) else { return "" }
        for key in keys.dropFirst() {
            common = common[..<common.index(common.startIndex, offsetBy: zip(common, key).prefix { $0 == $1 }.count)]
        }
        // A wildcard in a key, or the beginning of a variable, would mean something else in a pattern.
        let plain = common.prefix { !["*", "?", "$"].contains($0) }
        guard let slash = plain.lastIndex(of: "/") else { return "" }
        return String(plain[...slash])
    }

    // MARK: - Widening

    private struct Step: Sendable {
        var words: String
        var widen: @Sendable ([String: Set<String>]) -> [String: Set<String>]
    }

    private static let steps: [Step] = [
        Step(words: "where an action has more than five resources of one type, all of that type are named") { table in
            table.mapValues { patterns in
                Set(Dictionary(grouping: patterns, by: typePattern).flatMap { $1.count > 5 ? [$0] : $1 })
            }
        },
        Step(words: "reading actions are named together, as Describe*, Get* and List* of their services") { table in
            regrouped(table) { action in
                let parts = action.split(separator: ":")
                let verb = ["Describe", "Get", "List"].first { parts.count == 2 && parts[1].hasPrefix($0) }
                return verb.map { "\(parts[0]):\($0)*" }
            }
        },
        Step(words: "all resources are named, but those of IAM and STS") { table in
            table.reduce(into: [:]) { $0[$1.key] = isAboutIdentities($1.key) ? $1.value : ["*"] }
        },
        Step(words: "all actions of the services are named, but those of IAM and STS") { table in
            regrouped(table) { action in
                isAboutIdentities(action) ? nil : action.split(separator: ":").first.map { "\($0):*" }
            }
        },
    ]

    /// Whether the action belongs to IAM or STS. These are never widened to all resources or actions, because a
    /// principal that can pass any role or do any action of IAM can do everything.
    @Sendable private static func isAboutIdentities(_ action: String) -> Bool {
        action.hasPrefix("iam:") || action.hasPrefix("sts:")
    }

    private static func regrouped(
        _ table: [String: Set<String>], _ name: (String) -> String?
    ) -> [String: Set<String>] {
        table.reduce(into: [:]) { $0[name($1.key) ?? $1.key, default: []].formUnion($1.value) }
    }

    /// The pattern for all resources of a type, such as `arn:aws:dynamodb:us-east-1:123456789012:table/*`.
    @Sendable private static func typePattern(_ pattern: String) -> String {
        guard let arn = ARN(pattern) else { return pattern }
        let end = arn.resource.firstIndex { $0 == "/" || $0 == ":" }
        return String(pattern[..<(end.map { pattern.index(after: $0) } ?? arn.resource.startIndex)]) + "*"
    }
}
