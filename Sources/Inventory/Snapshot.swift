import AWSClient
public import Basics
public import FoundationEssentials
import Gzip

#if canImport(Glibc)
    import Glibc
#endif

/// A reading of accounts as it is kept on disk. It holds no secrets, since nothing in an inventory is one. Judging it
/// again gives the same findings without any call.
///
/// The file is gzip-compressed lines of JSON: one says which reading it is, then comes one for each account, followed
/// by one for each of the account's facets. A fact is decoded when a check first asks for it.
public struct Snapshot: Sendable {
    public var reading: Reading
    public var accounts: [Account]

    /// A reader refuses other versions.
    public static let schema = "parapet.snapshot/2"
    /// Thousands of users with the same inline policy become a two-hundredth.
    static let limits = GzipLimits(wholeUpTo: 16 << 20, ratio: 400, total: 4 << 30)

    public init(reading: Reading, accounts: [Account]) {
        self.reading = reading
        self.accounts = accounts
    }

    /// Which reading this is.
    public struct Reading: Sendable, Codable, Hashable {
        public var id: String
        public var started: Date
        public var finished: Date
        /// The version of Parapet that read.
        public var parapet: String
        /// The ARN of who signed the calls; `nil` in snapshots of earlier versions.
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
        /// Absent if no region was left out.
        var unreadRegions: Fact<[String]>?
        /// How many lines with facts follow.
        var facts: Int
    }

    fileprivate static let factLine = (start: #"{"facet":""#, middle: #"","fact":"#, end: "}")

    /// The bytes of the file.
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

    /// - Throws: ``Failure`` for what is no snapshot of this version
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

/// Puts a snapshot together line by line. What a line claims to follow costs nothing before it is there.
private struct SnapshotAssembly {
    /// More accounts than any organization has.
    private static let mostAccounts = 100_000
    /// In bytes, of a line that holds no fact.
    private static let longestHeading = 1 << 20

    /// The beginning of a line whose end is yet to come.
    private var beginning: [UInt8] = []
    private var header: Snapshot.Header?
    private var accounts: [Account] = []
    /// How many facts of the last account are to come.
    private var factsLeft = 0
    private var failure: Failure?
    private let decoder = Snapshot.decoder
    /// How many values are to come at most. A value of two bytes takes 24 when it is decoded, and a byte of the file may
    /// become 400.
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

    /// - Throws: ``Failure`` if lines are missing, or one was not understood.
    mutating func finished() throws(Failure) -> Snapshot {
        if failure == nil { take(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if let failure { throw failure }
        guard let header, factsLeft == 0, accounts.count == header.accounts else { throw Snapshot.unusable() }
        return Snapshot(reading: header.reading, accounts: accounts)
    }

    /// - Parameter end: what follows ``beginning`` up to the end of the line.
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
            // The first line of another version may look otherwise.
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

    /// The name of a line's facet, and its fact as text.
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
