import AWSClient
public import Basics
public import FoundationEssentials
import Gzip

#if canImport(Glibc)
    import Glibc
#endif

/// A reading of accounts, as stored on disk. It holds no secrets, because no fact in an inventory is secret. Evaluating
/// it again gives the same findings without any call.
///
/// The file is gzip-compressed lines of JSON. The first line identifies the reading. Then comes one line for each
/// account, followed by one line for each of the account's facets. A fact is decoded when a check first reads it.
public struct Snapshot: Sendable {
    public var reading: Reading
    public var accounts: [Account]

    /// Schema version; a reader rejects other versions.
    public static let schema = "parapet.snapshot/2"
    /// The ratio allows for repetition: thousands of users with the same inline policy compress to a two-hundredth.
    static let limits = GzipLimits(wholeUpTo: 16 << 20, ratio: 400, total: 4 << 30)

    public init(reading: Reading, accounts: [Account]) {
        self.reading = reading
        self.accounts = accounts
    }

    /// Identification of the reading.
    public struct Reading: Sendable, Codable, Hashable {
        public var id: String
        public var started: Date
        public var finished: Date
        /// The version of Parapet that made the reading.
        public var parapet: String
        /// The ARN of the principal that signed the calls; `nil` in snapshots of earlier versions.
        public var caller: String?

        public init(id: String, started: Date, finished: Date, parapet: String, caller: String? = nil) {
            self.id = id
            self.started = started
            self.finished = finished
            self.parapet = parapet
            self.caller = caller
        }
    }

    fileprivate struct Version: Decodable {
        var schema: String
    }

    fileprivate struct Header: Codable {
        var schema: String
        var reading: Reading
        var accounts: Int
    }

    fileprivate struct AccountLine: Codable {
        var account: String
        var partition: String
        var readAt: Date
        var unreadable: Unknown?
        /// Absent if the reading covers all enabled regions.
        var unreadRegions: Fact<[String]>?
        /// Number of fact lines that follow.
        var facts: Int
    }

    fileprivate static let factLine = (start: #"{"facet":""#, middle: #"","fact":"#, end: "}")

    /// Returns the file's bytes.
    public func encoded() throws -> [UInt8] {
        let encoder = Self.encoder
        var document = try encoder.encode(
            Header(schema: Self.schema, reading: reading, accounts: accounts.count))
        for account in accounts {
            document.append(UInt8(ascii: "\n"))
            document += try encoder.encode(
                AccountLine(
                    account: account.id, partition: account.partition, readAt: account.readAt,
                    unreadable: account.unreadable,
                    unreadRegions: account.hasUnreadRegions ? account.unreadRegions : nil, facts: account.facts.count))
            for (facet, fact) in account.facts.sorted(by: { $0.key < $1.key }) {
                document.append(UInt8(ascii: "\n"))
                document += Data("\(Self.factLine.start)\(facet)\(Self.factLine.middle)".utf8)
                document += try fact.encoded()
                document += Data(Self.factLine.end.utf8)
            }
        }
        return Gzip.compress(Array(document))
    }

    /// - Throws: ``Failure`` if the bytes are not a snapshot of this version.
    public init(decoding bytes: [UInt8]) throws(Failure) {
        var assembly = SnapshotAssembly(fileSize: bytes.count)
        let failure = bytes.withUnsafeBytes { bytes in
            GzipReader(.oneMember, limits: Self.limits).read(bytes) { assembly.add($0) }
        }
        if let failure {
            throw Self.unusable(failure == .damaged ? "\(Gzip.Failure.damaged)" : "\(failure)")
        }
        self = try assembly.finished()
    }

    fileprivate static func unusable(_ why: String = "it is not a snapshot") -> Failure {
        Failure("the snapshot cannot be used", why: why, advice: "create one with scan --save-snapshot")
    }

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .secondsSince1970
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = Moment(seconds: try container.decode(Double.self))?.date else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date")
            }
            return date
        }
        return decoder
    }
}

/// Builds a snapshot line by line. Counts that a line claims allocate nothing before the counted lines arrive.
private struct SnapshotAssembly {
    /// More accounts than any organization has.
    private static let mostAccounts = 100_000
    /// Length limit in bytes of a line that holds no fact.
    private static let longestHeading = 1 << 20

