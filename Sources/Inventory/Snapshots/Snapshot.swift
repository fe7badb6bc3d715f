import AWSClient
public import FoundationEssentials
import Gzip

/// A reading of accounts as it is kept on disk: gzip-compressed JSON with a version. It holds no secrets, since
/// nothing in an inventory is one. Judging it again gives the same findings without any call.
public struct Snapshot: Sendable, Codable {
    /// `parapet.snapshot/1`; a reader refuses versions that it does not know.
    public private(set) var schema = Snapshot.currentSchema
    public var reading: Reading
    public var accounts: [Account]

    public static let currentSchema = "parapet.snapshot/1"
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

        public init(id: String, started: Date, finished: Date, parapet: String) {
            self.id = id
            self.started = started
            self.finished = finished
            self.parapet = parapet
        }
    }

    /// The bytes of the file.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .secondsSince1970
        return Gzip.compress(try Array(encoder.encode(self)))
    }

    /// - Throws: ``SnapshotError``
    public init(decoding bytes: [UInt8]) throws(SnapshotError) {
        let document: [UInt8]
        do throws(Gzip.Failure) {
            document = try Gzip.decompress(bytes, bound: Self.maximumSize)
        } catch {
            throw SnapshotError(reason: "\(error)")
        }
        struct Header: Decodable {
            var schema: String
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = Timestamp.date(seconds: try container.decode(Double.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date")
            }
            return date
        }
        do {
            let schema = try decoder.decode(Header.self, from: Data(document)).schema
            guard schema == Self.currentSchema else {
                throw SnapshotError(reason: "it is of version \(schema), and this Parapet reads \(Self.currentSchema)")
            }
            self = try decoder.decode(Snapshot.self, from: Data(document))
        } catch let error as SnapshotError {
            throw error
        } catch {
            throw SnapshotError(reason: "its content is not a snapshot's")
        }
    }
}

/// Why a file is no snapshot that can be read.
public struct SnapshotError: Error, Sendable, Hashable, CustomStringConvertible {
    public var reason: String
    public var description: String { reason }
}
