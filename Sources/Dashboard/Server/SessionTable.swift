import Foundation

/// Who is logged in. A session ends after ``lifetime``, after ``idle`` without a request, or by logout.
struct SessionTable: Sendable {
    private struct Session {
        var started: Date
        var lastSeen: Date
    }

    /// 12 hours: a working day.
    static let lifetime: TimeInterval = 12 * 3600
    /// 2 hours.
    static let idle: TimeInterval = 2 * 3600
    static let limit = 1_000

    private var sessions: [String: Session] = [:]

    var count: Int { sessions.count }

    /// Begins a session. With too many of them the one that was idle for longest ends.
    mutating func start(_ id: String, at time: Date) {
        sessions = sessions.filter { Self.isAlive($0.value, at: time) }
        if sessions.count >= Self.limit, let oldest = sessions.min(by: { $0.value.lastSeen < $1.value.lastSeen }) {
            sessions[oldest.key] = nil
        }
        sessions[id] = Session(started: time, lastSeen: time)
    }

    /// Whether a session is alive.
    /// - Parameter isUse: whether this is a use of it, from which the idle time counts anew.
    mutating func isAlive(_ id: String, at time: Date, isUse: Bool) -> Bool {
        guard let session = sessions[id] else { return false }
        guard Self.isAlive(session, at: time) else {
            sessions[id] = nil
            return false
        }
        if isUse { sessions[id]?.lastSeen = max(session.lastSeen, time) }
        return true
    }

    mutating func end(_ id: String) { sessions[id] = nil }

    private static func isAlive(_ session: Session, at time: Date) -> Bool {
        time.timeIntervalSince(session.started) < lifetime && time.timeIntervalSince(session.lastSeen) < idle
    }
}