    /// The start of a line whose end has not arrived.
    private var beginning: [UInt8] = []
    private var header: Snapshot.Header?
    private var accounts: [Account] = []
    /// Number of facts of the last account that are still to come.
    private var factsLeft = 0
    private var failure: Failure?
    private let decoder = Snapshot.decoder
    /// Limit of the number of values that are still to come. A value of two bytes takes 24 when it is decoded, and a
    /// byte of the file can decompress to 400.
    private var valuesLeft: Int

    init(fileSize: Int) { valuesLeft = max(2_000_000, fileSize * 20) }

    mutating func add(_ piece: UnsafeRawBufferPointer) {
        var rest = piece
        while failure == nil, let start = rest.baseAddress, let found = memchr(start, 0x0A, rest.count) {
            let length = UnsafeRawPointer(found) - start
            take(UnsafeRawBufferPointer(start: start, count: length))
            rest = UnsafeRawBufferPointer(start: start + length + 1, count: rest.count - length - 1)
        }
        guard failure == nil else { return }
        beginning += rest
        if factsLeft == 0, beginning.count > Self.longestHeading { failure = Snapshot.unusable() }
    }

    /// - Throws: ``Failure`` if lines are missing, or one could not be read.
    mutating func finished() throws(Failure) -> Snapshot {
        // The last line may end with a line feed.
        if failure == nil, !beginning.isEmpty { take(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if let failure { throw failure }
        guard let header, factsLeft == 0, accounts.count == header.accounts else { throw Snapshot.unusable() }
        return Snapshot(reading: header.reading, accounts: accounts)
    }

    /// - Parameter end: the bytes after ``beginning`` up to the end of the line.
    private mutating func take(_ end: UnsafeRawBufferPointer) {
        guard !beginning.isEmpty else { return take(line: end) }
        let line = beginning + end
        beginning = []
        line.withUnsafeBytes { take(line: $0) }
    }

    private mutating func take(line: UnsafeRawBufferPointer) {
        do throws(Failure) {
            try read(line)
        } catch {
            failure = error
        }
    }

    private mutating func read(_ line: UnsafeRawBufferPointer) throws(Failure) {
        for byte in line where byte == UInt8(ascii: ",") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
            valuesLeft -= 1
        }
        guard valuesLeft >= 0 else { throw Snapshot.unusable("it holds too many values for its size") }
        guard let header else {
            // The first line of another version can have other members.
            if let version = try? decoder.decode(Snapshot.Version.self, from: Data(line)),
                version.schema != Snapshot.schema
            {
                throw Snapshot.unusable("it has version \(version.schema); this Parapet reads \(Snapshot.schema)")
            }
            self.header = try decoded(line)
            return
        }
        if factsLeft > 0 {
            let (facet, fact) = try Self.fact(of: line)
            guard accounts[accounts.count - 1].facts.updateValue(fact, forKey: facet) == nil else {
                throw Snapshot.unusable()
            }
            factsLeft -= 1
            return
        }
        guard accounts.count < min(header.accounts, Self.mostAccounts) else { throw Snapshot.unusable() }
        let account: Snapshot.AccountLine = try decoded(line)
        guard account.facts >= 0 else { throw Snapshot.unusable() }
        accounts.append(
            Account(
                unreadable: account.account, partition: account.partition, readAt: account.readAt,
                because: account.unreadable))
        accounts[accounts.count - 1].unreadRegions = account.unreadRegions ?? .known([])
        factsLeft = account.facts
    }

    private func decoded<Line: Decodable>(_ line: UnsafeRawBufferPointer) throws(Failure) -> Line {
        guard let decoded = try? decoder.decode(Line.self, from: Data(line)) else { throw Snapshot.unusable() }
        return decoded
    }

    /// Returns the name of a line's facet, and its fact as text.
    private static func fact(of line: UnsafeRawBufferPointer) throws(Failure) -> (String, StoredFact) {
        let start = Snapshot.factLine.start.utf8
        let middle = Array(Snapshot.factLine.middle.utf8)
        guard line.starts(with: start), line.last == UInt8(ascii: "}"),
            let found = line.dropFirst(start.count).firstRange(of: middle),
            let name = String(validating: line[start.count..<found.lowerBound], as: UTF8.self)
        else { throw Snapshot.unusable() }
        return (name, StoredFact(text: Data(UnsafeRawBufferPointer(rebasing: line[found.upperBound..<line.count - 1]))))
    }
}
