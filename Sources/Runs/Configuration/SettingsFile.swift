public import Basics
import Analytics
import FoundationEssentials
import LogReaders
public import Posture
import Practices
import Yams

/// The user's configuration in YAML: thresholds, who may reach what, and what hunts expect.
public enum SettingsFile {
    /// The settings of scans and of questions about access.
    /// - Throws: as ``configuration(_:)``.
    public static func read(_ path: String) throws(Failure) -> Settings {
        try configuration(path).settings
    }

    /// - Throws: ``Failure`` that names the file, the line and what is admitted there: a misspelt setting would
    ///   otherwise be ignored silently.
    public static func configuration(_ path: String) throws(Failure) -> Configuration {
        let text = try InputFile.text(path)
        do {
            guard let node = try Yams.compose(yaml: text) else { return Configuration() }
            return try configuration(node)
        } catch let problem as SettingsProblem {
            throw Failure(
                "\(path) cannot be used", why: problem.place.map { "line \($0), \(problem.why)" } ?? problem.why,
                advice: problem.advice)
        } catch {
            throw Failure("\(path) cannot be used", why: "it is not YAML (\(error))", advice: "mend it")
        }
    }

    private static func configuration(_ node: Node) throws -> Configuration {
        var configuration = Configuration()
        for (name, value) in try entries(node) {
            if name == HuntConfiguration.key {
                configuration.hunt = try hunt(value)
            } else {
                try set(name, value, in: &configuration.settings)
            }
        }
        return configuration
    }

    private static func set(_ name: String, _ value: Node, in settings: inout Settings) throws {
        guard let key = Settings.CodingKeys(rawValue: name) else {
            let names = Settings.CodingKeys.allCases.map(\.rawValue) + [HuntConfiguration.key]
            throw SettingsProblem(
                value, "there is no setting '\(name)'", "the settings are " + names.joined(separator: ", "))
        }
        switch key {
        case .accessKeyMaximumAgeDays: settings.accessKeyMaximumAgeDays = try number(value, name)
        case .unusedCredentialDays: settings.unusedCredentialDays = try number(value, name)
        case .rootUseDays: settings.rootUseDays = try number(value, name)
        case .trailDeliveryHours: settings.trailDeliveryHours = try number(value, name)
        case .passwordMinimumLength: settings.passwordMinimumLength = try number(value, name)
        case .passwordMaximumAgeDays: settings.passwordMaximumAgeDays = try number(value, name)
        case .passwordReusePrevention: settings.passwordReusePrevention = try number(value, name)
        case .trustedAccounts: settings.trustedAccounts = try list(value, name).map { try accountID($0, name) }
        case .unusedPermissionDays: settings.unusedPermissionDays = try number(value, name)
        case .trailAccess: settings.trailAccess = try trailAccess(value)
        case .allowedIngress: settings.allowedIngress = try list(value, name).map(allowedIngress)
        }
    }

    private static func hunt(_ node: Node) throws -> HuntConfiguration {
        var hunt = HuntConfiguration()
        for (name, value) in try entries(node) {
            switch name {
            case "placeholders":
                for (placeholder, values) in try entries(value) {
                    hunt.placeholders[placeholder] = try list(values, placeholder).map {
                        try text($0, "an entry of \(placeholder)")
                    }
                }
            case "own-networks":
                hunt.ownNetworks = try list(value, name).map { entry in
                    let text = try text(entry, "an entry of \(name)")
                    guard let network = FlowSettings.Network(text) else {
                        throw SettingsProblem(entry, "'\(text)' is no network", "write it as 203.0.113.0/24")
                    }
                    return network
                }
            case "expected-scanners":
                hunt.expectedScanners = Set(
                    try list(value, name).map { entry in
                        let text = try text(entry, "an entry of \(name)")
                        guard let address = FlowAddress(text) else {
                            throw SettingsProblem(entry, "'\(text)' is no address", "write it as 10.0.0.5")
                        }
                        return address
                    })
            default:
                throw SettingsProblem(
                    value, "there is no '\(name)' in hunt", "it takes placeholders, own-networks and expected-scanners")
            }
        }
        return hunt
    }

