import Basics
public import IAMPolicy
public import Inventory

/// A least-privilege policy made from a principal's recorded calls, compared with its current permissions.
public struct Suggestion: Sendable {
    public var principal: Landscape.Principal
    /// An identity policy that allows every recorded call that was permitted.
    public var policy: Policy
    /// Notes on the policy: what was widened to keep within IAM's size limit, and what else a reader should know.
    public var notes: [String]
    /// The logs that the policy is made from.
    public var basis: Basis
    public var used: [UsedPermission]
    /// The permissions of calls that AWS denied. They are not in the policy.
    public var refused: [UsedPermission]
    /// The changes to the grants that the principal has now: one for each grant.
    public var changes: [Change]
    public var doubts: [Unknown]

    /// The longest document that a managed policy may be, in characters that are not white space.
    ///
    /// Source: IAM User Guide, "IAM and AWS STS quotas", "IAM name requirements, and character limits".
    public static let sizeLimit = 6144

    /// The size of the policy as IAM counts it.
    public var size: Int { Self.size(of: policy) }

    static func size(of policy: Policy) -> Int { policy.json.count { !$0.isWhitespace } }

    /// The logs that were read.
    public struct Basis: Sendable, Hashable {
        /// The times of the first and the last event of any principal; ISO 8601.
        public var from: String?
        public var to: String?
        /// The number of all events, and of the principal's own.
        public var events = 0
        public var ownEvents = 0
        /// The services whose data events are in the logs, made by any principal.
        public var dataServices: Set<String> = []

        public init() {}

        /// - Parameters:
        ///   - time: in ISO 8601, UTC.
        ///   - source: the event source of a data event, `nil` for other events.
        public mutating func count(time: String, dataEventsOf source: String?, isOwn: Bool) {
            events += 1
            if isOwn { ownEvents += 1 }
            widen(to: time)
            if let source { dataServices.insert(CalledActions.prefix(of: source)) }
        }

        /// Adds the counts of other events.
        public mutating func merge(_ other: Basis) {
            events += other.events
            ownEvents += other.ownEvents
            for time in [other.from, other.to] { time.map { widen(to: $0) } }
            dataServices.formUnion(other.dataServices)
        }

        private mutating func widen(to time: String) {
            from = from.map { $0.isEarlier(than: time) ? $0 : time } ?? time
            to = to.map { $0.isEarlier(than: time) ? time : $0 } ?? time
        }
    }

    /// An action on a resource that the logs show.
    public struct UsedPermission: Sendable, Hashable {
        public var action: String
        /// An ARN, or `*` if the event names no resource.
        public var resource: String
        public var calls: Int
        /// The time of the last call, in ISO 8601.
        public var lastUsed: String
        /// Whether an identity policy of the principal grants it now. If not, another policy grants it, or one granted
        /// it at the time.
        public var isGrantedNow: Bool
    }

    /// A grant that the principal has now, and whether the policy keeps it.
    public struct Change: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable {
            /// Its uses are in the policy.
            case kept
            /// The logs show no use of it.
            case removed
            /// The logs show no use, but they lack the data events in which a use would show.
            case unjudged
        }

        public var kind: Kind
        public var source: DecidingStatement
        public var actions: String
        public var resources: String
        /// The actions of the grant that were used.
        public var used: [String]
        /// The services with data events that the grant covers and the logs lack. A use of the grant would show only in
        /// these.
        public var invisible: [String]
    }
}

extension Landscape {
    /// Suggests the policy that a principal needs for its recorded calls.
    /// - Parameters:
    ///   - calls: the principal's calls, as the logs have them.
    ///   - basis: the extent of the logs that the calls are from.
    /// - Throws: ``Unknown`` if a policy of the principal could not be read.
    public func suggestion(
        for number: Int, from calls: [RecordedCall], basis: Suggestion.Basis
    ) throws(Unknown) -> Suggestion {
        let permitted = calls.filter { !$0.isRefused }
        let writer = SuggestedPolicy(permissions: permissions(of: permitted))
        if let unread = unreadPrincipals[number] { throw unread }
        let used = uses(of: permitted, by: number)
        return Suggestion(
            principal: principals[number], policy: writer.policy, notes: writer.notes, basis: basis, used: used,
            refused: uses(of: calls.filter(\.isRefused), by: number),
            changes: changes(of: number, used: used, basis: basis), doubts: [])
    }

