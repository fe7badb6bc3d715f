import Foundation

/// The life of a finding: a value that each scan takes further.
struct FindingLife: Sendable, Hashable {
    private(set) var status: String
    private(set) var firstSeen: Date
    private(set) var lastSeen: Date
    /// The time at which the status changed last.
    private(set) var changed: Date
    /// The time since which it fails no longer; `nil` if it fails or never failed.
    private(set) var resolved: Date?

    /// A finding that is seen for the first time.
    init(_ status: String, at time: Date) {
        (firstSeen, lastSeen, changed) = (time, time, time)
        self.status = status
    }

    init(status: String, firstSeen: Date, lastSeen: Date, changed: Date, resolved: Date?) {
        self.status = status
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.changed = changed
        self.resolved = resolved
    }

    /// The statuses that end a failure. A finding that becomes unknown may still fail, and an accepted one does.
    private static let resolving: Set = ["pass", "notApplicable", StoredFinding.gone]

    /// A scan saw it.
    /// - Parameter hasFailed: whether it failed before and was not resolved since.
    /// - Returns: whether the status changed.
    mutating func see(_ status: String, at time: Date, hasFailed: @autoclosure () throws -> Bool) rethrows -> Bool {
        lastSeen = time
        return try change(to: status, at: time, hasFailed: try hasFailed())
    }

    /// A scan that would have seen it did not.
    mutating func miss(at time: Date, hasFailed: @autoclosure () throws -> Bool) rethrows {
        _ = try change(to: StoredFinding.gone, at: time, hasFailed: try hasFailed())
    }

    private mutating func change(
        to status: String, at time: Date, hasFailed: @autoclosure () throws -> Bool
    ) rethrows -> Bool {
        guard status != self.status else { return false }
        if status == "fail" {
            resolved = nil
        } else if resolved == nil, Self.resolving.contains(status), try self.status == "fail" || hasFailed() {
            resolved = time
        }
        (self.status, changed) = (status, time)
        return true
    }
}

extension StoredFinding {
    var life: FindingLife {
        get {
            FindingLife(
                status: status, firstSeen: firstSeen, lastSeen: lastSeen, changed: changed, resolved: resolved)
        }
        set {
            (status, firstSeen, lastSeen) = (newValue.status, newValue.firstSeen, newValue.lastSeen)
            (changed, resolved) = (newValue.changed, newValue.resolved)
        }
    }
}
