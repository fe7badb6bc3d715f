public import Foundation
import GRDB

/// The transfer of a network interface in one hour and direction, with the range that hunts learned as normal.
public struct StoredTraffic: Sendable, Hashable, Codable {
    public var interface: String
    /// Such as `out-public`.
    public var direction: String
    /// Hours since 1970.
    public var hour: Int
    public var bytes: Double
    /// The lower and upper edge of the normal range; `nil` while it is being learned.
    public var lower: Double?
    public var upper: Double?
    public var isUnusual: Bool
    /// The peers with the largest transfers, as a JSON array of objects with `peer` and `bytes`.
    public var peers: String

    public init(
        interface: String, direction: String, hour: Int, bytes: Double, lower: Double?, upper: Double?,
        isUnusual: Bool, peers: String
    ) {
        self.interface = interface
        self.direction = direction
        self.hour = hour
        self.bytes = bytes
        self.lower = lower
        self.upper = upper
        self.isUnusual = isUnusual
        self.peers = peers
    }
}

/// The requests of one requester to one bucket on one day, by operation, allowed or refused.
public struct StoredAccess: Sendable, Hashable, Codable {
    public var bucket: String
    /// Days since 1970.
    public var day: Int
    public var requester: String
    public var operation: String
    public var isRefused: Bool
    public var count: Int
    /// Some of the IP addresses, as a JSON array.
    public var addresses: String
    public var lastTime: Date

    public init(
        bucket: String, day: Int, requester: String, operation: String, isRefused: Bool, count: Int,
        addresses: String, lastTime: Date
    ) {
        self.bucket = bucket
        self.day = day
        self.requester = requester
        self.operation = operation
        self.isRefused = isRefused
        self.count = count
        self.addresses = addresses
        self.lastTime = lastTime
    }
}

extension StoredTraffic: StoreRow { static var databaseTableName: String { "traffic" } }
extension StoredAccess: StoreRow { static var databaseTableName: String { "access" } }

extension StoreWriter {
    /// Sets hours of traffic. Of an hour that is known already, the larger number of bytes counts, because the other one
    /// was counted from a part of the logs. Its band stays until a hunt has a new one, and what was unusual stays so.
    public func set(_ traffic: [StoredTraffic]) throws {
        for hour in traffic {
            try database.cachedStatement(
                sql: """
                    INSERT INTO traffic (interface, direction, hour, bytes, lower, upper, isUnusual, peers)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET
                        bytes = excluded.bytes, peers = excluded.peers, lower = COALESCE(excluded.lower, lower),
                        upper = COALESCE(excluded.upper, upper), isUnusual = MAX(excluded.isUnusual, isUnusual)
                    WHERE excluded.bytes >= bytes
                    """
            ).execute(
                arguments: [
                    hour.interface, hour.direction, hour.hour, hour.bytes, hour.lower, hour.upper, hour.isUnusual,
                    hour.peers,
                ])
        }
    }

    /// Sets the requests of a day that one hunt counted. Of requests that are known already, the larger number counts:
    /// a second hunt over the same logs changes nothing, and a hunt over a part of the day does not add to another part.
    public func set(_ accesses: [StoredAccess]) throws { try write(accesses, count: "MAX(count, excluded.count)") }

    /// Adds requests to those that are known of the same day. The caller sees to it that none is added twice.
    public func add(_ accesses: [StoredAccess]) throws { try write(accesses, count: "count + excluded.count") }

    private func write(_ accesses: [StoredAccess], count: String) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO access (bucket, day, requester, operation, isRefused, count, addresses, lastTime)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET
                    count = \(count), addresses = excluded.addresses, lastTime = MAX(lastTime, excluded.lastTime)
                """)
        for access in accesses {
            try statement.execute(
                arguments: [
                    access.bucket, access.day, access.requester, access.operation, access.isRefused, access.count,
                    access.addresses, access.lastTime.timeIntervalSince1970,
                ])
        }
    }
}