    private static func number(_ node: Node, _ name: String) throws -> Int {
        guard let number = node.int, number >= 0 else {
            throw SettingsProblem(
                node, "\(name) is not a whole number", "write a number of days, hours or characters")
        }
        return number
    }

    /// YAML takes an unquoted id for a number, in which leading zeros may be lost: the text as written counts.
    private static func accountID(_ node: Node, _ name: String) throws -> String {
        let text = try text(node, "an entry of \(name)")
        guard AccountID.isValid(text) else {
            throw SettingsProblem(node, "'\(text)' is not an account id", "write twelve digits, in quotes")
        }
        return text
    }

    private static func trailAccess(_ node: Node) throws -> TrailAccess {
        var access = TrailAccess()
        for (name, value) in try entries(node) {
            let path: WritableKeyPath<TrailAccess, [String]>
            switch TrailAccess.CodingKeys(rawValue: name) {
            case .readers: path = \.readers
            case .writers: path = \.writers
            case .deleters: path = \.deleters
            case .administrators: path = \.administrators
            case .trailAdministrators: path = \.trailAdministrators
            case nil:
                throw SettingsProblem(
                    value, "there is no '\(name)' in trail-access",
                    "it takes " + TrailAccess.CodingKeys.allCases.map(\.rawValue).joined(separator: ", "))
            }
            access[keyPath: path] = try list(value, "trail-access").map { try text($0, "an entry of trail-access") }
        }
        return access
    }

    private static func allowedIngress(_ node: Node) throws -> AllowedIngress {
        var entry = AllowedIngress(source: "")
        for (name, value) in try entries(node) {
            switch name {
            case "source": entry.source = try text(value, name)
            case "ports": entry.ports = try texts(value, name)
            case "groups": entry.groups = try texts(value, name)
            case "reason": entry.reason = try text(value, name)
            default:
                throw SettingsProblem(
                    value, "there is no '\(name)' in allowed-ingress", "it takes source, ports, groups and reason")
            }
        }
        guard !entry.source.isEmpty else {
            throw SettingsProblem(
                node, "an entry of allowed-ingress has no source", "write a CIDR, a prefix list or '*'")
        }
        if let problem = entry.problem {
            throw SettingsProblem(node, "an entry of allowed-ingress means nothing: \(problem)", "mend the entry")
        }
        return entry
    }

    private static func text(_ node: Node, _ name: String) throws -> String {
        guard let text = node.scalar?.string else {
            throw SettingsProblem(node, "\(name) is not a plain text", "write one word or line")
        }
        return text
    }

    /// An empty list would mean all, which nobody says in this way.
    private static func texts(_ node: Node, _ name: String) throws -> [String] {
        let texts = try list(node, name).map { try text($0, "an entry of \(name)") }
        guard !texts.isEmpty else {
            throw SettingsProblem(node, "\(name) is an empty list", "leave it out to mean all")
        }
        return texts
    }

    private static func entries(_ node: Node) throws -> [(String, Node)] {
        guard let mapping = node.mapping else {
            throw SettingsProblem(node, "names and values are expected", "write 'name: value' lines")
        }
        return mapping.map { ($0.key.string ?? "", $0.value) }
    }

    private static func list(_ node: Node, _ name: String) throws -> [Node] {
        guard let sequence = node.sequence else {
            throw SettingsProblem(node, "\(name) is not a list", "write its entries with a dash before each")
        }
        return Array(sequence)
    }
}

private struct SettingsProblem: Error {
    var place: Int?
    var why: String
    var advice: String

    init(_ node: Node, _ why: String, _ advice: String) {
        place = node.mark?.line
        self.why = why
        self.advice = advice
    }
}
