import Basics
public import Posture

/// The scope of a scan: what was read, by which caller, and by which rules it was evaluated. An auditor must know it to
/// vouch for the report.
public struct ScanScope: Sendable, Hashable {
    /// The heading of the report; `nil` for the usual one.
    public var title: String?
    /// The recipient of the report.
    public var client: String?
    /// The ARN of the principal whose credentials signed the calls; `nil` if a snapshot does not have it.
    public var caller: String?
    /// The aliases of accounts, by account ID. Accounts without an alias, or whose alias could not be read, are absent.
    public var aliases: [String: String] = [:]
    /// The enabled Regions that were not read.
    public var unreadRegions: [String] = []
    /// The words of the command line, without the program's name.
    public var options: [String] = []
    /// The files that affected what was read or how it was evaluated.
    public var files: [File] = []
    public var settings = Settings()
    /// The API calls that read the account, such as `ec2:DescribeVpcs`, in alphabetical order.
    public var calls: [Call] = []
    public var frameworks: [Framework] = []
    /// Whether names, IDs and ARNs were removed.
    public internal(set) var isRedacted = false

    public init() {}

    /// A file by its content.
    public struct File: Sendable, Hashable {
        /// `configuration`, `mutes` or `snapshot`.
        public var role: String
        public var path: String
        /// In hexadecimal digits.
        public var sha256: String

        public init(role: String, path: String, sha256: String) {
            self.role = role
            self.path = path
            self.sha256 = sha256
        }
    }

    public struct Call: Sendable, Hashable {
        public var name: String
        /// The number of times that it was made; `nil` if that is not known, as for a snapshot.
        public var count: Int?

        public init(name: String, count: Int?) {
            self.name = name
            self.count = count
        }
    }

    /// A catalog of controls, with the checks that cover each control.
    public struct Framework: Sendable, Hashable {
        public var name: String
        /// What the list of controls lacks; `nil` if it has all controls of the framework.
        public var note: String?
        public var controls: [Control]

        public init(name: String, note: String? = nil, controls: [Control]) {
            self.name = name
            self.note = note
            self.controls = controls
        }
    }

    public struct Control: Sendable, Hashable {
        public var id: String
        /// The IDs of the checks that cover the control, whether they were run or not; empty if no check covers it.
        public var checks: [String]

        public init(id: String, checks: [String]) {
            self.id = id
            self.checks = checks
        }
    }
}

extension ScanScope {
    /// The scope as the JSON document has it. It has nothing that differs between a live scan and a scan of its
    /// snapshot, so that both give the same document.
    var record: JSON {
        let members: KeyValuePairs<String, JSON?> = [
            "aliases": .members(aliases.mapValues { .string($0) }), "caller": caller.map(JSON.string),
            "client": client.map(JSON.string),
            "files": .array(
                files.filter { $0.role != "snapshot" }
                    .map { ["path": .string($0.path), "role": .string($0.role), "sha256": .string($0.sha256)] }),
            "redacted": .bool(isRedacted), "thresholds": .members(thresholds), "title": title.map(JSON.string),
            "unreadRegions": .texts(unreadRegions),
        ]
        return .members(members)
    }

    private var thresholds: [JSON.Object.Member] { settings.named.map { .init($0.name, $0.value) } }
}

extension Settings {
    /// Each setting by its name in the configuration file, and whether it is the default.
    var named: [(name: String, value: JSON, isDefault: Bool)] {
        let usual = Settings()
        return CodingKeys.allCases.map { key in
            let value = value(of: key)
            return (key.rawValue, value, value == usual.value(of: key))
        }.filter { !$0.isDefault || !Self.ofFixes.contains($0.name) }
    }

    /// The settings of fixes. A scan does not depend on them, so they are shown only if they are set.
    private static let ofFixes = Set([CodingKeys.handOver, .deletionWaitingDays, .userGroups].map(\.rawValue))

    private func value(of key: CodingKeys) -> JSON {
        switch key {
        case .accessKeyMaximumAgeDays: .int(accessKeyMaximumAgeDays)
        case .unusedCredentialDays: .int(unusedCredentialDays)
        case .rootUseDays: .int(rootUseDays)
        case .trailDeliveryHours: .int(trailDeliveryHours)
        case .passwordMinimumLength: .int(passwordMinimumLength)
        case .passwordMaximumAgeDays: .int(passwordMaximumAgeDays)
        case .passwordReusePrevention: .int(passwordReusePrevention)
        case .unusedPermissionDays: .int(unusedPermissionDays)
        case .trustedAccounts: .texts(trustedAccounts)
        case .allowedIngress:
            .array(
                allowedIngress.map { entry in
                    let members: KeyValuePairs<String, JSON?> = [
                        "groups": .texts(entry.groups), "ports": .texts(entry.ports),
                        "reason": entry.reason.map(JSON.string), "source": .string(entry.source),
                    ]
                    return .members(members)
                })
        case .trailAccess:
            trailAccess.map { access in
                [
                    "administrators": .texts(access.administrators), "deleters": .texts(access.deleters),
                    "readers": .texts(access.readers),
                    "trail-administrators": .texts(access.trailAdministrators), "writers": .texts(access.writers),
                ]
            } ?? .null
        case .breakGlass: .texts(breakGlass)
        case .flowLogBucket: JSON(flowLogBucket)
        case .accessLogBucket: JSON(accessLogBucket)
        case .flowLogGroup: JSON(flowLogGroup)
        case .flowLogRole: JSON(flowLogRole)
        case .trailBucket: JSON(trailBucket)
        case .trailKey: JSON(trailKey)
        case .handOver: JSON(handOver)
        case .deletionWaitingDays: deletionWaitingDays.map(JSON.int) ?? .null
        case .userGroups:
            userGroups.map { groups in
                .members(groups.sorted { $0.key < $1.key }.map { .init($0.key, .texts($0.value)) })
            } ?? .null
        }
    }
}
