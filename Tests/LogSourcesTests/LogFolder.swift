import FoundationEssentials
@testable import LogReaders
@testable import LogSources

/// A folder that is gone with the value.
final class LogFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/parapet-logs-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        let folder = file.prefix(upTo: file.lastIndex(of: "/") ?? file.endIndex)
        try FileManager.default.createDirectory(atPath: String(folder), withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

/// What a pipeline handed out: lines, or the names of the records' events.
struct ReadLogs {
    var found: [String] = []
    var pieces = 0
    var headers: Set<String> = []
    var account = ReadingAccount()

    static func lines(_ sources: [String], store: (any LogStore)? = nil, workers: Int = 2) async throws -> ReadLogs {
        let pipeline = LogPipeline(sources.map(LogLocation.init), layout: .lines, store: store, workers: workers)
        return try await read(pipeline) { logs, piece in
            for line in piece.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
                logs.found.append(String(decoding: line.prefix(100), as: UTF8.self))
            }
        }
    }

    static func events(
        _ sources: [String], store: (any LogStore)? = nil, dates: DateFolders = DateFolders(from: nil, to: nil),
        services: ServiceFolders = .all, after cursors: [ObjectListing.Cursor]? = nil,
        deadline: ContinuousClock.Instant? = nil
    ) async throws -> ReadLogs {
        let pipeline = LogPipeline(
            sources.map(LogLocation.init), layout: .json, dates: dates, services: services, store: store,
            after: cursors,
            deadline: deadline)
        return try await read(pipeline) { logs, piece in
            var fields = FieldList()
            let name = fields.number(of: "eventName")
            let account = CloudTrailReader(CloudTrailPlan(fields: fields)).read(
                piece.bytes, isWhole: piece.isWhole, isInRows: piece.isInRows
            ) { event in
                if case .text(let bytes) = event.value(of: name) {
                    logs.found.append(String(decoding: bytes, as: UTF8.self))
                }
            }
            piece.lost(account.damaged, account.damages.first?.reason.description ?? "")
        }
    }

    private static func read(
        _ pipeline: LogPipeline, _ read: @escaping @Sendable (inout ReadLogs, LogPiece) -> Void
    ) async throws -> ReadLogs {
        var pipeline = pipeline
        // Small enough that small files go every way.
        pipeline.sizes = PieceSizes(
            whole: 2 << 20, piece: 256 << 10, longest: 4 << 20, range: 256 << 10, block: 24 << 10)
        let (states, account) = try await pipeline.run {
            ReadLogs()
        } read: { logs, piece in
            logs.pieces += 1
            if !piece.isFirst { logs.headers.insert(String(decoding: piece.header, as: UTF8.self)) }
            read(&logs, piece)
        }
        var all = ReadLogs(account: account)
        for state in states {
            all.found += state.found
            all.pieces += state.pieces
            all.headers.formUnion(state.headers)
        }
        all.found.sort()
        return all
    }
}
