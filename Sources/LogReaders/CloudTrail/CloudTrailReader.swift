internal import CSimdJSON

/// Reads CloudTrail's records from a buffer of JSON: log files (`{"Records": […]}`), arrays, one record a line,
/// EventBridge events (`detail`), CloudTrail Lake events (`eventData`) and query results, and the output of `aws
/// cloudtrail lookup-events`. Only the fields of the plan are read.
///
/// Damaged records are counted and skipped; later records are read. Bytes that JSON does not allow in a record
/// (invalid UTF-8, control characters) are replaced and the record is read, so that no event evades a rule by such a
/// byte.
///
/// One thread uses a reader at a time. The reader reuses its memory for each buffer.
public final class CloudTrailReader {
    private let plan: CloudTrailPlan
    private let reader: OpaquePointer
    /// Reads the records that rows of query results are made into.
    private lazy var rowReader = CloudTrailReader(plan)

    public init(_ plan: CloudTrailPlan) {
        self.plan = plan
        reader = json_reader_new(plan.plan)
    }

    deinit { json_reader_free(reader) }

    /// Hands out each record of the buffer that passes the plan's filters.
    /// - Parameters:
    ///   - bytes: must be shorter than 2 GiB.
    ///   - isWhole: false if the file comes in several buffers, which begin and end between two records. Then one
    ///     buffer may close what another has opened.
    ///   - isInRows: whether the buffer starts inside a CloudTrail Lake result array.
    /// - Returns: the counts of the buffer.
    @discardableResult
    public func read(
        _ bytes: Bytes, isWhole: Bool = true, isInRows: Bool = false,
        _ body: (borrowing CloudTrailEvent) throws -> Void
    ) rethrows -> RecordAccount {
        json_reader_begin(reader, bytes.baseAddress, bytes.count, isWhole, isInRows)
        let event = CloudTrailEvent(reader)
        var ofRows = RecordAccount()
        while json_reader_next(reader) {
            if event.isRow { try read(row: event.json, &ofRows, body) } else { try body(event) }
        }
        var account = RecordAccount(json_reader_account(reader).pointee)
        account.count(ofRows)
        return account
    }

    /// - Parameter account: what the row's record adds to the count of the row.
    private func read(
        row: Bytes, _ account: inout RecordAccount, _ body: (borrowing CloudTrailEvent) throws -> Void
    ) rethrows {
        account.records -= 1
        guard let record = CloudTrailTable.record(ofRow: row) else {
            account.damaged += 1
            return
        }
        let own = try record.withUnsafeBufferPointer { try rowReader.read($0, isWhole: false, body) }
        account.count(own)
    }

    /// Hands out each record of a table's rows that passes the plan's filters: see ``CloudTrailTable``.
    /// - Parameters:
    ///   - header: the line with the columns' names; empty if `rows` begin with it.
    ///   - received: receives all records as JSON, before they are filtered.
    @discardableResult
    public func read(
        rows: Bytes, header: Bytes, json received: (Bytes) -> Void = { _ in },
        _ body: (borrowing CloudTrailEvent) throws -> Void
    ) rethrows -> RecordAccount {
        var table = CloudTrailTable(rows, header: header)
        let (json, damaged) = table.records()
        var account = try json.withUnsafeBufferPointer { json in
            received(json)
            return try read(json, isWhole: false, body)
        }
        account.damaged += damaged
        return account
    }
}

/// The counts of a buffer's records.
public struct RecordAccount: Sendable, Hashable {
    /// A place at which records were lost.
    public struct Damage: Sendable, Hashable {
        public enum Reason: Sendable, Hashable {
            case cut, broken, notJSON
        }

        /// From the beginning of the buffer, in bytes.
        public var offset: Int
        public var reason: Reason

        public init(offset: Int, reason: Reason) {
            self.offset = offset
            self.reason = reason
        }
    }

    /// All records, including rejected ones.
    public var records = 0
    /// Records that pass none of the filters.
    public var rejected = 0
    /// Places at which one or more records were lost.
    public var damaged = 0
    /// Records that were read after bytes were replaced.
    public var repaired = 0
    /// JSON objects that are not CloudTrail records: see ``CloudTrailEvent/isRecord``.
    public var foreign = 0
    /// The first few damaged places.
    public var damages: [Damage] = []

    public init() {}

    /// Adds the numbers of another account, whose places are not those of this buffer.
    fileprivate mutating func count(_ other: RecordAccount) {
        records += other.records
        rejected += other.rejected
        damaged += other.damaged
        repaired += other.repaired
        foreign += other.foreign
    }
}

extension RecordAccount.Damage: CustomStringConvertible {
    public var description: String { "\(reason) at byte \(offset)" }
}

extension RecordAccount.Damage.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cut: "the last record is truncated"
        case .broken: "a record is damaged"
        case .notJSON: "not JSON"
        }
    }
}

extension RecordAccount {
    fileprivate init(_ account: json_account) {
        records = Int(account.records)
        rejected = Int(account.rejected)
        damaged = Int(account.damaged)
        repaired = Int(account.repaired)
        foreign = Int(account.foreign)
        guard damaged > 0 else { return }
        withUnsafeBytes(of: account.damages) { bytes in
            damages = bytes.bindMemory(to: json_damage.self).prefix(damaged).map(Damage.init)
        }
    }
}

extension RecordAccount.Damage {
    fileprivate init(_ damage: json_damage) {
        offset = Int(damage.offset)
        reason =
            switch damage.reason {
            case JSON_DAMAGE_CUT: .cut
            case JSON_DAMAGE_NO_JSON: .notJSON
            default: .broken
            }
    }
}
