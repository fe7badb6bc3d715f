/// Who reads a bucket, as it was learned.
///
/// What was not seen for 90 days before the last record is dropped, and of more than 50 000 entries of a kind those that
/// were seen longest ago: to the next run they are new again.
public struct AccessBaseline: Baseline {
    /// Of the file's format. Another version is refused.
    public static let version: Int = 1
    static let days = 90
    static let kept = 50_000

    public var version: Int = AccessBaseline.version
    /// Requesters, addresses and user agents of each bucket, by when they were last seen: hours since 1970. Those alone who
    /// were let in: nobody makes an address known by being refused there.
    var requesters: [String: Int] = [:]
    var addresses: [String: Int] = [:]
    var agents: [String: Int] = [:]
    /// The bytes that are read in an hour: by `bucket/requester/address`, and by `bucket/requester/*` where a requester has
    /// several.
    var reading: [String: Usual] = [:]
    /// Refused requests in those five minutes in which there were any; of addresses with several requesters by
    /// `bucket/*/address` too.
    var refused: [String: Usual] = [:]

    /// What is usual, and when it was last seen: hours since 1970.
    struct Usual: Sendable, Hashable, Codable {
        var median: Double
        var hour: Int
        /// How many distinct keys were refused, about, as far as that raised no alert. Older files do not have it.
        var keys: Int?
        /// Since when it raises alerts because of its many keys: hours since 1970.
        var alertedSince: Int?
    }

    public init() {}

    var isEmpty: Bool { requesters.isEmpty && addresses.isEmpty }

    /// Drops what is old, and what is too much.
    mutating func age(keeping bound: Int = AccessBaseline.kept) {
        let last = [requesters.values.max(), addresses.values.max(), agents.values.max()].compactMap { $0 }.max() ?? 0
        let oldest = last - Self.days * 24
        requesters = requesters.kept(since: oldest, atMost: bound) { $0 }
        addresses = addresses.kept(since: oldest, atMost: bound) { $0 }
        agents = agents.kept(since: oldest, atMost: bound) { $0 }
        reading = reading.kept(since: oldest, atMost: bound, lastSeen: \.hour)
        refused = refused.kept(since: oldest, atMost: bound, lastSeen: \.hour)
    }

    /// What an earlier run believed to have seen later than that hour was seen then at the latest: otherwise nothing that
    /// comes could ever be as young, and all would be dropped.
    func until(_ hour: Int) -> AccessBaseline {
        var bounded = self
        bounded.requesters = requesters.mapValues { min($0, hour) }
        bounded.addresses = addresses.mapValues { min($0, hour) }
        bounded.agents = agents.mapValues { min($0, hour) }
        for name in reading.keys { bounded.reading[name]?.hour = min(reading[name]?.hour ?? 0, hour) }
        for name in refused.keys { bounded.refused[name]?.hour = min(refused[name]?.hour ?? 0, hour) }
        return bounded
    }
}

extension AccessBaseline {
    /// Hours since 1970, up to the year 2100: what is beyond is no moment of a log.
    private static let hours = 0...1_139_568

    /// - Throws: `DecodingError` for figures that no run can have learned. Of another version only that is read.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        version = try values.decode(Int.self, forKey: .version)
        guard isReadable else { return }
        requesters = try values.decode([String: Int].self, forKey: .requesters)
        addresses = try values.decode([String: Int].self, forKey: .addresses)
        agents = try values.decode([String: Int].self, forKey: .agents)
        reading = try values.decode([String: Usual].self, forKey: .reading)
        refused = try values.decode([String: Usual].self, forKey: .refused)
        let seen = [requesters, addresses, agents].allSatisfy { $0.values.allSatisfy(Self.hours.contains) }
        let usual = [reading, refused].allSatisfy { $0.values.allSatisfy(\.isPossible) }
        guard seen, usual else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a figure that no log can have"))
        }
    }
}

extension AccessBaseline.Usual {
    fileprivate var isPossible: Bool {
        // No number in a log has more digits than an Int holds.
        median.isFinite && (0...1e19).contains(median) && (0...1_139_568).contains(hour)
            && (0...1_139_568).contains(alertedSince ?? 0) && (0...1_000_000).contains(keys ?? 0)
    }
}
