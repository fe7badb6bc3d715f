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
    /// Sets hours of traffic; an hour that is known already is replaced if the new one has more bytes.
    public func set(_ traffic: [StoredTraffic]) throws {
        for hour in traffic {
            let known = try Double.fetchOne(
                database, sql: "SELECT bytes FROM traffic WHERE interface = ? AND direction = ? AND hour = ?",
                arguments: [hour.interface, hour.direction, hour.hour])
            if hour.bytes >= known ?? 0 { try hour.upsert(database) }
        }
    }

    /// Adds requests to those that are known of the same day.
    public func add(_ accesses: [StoredAccess]) throws {
        for var access in accesses {
            let known = try StoredAccess.filter(
                sql: "bucket = ? AND day = ? AND requester = ? AND operation = ? AND isRefused = ?",
                arguments: [access.bucket, access.day, access.requester, access.operation, access.isRefused]
            ).fetchOne(database)
            if let known {
                access.count += known.count
                access.lastTime = max(access.lastTime, known.lastTime)
            }
            try access.upsert(database)
        }
    }
}
