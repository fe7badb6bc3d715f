import Basics
import Yams

/// The section `watch` of the configuration file.
public struct WatchConfiguration: Sendable, Hashable {
    static let key = "watch"

    /// The URLs of Amazon SQS queues with notifications about log objects.
    public var queues: [String] = []
    /// Places such as `s3://bucket/prefix` that are listed regularly.
    public var polls: [String] = []
    /// The time between two listings of a place, in seconds.
    public var pollSeconds = 60
    /// How far back a place is listed once a day, in seconds, for objects that were delivered late; 0 for never.
    public var lookBackSeconds = 7 * 86_400
    /// The time between two scans, in seconds; 0 for no scans.
    public var scanSeconds = 6 * 3600
    /// The time between two verifications of digests, in seconds; 0 for none.
    public var verifySeconds = 3600
    /// Whether resources that an event touched are checked at once.
    public var rechecks = true
    /// How long messages are hidden from other receivers, in seconds. It is extended while they are worked on.
    public var visibilitySeconds = 60
    /// How often a message or object is tried before it is given up.
    public var attempts = 5
    /// The accounts to scan through ``roleName``; empty for the caller's own.
    public var accounts: [String] = []
    public var roleName: String?
    public var isOrganization = false

    public init() {}

    private static let names = [
        "queues", "poll", "poll-every", "look-back", "scan-every", "verify-every", "visibility", "recheck", "attempts",
        "accounts",
        "role-name", "organization",
    ]

    /// - Throws: ``YAMLFile/Problem`` at an unknown name or a value that is out of range.
    init(_ node: Node) throws {
        var parts: [String: Node] = [:]
        for (name, value) in try YAMLFile.entries(node) {
            parts[name] = value
            switch name {
            case "queues": queues = try YAMLFile.list(value, name).map { try Self.queue($0, name) }
            case "poll": polls = try YAMLFile.list(value, name).map { try Self.place($0, name) }
            case "poll-every": pollSeconds = try Self.seconds(value, name, 5...86_400)
            case "look-back": lookBackSeconds = try Self.lookBack(value, name)
            case "scan-every": scanSeconds = try Self.pause(value, name)
            case "verify-every": verifySeconds = try Self.pause(value, name)
            case "visibility": visibilitySeconds = try Self.seconds(value, name, 3...43_200)
            case "recheck": rechecks = try Self.flag(value, name)
            case "attempts":
                guard let count = value.int, (1...1000).contains(count) else {
                    throw YAMLFile.Problem(value, "\(name) is not a number from 1 to 1000", "write a number such as 5")
                }
                attempts = count
            case "accounts":
                accounts = try YAMLFile.list(value, name).map { try YAMLFile.accountID($0, name) }
            case "role-name": roleName = try YAMLFile.text(value, name)
            case "organization": isOrganization = try Self.flag(value, name)
            default:
                throw YAMLFile.unknown(name, in: node, " of \(Self.key)", among: Self.names)
            }
        }
        if isOrganization, !accounts.isEmpty {
            throw YAMLFile.Problem(
                parts["organization"], "organization and accounts exclude each other", "keep one of them")
        }
        if isOrganization || !accounts.isEmpty, roleName == nil {
            throw YAMLFile.Problem(
                parts[isOrganization ? "organization" : "accounts"], in: node, lacks: ["role-name"],
                "other accounts are scanned through a role, and there is no role-name",
                "add role-name, the name of the role in each account")
        }
        if roleName != nil, !isOrganization, accounts.isEmpty {
            throw YAMLFile.Problem(
                parts["role-name"], in: node, lacks: ["accounts", "organization"],
                "role-name alone chooses no accounts", "add accounts, or organization: true")
        }
    }

    private static func queue(_ node: Node, _ name: String) throws -> String {
        let text = try YAMLFile.text(node, "an entry of \(name)")
        guard SQSQueue(text) != nil else {
            throw YAMLFile.Problem(
                node, "'\(text)' is not the URL of a queue",
                "write it as https://sqs.REGION.amazonaws.com/ACCOUNT/NAME")
        }
        return text
    }

    private static func place(_ node: Node, _ name: String) throws -> String {
        let text = try YAMLFile.text(node, "an entry of \(name)")
        guard text.hasPrefix("s3://"), text.count > "s3://".count, text.dropFirst("s3://".count).first != "/" else {
            throw YAMLFile.Problem(node, "'\(text)' is not a place in S3", "write it as s3://bucket/prefix")
        }
        return text
    }

    private static func flag(_ node: Node, _ name: String) throws -> Bool {
        guard let flag = node.bool else {
            throw YAMLFile.Problem(node, "\(name) is not true or false", "write true or false")
        }
        return flag
    }

    /// The time that is listed once a day: none, or more than each listing covers.
    private static func lookBack(_ node: Node, _ name: String) throws -> Int {
        let seconds = try seconds(node, name, 0...90 * 86_400)
        guard seconds == 0 || seconds > Int(PrefixPoller.reach) else {
            throw YAMLFile.Problem(
                node, "\(name) is not longer than the day that each listing covers",
                "write 0 for never, or a longer time such as 7d")
        }
        return seconds
    }

    /// The time between two runs: none, or as long as the options demand.
    private static func pause(_ node: Node, _ name: String) throws -> Int {
        let seconds = try seconds(node, name, 0...30 * 86_400)
        guard seconds == 0 || seconds >= leastPause else {
            throw YAMLFile.Problem(
                node, "\(name) is shorter than \(leastPause) seconds", "write 0 for never, or a longer time")
        }
        return seconds
    }

    /// The shortest time between two scans or verifications, in seconds.
    public static let leastPause = 10

    private static func seconds(_ node: Node, _ name: String, _ range: ClosedRange<Int>) throws -> Int {
        let text = try YAMLFile.text(node, name)
        guard let seconds = seconds(text), range.contains(seconds) else {
            throw YAMLFile.Problem(
                node, "'\(text)' is not a duration that \(name) can have", "write it as 90s, 15m, 6h or 1d")
        }
        return seconds
    }

    /// Reads a duration such as `90s`, `15m`, `6h` or `1d`; `0` is none.
    /// - Returns: seconds; `nil` if the text is no duration.
    public static func seconds(_ text: String) -> Int? {
        if text == "0" { return 0 }
        guard let unit = text.last, let factor = ["s": 1, "m": 60, "h": 3600, "d": 86_400][unit],
            let number = Int(text.dropLast()), (0...100_000_000).contains(number), text.utf8.first != 0x2B
        else { return nil }
        return number * factor
    }
}
