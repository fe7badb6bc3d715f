internal import CSimdJSON

/// Reads CloudTrail's records from a buffer of JSON: log files (`{"Records": […]}`), arrays, one record a line, what
/// EventBridge delivers (`detail`), CloudTrail Lake's events (`eventData`) and query results, and what
/// `aws cloudtrail lookup-events` prints. Only the fields of the plan are looked at.
///
/// Records that are damaged are counted and passed over, and those after them are read. Where bytes stand in a record
/// that may not stand in JSON (invalid UTF-8, control characters), they are replaced and the record is read: nobody
/// escapes a rule by a byte.
///
/// One thread uses a reader at a time; its memory is used again for each buffer.
public final class CloudTrailReader {
    private let plan: CloudTrailPlan
    private let reader: OpaquePointer

    public init(_ plan: CloudTrailPlan) {
        self.plan = plan
        reader = json_reader_new(plan.plan)
    }

    deinit { json_reader_free(reader) }

    /// Hands out each record of the buffer that the plan's filters let through.
    /// - Parameters:
    ///   - bytes: shorter than 2 GiB.
    ///   - isWhole: false if the file comes in several buffers, which begin and end between two records: then what
    ///     one opens another may close.
    ///   - isInRows: whether the buffer begins among the rows of a query's result.
    /// - Returns: what was found in the buffer; nothing is told where `body` throws.
    @discardableResult
    public func read(
        _ bytes: Bytes, isWhole: Bool = true, isInRows: Bool = false,
        _ body: (borrowing CloudTrailEvent) throws -> Void
    ) rethrows -> RecordAccount {
        json_reader_begin(reader, bytes.baseAddress, bytes.count, isWhole, isInRows)
        let event = CloudTrailEvent(reader)
        while json_reader_next(reader) {
            try body(event)
        }
        return RecordAccount(json_reader_account(reader).pointee)
    }
}

/// How the records of a buffer fared.
public struct RecordAccount: Sendable, Hashable {
    /// A place where something was lost.
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

    /// Found, with the rejected ones.
    public var records = 0
    /// That no filter let through.
    public var rejected = 0
    /// Places where one or more records were lost.
    public var damaged = 0
    /// Records that were read after bytes were replaced.
    public var repaired = 0
    /// Records that have nothing by which a record of CloudTrail is known.
    public var foreign = 0
    /// The first few.
    public var damages: [Damage] = []

    public init() {}
}

extension RecordAccount.Damage: CustomStringConvertible {
    public var description: String { "\(reason) at byte \(offset)" }
}

extension RecordAccount.Damage.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cut: "the last record is cut"
        case .broken: "a record is broken"
        case .notJSON: "this is no JSON"
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
