public import Basics
import Analytics
import FoundationEssentials
import LogReaders
public import Posture
import Practices
import Sigma
import Yams

/// The user's configuration in YAML: thresholds, authorized principals and sources, and expectations of hunts.
public enum SettingsFile {
    /// Reads the settings of scans and of access questions.
    /// - Throws: as ``configuration(_:)``.
    public static func read(_ path: String) throws(Failure) -> Settings {
        try configuration(path).settings
    }

    /// - Throws: ``Failure`` with the file, the line and the supported names: a mistyped setting must not be ignored
    ///   silently.
    public static func configuration(_ path: String) throws(Failure) -> Configuration {
        try YAMLFile.read(path) { node in try node.map(configuration) ?? Configuration() }
    }

    /// Reads a document as ``configuration(_:)`` does.
    /// - Throws: ``YAMLFile/Problem`` at the first mistake.
    static func check(_ document: Node?) throws { _ = try document.map(configuration) }

    private static func configuration(_ node: Node) throws -> Configuration {
        var configuration = Configuration()
        for (name, value) in try YAMLFile.entries(node) {
            if name == HuntConfiguration.key {
                configuration.hunt = try hunt(value)
            } else if name == NotifyConfiguration.key {
                configuration.notify = try NotifyConfiguration(value)
            } else if name == WatchConfiguration.key {
                configuration.watch = try WatchConfiguration(value)
            } else {
                try set(name, value, of: node, in: &configuration.settings)
            }
        }
        configuration.hunt.placeholders[BuiltInRules.trustedAccounts, default: []] +=
            configuration.settings.trustedAccounts
        return configuration
    }

