import Basics
import EffectiveAccess
import FoundationEssentials
import Inventory
import LogReaders
import LogSources
import Synchronization

/// The calls of a principal in CloudTrail logs.
struct AccessLogs {
    private(set) var calls: [RecordedCall] = []
    private(set) var basis = Suggestion.Basis()
    /// Files and records that could not be read.
    private(set) var account: ReadingAccount

    /// - Parameter principal: the ARN of the user or role whose calls are kept.
    /// - Throws: errors of ``LogPipeline/run(progress:_:read:)``; `CancellationError`.
    init(_ pipeline: LogPipeline, of principal: String) async throws {
        let progress = LogProgress()
        let fields = CallFields()
        let plan = CloudTrailPlan(fields: fields.list)
        let seen = SeenEvents()
        let (workers, account) = try await withTaskCancellationHandler {
            try await pipeline.run(progress: progress) {
                CallGatherer(principal, fields, plan, seen)
            } read: { gatherer, piece in
                gatherer.read(piece)
            }
        } onCancel: {
            progress.stop()
        }
        try Task.checkCancellation()
        self.account = account
        for worker in workers {
            calls += worker.calls
            basis.merge(worker.basis)
        }
    }
}

extension AccessLogs {
    /// The reasons why calls may be missing: files and records that could not be read.
    var doubts: [Unknown] {
        guard !account.isWhole else { return [] }
        let told = account.losses.map {
            Unknown(.failed, detail: "some logs could not be read (\($0)); the result may be incomplete")
        }
        let lost = account.damagedFiles + account.lostRecords
        guard lost > told.count else { return told }
        return told + [
            Unknown(
                .failed,
                detail: "damaged files: \(account.damagedFiles); records that were skipped: \(account.lostRecords)")
        ]
    }
}

/// One thread's share of the logs.
private final class CallGatherer {
    private(set) var calls: [RecordedCall] = []
    private(set) var basis = Suggestion.Basis()
    private let principal: [UInt8]
    /// The beginning of the ARNs of a role's sessions, because an event may name the session but not the role.
    private let sessions: [UInt8]?
    private let fields: CallFields
    private let reader: CloudTrailReader
    private let seen: SeenEvents
    private let decoder = JSONDecoder()

    init(_ principal: String, _ fields: CallFields, _ plan: CloudTrailPlan, _ seen: SeenEvents) {
        self.principal = Array(principal.utf8)
        sessions = ARN(principal).flatMap { arn in
            guard arn.resource.hasPrefix("role/") else { return nil }
            return Array("arn:\(arn.partition):sts::\(arn.account):assumed-role/\(arn.name)/".utf8)
        }
        self.fields = fields
        self.seen = seen
        reader = CloudTrailReader(plan)
    }

    func read(_ piece: LogPiece) {
        var broken = 0
        let take = { [self] (event: borrowing CloudTrailEvent) in
            let id = event.value(of: fields.id).bytes
            guard id.isEmpty || seen.insert(id) else { return }
            guard let time = event.value(of: fields.time).text else {
                broken += 1
                return
            }
            let issuer = event.value(of: fields.issuer).bytes
            let actor = issuer.isEmpty ? event.value(of: fields.actor).bytes : issuer
            if actor.isEmpty, event.value(of: fields.identity).text != nil {
                // Nobody knows whose call it is: the identity is text in a form that is not read.
                broken += 1
                return
            }
            let isOwn = actor.elementsEqual(principal) || sessions.map { actor.starts(with: $0) } ?? false
            basis.count(time: time, dataEventsOf: dataSource(copy event), isOwn: isOwn)
            guard isOwn else { return }
            guard let call = try? decoder.decode(RecordedCall.self, from: Data(event.json)) else {
                broken += 1
                return
            }
            calls.append(call)
        }
        let account =
            piece.layout == .csv
            ? reader.read(rows: piece.bytes, header: piece.header, take)
            : reader.read(piece.bytes, isWhole: piece.isWhole, take)
        piece.lost(account.damaged, account.damages.first?.description ?? "a record cannot be read")
        piece.lost(broken, "a record is not an event of CloudTrail, or its caller is in an unknown form")
    }

    private func dataSource(_ event: CloudTrailEvent) -> String? {
        var isData = event.value(of: fields.category).bytes.elementsEqual("Data".utf8)
        if !isData, case .boolean(false) = event.value(of: fields.isManagement) { isData = true }
        return isData ? event.value(of: fields.source).text : nil
    }
}

/// The fields that are read from every event. Only the principal's own events are decoded completely.
private struct CallFields {
    private(set) var list = FieldList()
    let id, time, source, category, isManagement, identity, actor, issuer: FieldList.Number

    init() {
        id = list.number(of: "eventID")
        time = list.number(of: "eventTime")
        source = list.number(of: "eventSource")
        category = list.number(of: "eventCategory")
        isManagement = list.number(of: "managementEvent")
        identity = list.number(of: "userIdentity")
        actor = list.number(of: "userIdentity.arn")
        issuer = list.number(of: "userIdentity.sessionContext.sessionIssuer.arn")
    }
}

/// Hashes of the IDs of events that were read. An event that two trails deliver is in two files.
private final class SeenEvents: Sendable {
    private let hashes = Mutex<Set<Int>>([])

    /// Adds an event.
    /// - Returns: whether the event is new.
    func insert(_ id: Bytes) -> Bool {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(id))
        let hash = hasher.finalize()
        return hashes.withLock { $0.insert(hash).inserted }
    }
}

extension FieldValue {
    /// The bytes of a text; empty if the value is not a text.
    fileprivate var bytes: Bytes {
        if case .text(let bytes) = self { bytes } else { Bytes(start: nil, count: 0) }
    }

    fileprivate var text: String? {
        if case .text(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}
