import Basics
import Foundation

/// Slows down whoever tries tokens: by address, and all together.
///
/// An address has ``free`` attempts; after each further one it waits twice as long, up to ``longestWait``. All addresses
/// together have ``total`` failed attempts in a minute. An attempt counts as failed until it has succeeded, so that many
/// at once do not pass.
struct LoginLimiter: Sendable {
    private struct Failures {
        var count = 0
        var last = Date.distantPast
    }

    static let free = 5
    static let longestWait: TimeInterval = 900
    /// The time after which an address without further failures begins anew.
    static let memory: TimeInterval = 3600
    static let total = 60
    /// The number of addresses that are remembered.
    static let limit = 2_000

    private var failures: [String: Failures] = [:]
    private var recent: [Date] = []

    /// Registers an attempt.
    /// - Returns: the seconds to wait if it is too early; then the attempt must not be carried out.
    mutating func begin(_ peer: IPAddress?, at time: Date) -> TimeInterval? {
        let source = Self.source(peer)
        var known = failures[source] ?? Failures()
        if time.timeIntervalSince(known.last) > Self.memory { known.count = 0 }
        let wait = Self.wait(after: known.count) - time.timeIntervalSince(known.last)
        if wait > 0 { return wait }
        recent.removeAll { time.timeIntervalSince($0) >= 60 }
        if recent.count >= Self.total { return 60 - time.timeIntervalSince(recent[0]) }
        recent.append(time)
        if failures.count >= Self.limit, failures[source] == nil,
            let oldest = failures.min(by: { $0.value.last < $1.value.last })
        {
            failures[oldest.key] = nil
        }
        failures[source] = Failures(count: known.count + 1, last: time)
        return nil
    }

    mutating func succeed(_ peer: IPAddress?) {
        failures[Self.source(peer)] = nil
        if !recent.isEmpty { recent.removeLast() }
    }

    var sources: Int { failures.count }

    private static func wait(after count: Int) -> TimeInterval {
        count < free ? 0 : min(longestWait, pow(2, Double(min(count - free, 20))))
    }

    /// An IPv6 customer has at least a /64 of addresses.
    private static func source(_ peer: IPAddress?) -> String {
        guard let peer = peer?.unmapped else { return "" }
        return peer.isIPv6 ? "\(CIDR(peer, prefixLength: 64)?.network ?? CIDR(peer))" : "\(peer)"
    }
}
