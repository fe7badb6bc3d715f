public import FoundationEssentials

/// The result of a verification.
public struct Verification: Sendable, Hashable, Codable {
    /// The requested period.
    public var range: ClosedRange<Date>
    public var digests = Count()
    public var logs = Count()
    /// The periods within ``range`` that valid digests cover, sorted by account, region, trail and time.
    public var coverage: [Stretch] = []
    /// Sorted by account, region, trail and object.
    public var problems: [Problem] = []
    /// Size of the compressed log files that were read.
    public var bytes = 0
    /// The accounts and Regions without a digest of the requested period.
    public var withoutDigests: [Place] = []

    public struct Count: Sendable, Hashable, Codable {
        public var valid = 0
        public var invalid = 0

        public init(valid: Int = 0, invalid: Int = 0) {
            self.valid = valid
            self.invalid = invalid
        }

        public var total: Int { valid + invalid }
    }

    /// A period without a gap.
    public struct Stretch: Sendable, Hashable, Codable {
        public var account: String
        public var region: String
        /// The trail's name.
        public var trail: String
        public var from: Date
        public var to: Date
    }

    public struct Place: Sendable, Hashable, Codable {
        public var account: String
        public var region: String
    }

    public init(range: ClosedRange<Date>) {
        self.range = range
    }

    /// Whether a digest or log file is invalid.
    public var hasFailed: Bool { digests.invalid > 0 || logs.invalid > 0 }

    /// The requested accounts and Regions of which no digest was found. A name is empty where none was requested.
    public func without(accounts: [String], regions: [String]) -> [Place] {
        let found =
            coverage.map { Place(account: $0.account, region: $0.region) }
            + problems.filter(\.kind.isOfDigest).map { Place(account: $0.account, region: $0.region) }
        let requested = (accounts.isEmpty ? [""] : accounts).flatMap { account in
            (regions.isEmpty ? [""] : regions).map { Place(account: account, region: $0) }
        }
        return requested.filter { place in
            place != Place(account: "", region: "")
                && !found.contains {
                    [$0.account, ""].contains(place.account) && [$0.region, ""].contains(place.region)
                }
        }
    }

    mutating func add(_ other: Verification) {
        digests.valid += other.digests.valid
        digests.invalid += other.digests.invalid
        logs.valid += other.logs.valid
        logs.invalid += other.logs.invalid
        bytes += other.bytes
        coverage += other.coverage
        problems += other.problems
        withoutDigests += other.withoutDigests
    }

    /// Sorts the results, so that the report does not depend on the order in which objects were read.
    mutating func sort() {
        coverage.sort { ($0.account, $0.region, $0.trail, $0.from) < ($1.account, $1.region, $1.trail, $1.from) }
        problems.sort {
            ($0.account, $0.region, $0.trail, $0.object, $0.kind.rawValue, $0.message)
                < ($1.account, $1.region, $1.trail, $1.object, $1.kind.rawValue, $1.message)
        }
        withoutDigests.sort { ($0.account, $0.region) < ($1.account, $1.region) }
    }
}
