import AWSClient
public import Basics
public import FoundationEssentials
import Gzip

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
    /// The longest document that is read, in bytes.
    static let maximumSize = 4 << 30

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

    private struct Version: Decodable {
        var schema: String
    }

    private struct Header: Codable {
        var schema: String
        var reading: Reading
        var accounts: Int
    }

    private struct AccountLine: Codable {
        var account: String
        var partition: String
        var readAt: Date
        var unreadable: Unknown?
        /// Absent if no region was left out.
        var unreadRegions: Fact<[String]>?
        /// How many lines with facts follow.
        var facts: Int
    }

    private static let factLine = (start: #"{"facet":""#, middle: #"","fact":"#, end: "}")

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
        // Not as `Data`, whose bytes are slow to walk one by one.
        let document: [UInt8]
        do throws(Gzip.Failure) {
            document = try Gzip.decompress(bytes, bound: Self.maximumSize)
        } catch {
            throw Self.unusable("\(error)")
        }
        var lines = document.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        let decoder = Self.decoder
        func next<Line: Decodable>(_ type: Line.Type) throws(Failure) -> Line {
            guard let line = lines.popFirst(), let decoded = try? decoder.decode(type, from: Data(line)) else {
                throw Self.unusable()
            }
            return decoded
        }
        // The first line of another version may look otherwise.
        if let first = lines.first, let version = try? decoder.decode(Version.self, from: Data(first)),
            version.schema != Self.schema
        {
            throw Self.unusable("it has version \(version.schema); this Parapet reads \(Self.schema)")
        }
        let header = try next(Header.self)
        guard (0...lines.count).contains(header.accounts) else {
            throw Self.unusable()
        }
        var accounts: [Account] = []
        for _ in 0..<header.accounts {
            let line = try next(AccountLine.self)
            var account = Account(
                unreadable: line.account, partition: line.partition, readAt: line.readAt, because: line.unreadable)
            account.unreadRegions = line.unreadRegions ?? .known([])
            for line in lines.prefix(max(0, line.facts)) {
                let (facet, fact) = try Self.fact(of: line)
                account.facts[facet] = fact
            }
            guard account.facts.count == line.facts else {
                throw Self.unusable()
            }
            lines = lines.dropFirst(line.facts)
            accounts.append(account)
        }
        guard lines.isEmpty else { throw Self.unusable() }
        self.init(reading: header.reading, accounts: accounts)
    }

    private static func unusable(_ why: String = "it is not a snapshot") -> Failure {
        Failure("the snapshot cannot be used", why: why, advice: "create one with scan --save-snapshot")
    }

    /// The name of a line's facet, and its fact as text.
    private static func fact(of line: ArraySlice<UInt8>) throws(Failure) -> (String, StoredFact) {
        let start = factLine.start.utf8
        let middle = Array(factLine.middle.utf8)
        guard line.starts(with: start), line.last == UInt8(ascii: "}"),
            let found = line.dropFirst(start.count).firstRange(of: middle),
            let name = String(validating: line[(line.startIndex + start.count)..<found.lowerBound], as: UTF8.self)
        else { throw Self.unusable() }
        return (name, StoredFact(text: Data(line[found.upperBound...].dropLast())))
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
