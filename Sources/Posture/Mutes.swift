import AWSClient
import Basics
public import FoundationEssentials

/// A decision to accept some findings that fail or are unknown. Its patterns may hold `*` and `?`.
public struct Mute: Sendable, Hashable {
    /// As the user wrote it.
    public var check: String
    /// The checks that ``check`` stands for, if it is a name in another catalogue; `nil` if it is a pattern of ids.
    public var checks: Set<String>?
    /// Matches the resource's id or its ARN.
    public var resource: String
    public var account: String
    public var region: String
    public var owner: String?
    public var reason: String
    /// The moment at which the decision ends; `nil` for none.
    public var until: Date?

    public init(
        check: String, resource: String = "*", account: String = "*", region: String = "*", owner: String? = nil,
        reason: String, until: Date? = nil
    ) {
        self.check = check
        self.resource = resource
        self.account = account
        self.region = region
        self.owner = owner
        self.reason = reason
        self.until = until
    }

    func covers(_ finding: Finding) -> Bool {
        func matches(_ pattern: String, _ text: String) -> Bool { WildcardPattern(pattern).matches(text) }
        return (checks?.contains(finding.check) ?? matches(check, finding.check)) && matches(account, finding.account)
            && matches(region, finding.region)
            && (matches(resource, finding.resource.id) || matches(resource, finding.resource.arn))
    }
}

/// Applies decisions to findings: only those that fail or are unknown are muted, and only while the decision lasts.
public struct Mutes: Sendable {
    private let mutes: [Mute]
    private let moment: Date

    public init(_ mutes: [Mute], asOf moment: Date) {
        self.mutes = mutes
        self.moment = moment
    }

    /// The findings with the accepted ones muted, and what the user should know of the decisions: those that have
    /// ended and those that cover nothing.
    public func applied(to findings: [Finding]) -> (findings: [Finding], warnings: [String]) {
        guard !mutes.isEmpty else { return (findings, []) }
        var used: Set<Int> = []
        let applied = findings.map { finding in
            guard finding.status == .fail || finding.status == .unknown else { return finding }
            let covering = mutes.indices.filter { mutes[$0].covers(finding) }
            used.formUnion(covering)
            guard let mute = covering.map({ mutes[$0] }).first(where: isInForce) else { return finding }
            var muted = finding
            muted.status = .muted
            let owner = mute.owner.map { " (\($0))" } ?? ""
            muted.message += " — accepted\(owner): \(mute.reason)"
            return muted
        }
        let warnings = mutes.enumerated().compactMap { index, mute -> String? in
            let name = "the mute of \(mute.check) on \(mute.resource)"
            if !isInForce(mute) { return "\(name) ended on \(mute.until.map(\.rfc3339) ?? "")" }
            return used.contains(index) ? nil : "\(name) covers no failing or unknown finding"
        }
        return (applied, warnings)
    }

    private func isInForce(_ mute: Mute) -> Bool {
        mute.until.map { moment < $0 } ?? true
    }
}
