import AWSClient
import Basics
public import FoundationEssentials

/// A decision to accept some findings that fail or are unknown. Its patterns may contain `*` and `?`.
public struct Mute: Sendable, Hashable {
    /// The check, as the user wrote it.
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
        covers(check: finding.check) && Self.matches(account, finding.account) && Self.matches(region, finding.region)
            && (Self.matches(resource, finding.resource.id) || Self.matches(resource, finding.resource.arn))
    }

    fileprivate func covers(check id: String) -> Bool { checks?.contains(id) ?? Self.matches(check, id) }

    private static func matches(_ pattern: String, _ text: String) -> Bool { WildcardPattern(pattern).matches(text) }
}

/// Applies decisions to findings: only those that fail or are unknown are muted, and only while the decision lasts.
public struct Mutes: Sendable {
    private let mutes: [Mute]
    private let moment: Date

    public init(_ mutes: [Mute], asOf moment: Date) {
        self.mutes = mutes
        self.moment = moment
    }

    /// The findings with the accepted ones muted, and warnings about mutes that have expired and mutes that cover
    /// nothing.
    /// - Parameter left: The ids of the checks that did not run. A mute that is only for them may cover nothing,
    ///   without a warning.
    public func applied(
        to findings: [Finding], leaving left: Set<String> = []
    ) -> (findings: [Finding], warnings: [String]) {
        guard !mutes.isEmpty else { return (findings, []) }
        var used: Set<Int> = []
        let ran = Set(findings.map(\.check))
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
            let places = [(" in account ", mute.account), (" in region ", mute.region)].filter { $0.1 != "*" }
            let name = "mute for \(mute.check) on \(mute.resource)" + places.map { $0.0 + $0.1 }.joined()
            if !isInForce(mute) { return "\(name) expired on \(mute.until.map(\.rfc3339) ?? "")" }
            let isOfOthers = !ran.contains(where: mute.covers(check:)) && left.contains(where: mute.covers(check:))
            return used.contains(index) || isOfOthers ? nil : "\(name) matches no failing or not determined finding"
        }
        return (applied, warnings)
    }

    private func isInForce(_ mute: Mute) -> Bool {
        mute.until.map { moment < $0 } ?? true
    }
}