    private static func set(_ name: String, _ value: Node, of node: Node, in settings: inout Settings) throws {
        guard let key = Settings.CodingKeys(rawValue: name) else {
            let names =
                Settings.CodingKeys.allCases.map(\.rawValue)
                + [HuntConfiguration.key, NotifyConfiguration.key, WatchConfiguration.key]
            throw YAMLFile.unknown(name, in: node, among: names)
        }
        switch key {
        case .accessKeyMaximumAgeDays: settings.accessKeyMaximumAgeDays = try number(value, name)
        case .unusedCredentialDays: settings.unusedCredentialDays = try number(value, name)
        case .rootUseDays: settings.rootUseDays = try number(value, name)
        case .trailDeliveryHours: settings.trailDeliveryHours = try number(value, name)
        case .passwordMinimumLength: settings.passwordMinimumLength = try number(value, name)
        case .passwordMaximumAgeDays: settings.passwordMaximumAgeDays = try number(value, name)
        case .passwordReusePrevention: settings.passwordReusePrevention = try number(value, name)
        case .trustedAccounts:
            settings.trustedAccounts = try YAMLFile.list(value, name).map { try YAMLFile.accountID($0, name) }
        case .unusedPermissionDays: settings.unusedPermissionDays = try number(value, name)
        case .breakGlass:
            settings.breakGlass = try YAMLFile.list(value, name).map { try YAMLFile.text($0, "an entry of \(name)") }
        case .flowLogBucket:
            let text = try YAMLFile.text(value, name)
            guard text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).count == 6,
                text.hasPrefix("arn:"), text.contains(":s3:::")
            else { throw YAMLFile.Problem(value, "'\(text)' is no ARN of a bucket", "write it as arn:aws:s3:::BUCKET") }
            settings.flowLogBucket = text
        case .accessLogBucket: settings.accessLogBucket = try YAMLFile.text(value, name)
        case .flowLogGroup: settings.flowLogGroup = try YAMLFile.text(value, name)
        case .flowLogRole: settings.flowLogRole = try arn(value, name, of: "iam", "role/flow-logs")
        case .trailBucket: settings.trailBucket = try YAMLFile.text(value, name)
        case .trailKey: settings.trailKey = try arn(value, name, of: "kms", "key/ID")
        case .handOver:
            let text = try YAMLFile.text(value, name)
            guard Settings.isHandOver(text) else {
                throw YAMLFile.Problem(
                    value, "'\(text)' is no place for secrets",
                    "name a folder such as /root/keys, or secretsmanager:PREFIX")
            }
            // The slash at the end of a prefix in Secrets Manager is a part of the secrets' names.
            let isFolder = text.count > 1 && text.hasPrefix("/")
            settings.handOver = isFolder && text.hasSuffix("/") ? String(text.dropLast()) : text
        case .deletionWaitingDays: settings.deletionWaitingDays = try number(value, name)
        case .userGroups:
            var groups: [String: [String]] = [:]
            for (group, users) in try YAMLFile.entries(value) {
                groups[group] = try YAMLFile.list(users, group).map { try YAMLFile.text($0, "an entry of \(group)") }
            }
            settings.userGroups = groups
        case .trailAccess: settings.trailAccess = try trailAccess(value)
        case .allowedIngress: settings.allowedIngress = try YAMLFile.list(value, name).map(allowedIngress)
        }
    }

    private static func hunt(_ node: Node) throws -> HuntConfiguration {
        var hunt = HuntConfiguration()
        for (name, value) in try YAMLFile.entries(node) {
            switch name {
            case "placeholders":
                for (placeholder, values) in try YAMLFile.entries(value) {
                    hunt.placeholders[placeholder] = try YAMLFile.list(values, placeholder).map {
                        try YAMLFile.text($0, "an entry of \(placeholder)")
                    }
                }
            case "own-networks":
                hunt.ownNetworks = try YAMLFile.list(value, name).map { entry in
                    let text = try YAMLFile.text(entry, "an entry of \(name)")
                    guard let network = FlowSettings.Network(text) else {
                        throw YAMLFile.Problem(
                            entry, "'\(text)' is not an address range", "use a CIDR such as 203.0.113.0/24")
                    }
                    return network
                }
            case "public-buckets":
                hunt.publicBuckets = try YAMLFile.list(value, name).map {
                    try YAMLFile.text($0, "an entry of \(name)")
                }
            case "expected-scanners":
                hunt.expectedScanners = Set(
                    try YAMLFile.list(value, name).map { entry in
                        let text = try YAMLFile.text(entry, "an entry of \(name)")
                        guard let address = FlowAddress(text) else {
                            throw YAMLFile.Problem(
                                entry, "'\(text)' is not an IP address", "use an address such as 10.0.0.5")
                        }
                        return address
                    })
            default:
                throw YAMLFile.unknown(
                    name, in: node, " in hunt",
                    among: ["placeholders", "own-networks", "expected-scanners", "public-buckets"])
            }
        }
        return hunt
    }

    /// - Parameter resource: an example of the resource part of the ARN.
    private static func arn(
        _ node: Node, _ name: String, of service: String, _ resource: String
    ) throws -> String {
        let text = try YAMLFile.text(node, name)
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == service, AccountID.isValid(String(parts[4])),
            parts[5].hasPrefix(resource.prefix { $0 != "/" } + "/")
        else {
            throw YAMLFile.Problem(
                node, "\(name) is not an ARN of the kind that is expected",
                "write it as arn:aws:\(service):\(service == "kms" ? "REGION" : ""):ACCOUNT:\(resource)")
        }
        return text
    }

    private static func number(_ node: Node, _ name: String) throws -> Int {
        guard let number = node.int, (0...Self.largestNumber).contains(number) else {
            throw YAMLFile.Problem(
                node, "\(name) is not a whole number up to \(Self.largestNumber)",
                "use a number of days, hours or characters")
        }
        return number
    }

    /// The limit is more than a thousand years in days. Settings are converted to seconds, which must not overflow.
    private static let largestNumber = 1_000_000

    private static func trailAccess(_ node: Node) throws -> TrailAccess {
        var access = TrailAccess()
        for (name, value) in try YAMLFile.entries(node) {
            let path: WritableKeyPath<TrailAccess, [String]>
            switch TrailAccess.CodingKeys(rawValue: name) {
            case .readers: path = \.readers
            case .writers: path = \.writers
            case .deleters: path = \.deleters
            case .administrators: path = \.administrators
            case .trailAdministrators: path = \.trailAdministrators
            case nil:
                throw YAMLFile.unknown(
                    name, in: node, " in trail-access", among: TrailAccess.CodingKeys.allCases.map(\.rawValue))
            }
            access[keyPath: path] = try YAMLFile.list(value, name).map { entry in
                let text = try YAMLFile.text(entry, "an entry of \(name)")
                guard isPrincipal(text) else {
                    throw YAMLFile.Problem(
                        entry, "'\(text)' in \(name) is not the ARN of a principal",
                        "use an ARN such as arn:aws:iam::123456789012:role/\(text); * and ? are wildcards")
                }
                return text
            }
        }
        return access
    }

    /// Whether the text can name a principal in findings: an ARN, an account, an organization, a service, or a pattern.
    private static func isPrincipal(_ text: String) -> Bool {
        text.hasPrefix("arn:") || text.hasPrefix("o-") || text.contains("*") || text.contains("?")
            || text.hasSuffix(".amazonaws.com") || AccountID.isValid(text)
    }

    private static func allowedIngress(_ node: Node) throws -> AllowedIngress {
        var entry = AllowedIngress(source: "")
        for (name, value) in try YAMLFile.entries(node) {
            switch name {
            case "source": entry.source = try YAMLFile.text(value, name)
            case "ports": entry.ports = try texts(value, name)
            case "groups": entry.groups = try texts(value, name)
            case "reason": entry.reason = try YAMLFile.text(value, name)
            default:
                throw YAMLFile.unknown(
                    name, kind: "field", in: node, " in allowed-ingress",
                    among: ["source", "ports", "groups", "reason"])
            }
        }
        guard !entry.source.isEmpty else {
            throw YAMLFile.Problem(
                node, in: node, lacks: ["source"], "an entry of allowed-ingress has no source",
                "use a CIDR, a prefix list or '*'")
        }
        if let problem = entry.problem {
            throw YAMLFile.Problem(node, "an entry of allowed-ingress is not valid: \(problem)", "fix the entry")
        }
        return entry
    }

    /// Rejects an empty list, which would mean all: the user certainly does not intend that.
    private static func texts(_ node: Node, _ name: String) throws -> [String] {
        let texts = try YAMLFile.list(node, name).map { try YAMLFile.text($0, "an entry of \(name)") }
        guard !texts.isEmpty else {
            throw YAMLFile.Problem(node, "\(name) is an empty list", "remove it to apply to all")
        }
        return texts
    }
}