    private func permissions(of calls: [RecordedCall]) -> [NeededPermission] {
        calls.flatMap { needs(of: $0) }.uniqued
    }

    private func needs(of call: RecordedCall) -> [NeededPermission] {
        CalledResources(call: call, partition: partition, rolesOfProfile: roles(ofProfile:)).permissions
    }

    /// The roles in an instance profile, named by its ARN or its name; `nil` if no role that was read is in it.
    private func roles(ofProfile text: String) -> [String]? {
        let roles = accounts.flatMap { (try? $0[.identities].value.roles) ?? [] }.filter { role in
            role.instanceProfileList.contains { $0.arn == text || Basics.ARN($0.arn)?.name == text[...] }
        }
        return roles.isEmpty ? nil : roles.map(\.arn)
    }

    private func uses(of calls: [RecordedCall], by number: Int) -> [Suggestion.UsedPermission] {
        var uses: [NeededPermission: (calls: Int, last: String)] = [:]
        for call in calls {
            for permission in needs(of: call) {
                let known = uses[permission] ?? (0, call.time)
                uses[permission] = (known.calls + 1, known.last.isEarlier(than: call.time) ? call.time : known.last)
            }
        }
        return uses.map { permission, use in
            Suggestion.UsedPermission(
                action: permission.action, resource: permission.resource, calls: use.calls, lastUsed: use.last,
                isGrantedNow: grantingStatements(of: number).contains {
                    $0.statement.names(permission.action, permission.resource)
                })
        }.sorted { ($0.action, $0.resource) < ($1.action, $1.resource) }
    }

    private func changes(
        of number: Int, used: [Suggestion.UsedPermission], basis: Suggestion.Basis
    ) -> [Suggestion.Change] {
        grantingStatements(of: number).map { source, statement in
            let actions = used.filter { statement.names($0.action, $0.resource) }.map(\.action).uniqued.sorted()
            let invisible = DataEvents.services(in: statement.actions).subtracting(basis.dataServices).sorted()
            return Suggestion.Change(
                kind: actions.isEmpty ? (invisible.isEmpty ? .removed : .unjudged) : .kept, source: source,
                actions: statement.actions.words, resources: statement.resources?.words ?? "", used: actions,
                invisible: invisible)
        }
    }

    private func grantingStatements(of number: Int) -> [(source: DecidingStatement, statement: Statement)] {
        population.members[number].policies.flatMap { place in
            policies[place].policy.statements.enumerated().filter { $0.element.effect == .allow }.map {
                index, statement in
                let label = statement.sid.flatMap { $0.isEmpty ? nil : $0 } ?? "[\(index)]"
                return (DecidingStatement(policy: policies[place].name, statement: label, effect: .allow), statement)
            }
        }
    }
}

extension String {
    /// Whether a time lies before another. Comparing the texts is not enough: CloudTrail Lake writes times in another
    /// form than log files.
    fileprivate func isEarlier(than other: String) -> Bool {
        guard let one = Moment(self, in: .logs), let other = Moment(other, in: .logs) else { return self < other }
        return one < other
    }
}

extension Statement {
    /// Whether the statement covers the action on the resource; an unknown resource counts as any.
    fileprivate func names(_ action: String, _ resource: String) -> Bool {
        actions.match(action)
            && (resource == "*" || (completedResources.map { $0.includeEverything || $0.match(resource) } ?? false))
    }
}

extension Actions {
    var words: String {
        switch self {
        case .only(let patterns): patterns.map(\.text).joined(separator: ", ")
        case .allExcept(let patterns): "all but " + patterns.map(\.text).joined(separator: ", ")
        }
    }
}

extension Resources {
    var words: String {
        switch self {
        case .only(let patterns): patterns.map(\.text).joined(separator: ", ")
        case .allExcept(let patterns): "all but " + patterns.map(\.text).joined(separator: ", ")
        }
    }
}
