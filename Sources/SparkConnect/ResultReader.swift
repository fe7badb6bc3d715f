import Basics
import SwiftProtobuf

/// What has come of a query's result, over all streams that it came in.
struct ResultReader {
    /// The last answer that was taken in, from which a lost stream is continued.
    private(set) var lastResponse: String?
    /// Whether the server said that this is the whole result. Nothing is a result without it.
    private(set) var isComplete = false
    /// The number of rows so far.
    private(set) var rows = 0
    /// What the query read, by the latest metrics.
    private(set) var read = SparkReading()
    /// The parts of a batch that is not complete yet.
    private var chunks: [[UInt8]] = []

    /// What an answer brings.
    enum News: Equatable {
        case rows(ArrowStream)
        case progress(SparkProgress)
        case nothing
    }

    /// - Throws: ``Failure`` if a batch cannot be read or does not continue the rows so far.
    mutating func take(_ response: Spark_Connect_ExecutePlanResponse) throws(Failure) -> News {
        guard !isComplete else { throw Self.broken("the server sends more after the end") }
        var news = News.nothing
        switch response.responseType {
        case .arrowBatch(let batch):
            if let stream = try take(batch) { news = .rows(stream) }
        case .resultComplete:
            guard chunks.isEmpty else { throw Self.broken("a batch is incomplete at the end") }
            isComplete = true
        case .executionProgress(let progress): news = .progress(SparkProgress(progress))
        // Answers of other kinds carry metrics and the like.
        case nil: break
        }
        if response.hasMetrics { read = SparkReading(response.metrics) }
        if !response.responseID.isEmpty { lastResponse = response.responseID }
        return news
    }

    private mutating func take(
        _ batch: Spark_Connect_ExecutePlanResponse.ArrowBatch
    ) throws(Failure) -> ArrowStream? {
        if batch.hasStartOffset, batch.startOffset != Int64(rows) {
            throw Self.broken("a batch begins at row \(batch.startOffset) instead of \(rows)")
        }
        let count = batch.hasNumChunksInBatch ? batch.numChunksInBatch : 1
        guard !batch.hasChunkIndex || batch.chunkIndex == Int64(chunks.count), count > Int64(chunks.count) else {
            throw Self.broken("the parts of a batch are not in order")
        }
        chunks.append([UInt8](batch.data))
        guard Int64(chunks.count) == count else { return nil }
        let bytes = chunks.count == 1 ? chunks[0] : chunks.flatMap(\.self)
        chunks = []
        let stream: ArrowStream
        do {
            stream = try ArrowStream(bytes)
        } catch {
            throw Failure(error)
        }
        guard Int64(stream.rowCount) == batch.rowCount else {
            throw Self.broken("a batch has \(stream.rowCount) rows instead of \(batch.rowCount)")
        }
        rows += stream.rowCount
        return stream
    }

    private static func broken(_ why: String) -> Failure {
        Failure(
            "the result of the query cannot be read", why: why,
            advice: "run the hunt again; if it happens again, report it")
    }
}

/// How far a query is.
public struct SparkProgress: Sendable, Hashable {
    public var tasks: Int
    public var completedTasks: Int
    /// Bytes that were read so far.
    public var bytesRead: Int

    init(_ progress: Spark_Connect_ExecutePlanResponse.ExecutionProgress) {
        func sum(_ value: (Spark_Connect_ExecutePlanResponse.ExecutionProgress.StageInfo) -> Int64) -> Int {
            progress.stages.reduce(0) { sum, stage in
                let (total, overflow) = sum.addingReportingOverflow(Int(max(0, value(stage))))
                return overflow ? .max : total
            }
        }
        tasks = sum(\.numTasks)
        completedTasks = sum(\.numCompletedTasks)
        bytesRead = sum(\.inputBytesRead)
    }
}

/// What the scans of a query read.
public struct SparkReading: Sendable, Hashable {
    /// The number of files; `nil` if the server does not say.
    public var files: Int?
    /// In bytes, as stored; `nil` if the server does not say.
    public var bytes: Int?
    /// The number of rows that were read, which are lines of text files; `nil` if the server does not say.
    public var rows: Int?

    public init() {}

    init(_ metrics: Spark_Connect_ExecutePlanResponse.Metrics) {
        func sum(_ name: String) -> Int? {
            let values = metrics.metrics.compactMap { node in
                node.name.hasPrefix("Scan ") || node.name.contains("Scan") ? node.executionMetrics[name]?.value : nil
            }
            return values.isEmpty ? nil : values.reduce(0) { $0.addingReportingOverflow(Int(max(0, $1))).partialValue }
        }
        files = sum("numFiles")
        bytes = sum("filesSize")
        rows = sum("numOutputRows")
    }
}
