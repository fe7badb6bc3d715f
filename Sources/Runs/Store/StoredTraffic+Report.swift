import Analytics
import Basics
import FoundationEssentials
public import Hunting
public import Store

extension StoredTraffic {
    /// The hours of transfers that a hunt reports.
    public static func all(of result: HuntResult) -> [StoredTraffic] {
        result.transfers.flatMap { series in
            series.hours.map { hour in
                let peers = hour.peers.map { JSON.members(["peer": .string($0.address), "bytes": .double($0.bytes)]) }
                return StoredTraffic(
                    interface: series.interface, direction: series.direction.rawValue, hour: hour.hour,
                    bytes: hour.bytes, lower: hour.band?.lowerBound, upper: hour.band?.upperBound,
                    isUnusual: hour.isUnusual, peers: JSON.array(peers).description)
            }
        }
    }
}

extension StoredAccess {
    /// The requests to buckets that hold logs that a hunt reports.
    public static func all(of result: HuntResult) -> [StoredAccess] {
        result.requests.map {
            StoredAccess(
                bucket: $0.bucket, day: $0.day, requester: $0.requester, operation: $0.operation,
                isRefused: $0.isDenied, count: $0.count, addresses: JSON($0.addresses).description,
                lastTime: Date(timeIntervalSince1970: Double($0.last)))
        }
    }
}
