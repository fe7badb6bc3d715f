import Basics
import Foundation
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf
import Synchronization
import Testing

@testable import SparkConnect

/// A session against a stand-in for a Spark Connect server.
@Suite struct SparkSessionTests {
    private static let three = (0..<3).map { SparkStage.batch(ArrowSamples.record, rows: 1, after: $0) }

    private func rows(
        _ stage: SparkStage, token: String? = nil, progress: @escaping @Sendable (SparkProgress) -> Void = { _ in },
        receive: @escaping @Sendable (ArrowStream) throws -> Void = { _ in }
    ) async throws -> (rows: Int, read: SparkReading) {
        let count = Mutex(0)
        let url = try SparkURL(stage.url, token: token)
        let read = try await SparkSession.with(url, clientType: "test", sleep: { _ in }) { session in
            try await session.rows("SELECT 1", progress: progress) { stream in
                count.withLock { $0 += stream.rowCount }
                try receive(stream)
            }
        }
        return (count.withLock(\.self), read)
    }

    private func failure(_ script: SparkStage.Script, token: String? = nil) async throws -> (Failure?, SparkStage) {
        let stage = try await SparkStage.start(script)
        let failure = await #expect(throws: Failure.self) { try await rows(stage, token: token) }
        return (failure, stage)
    }

    @Test func rowsComeInOrderAndTheSessionIsReleased() async throws {
        var script = SparkStage.Script()
        script.answers = Self.three + [SparkStage.metrics(files: 2, rows: 7)]
        let stage = try await SparkStage.start(script)
        let (count, read) = try await rows(stage)
        #expect(count == 3)
        #expect((read.files, read.rows, read.bytes) == (2, 7, 1_000_000))
        #expect(stage.calls == ["Config", "ExecutePlan", "ReleaseExecute", "ReleaseSession"])
        #expect(stage.settings["spark.sql.execution.arrow.compression.codec"] == "none")
        #expect(stage.settings["spark.sql.session.timeZone"] == "UTC")
        #expect(stage.settings["spark.sql.ansi.enabled"] == "false")
    }

    @Test(arguments: [SparkStage.End.lost, .closed])
    func aStreamThatEndsInTheMiddleIsContinuedFromTheLastAnswer(end: SparkStage.End) async throws {
        var script = SparkStage.Script()
        script.answers = Self.three
        script.streams = [(1, end), (0, end), (1, end), (.max, .whole)]
        let stage = try await SparkStage.start(script)
        #expect(try await rows(stage).rows == 3)
        #expect(stage.calls.count { $0 == "ExecutePlan" } == 1)
        #expect(stage.calls.count { $0 == "ReattachExecute" } == 3)
    }

    @Test(arguments: [SparkStage.End.lost, .closed])
    func aResultThatIsNeverCompleteIsAnError(end: SparkStage.End) async throws {
        var script = SparkStage.Script()
        script.answers = Self.three
        script.streams = [(3, end), (0, end)]
        let (failure, stage) = try await failure(script)
        #expect(failure != nil)
        #expect(stage.calls.contains("Interrupt"))
        #expect(stage.calls.last == "ReleaseSession")
    }

    @Test func aBadTokenIsAnErrorThatNamesTheOption() async throws {
        var script = SparkStage.Script()
        script.token = "right"
        let (failure, _) = try await failure(script, token: "wrong")
        #expect(failure?.why.contains("does not accept the token") == true)
        #expect(failure.map { !"\($0)".contains("wrong") } == true)
        #expect(try await rows(try await SparkStage.start(script), token: "right").rows == 0)
    }

    @Test func aServerThatIsAwayIsAnError() async throws {
        let url = try SparkURL("sc://127.0.0.1:1")
        let failure = await #expect(throws: Failure.self) {
            try await SparkSession.with(url, clientType: "test") { try await $0.run("SELECT 1") }
        }
        #expect(failure?.why.contains("cannot be reached") == true)
    }

    @Test func aFailedQueryShowsTheServersOwnMessage() async throws {
        let status = GoogleRPCStatus(
            code: .internalError, message: "short",
            details: .errorInfo(reason: "AnalysisException", domain: "org.apache.spark", metadata: ["errorId": "e1"]))
        var script = SparkStage.Script()
        script.streams = [(0, .failed(RPCError(status)))]
        script.details = "[TABLE_OR_VIEW_NOT_FOUND] The table cannot be found.\n\tat org.apache.spark"
        let (failure, stage) = try await failure(script)
        #expect(failure?.why == "[TABLE_OR_VIEW_NOT_FOUND] The table cannot be found.")
        #expect(!stage.calls.contains("ReattachExecute"))
    }

    @Test func brokenResultsAreErrors() async throws {
        let record = ArrowSamples.record
        let answers = [
            SparkStage.batch(Array(record.dropLast(40)), rows: 1), SparkStage.batch(record, rows: 2),
            SparkStage.batch(record, rows: 1, after: 5), SparkStage.batch([], rows: 0),
        ]
        for answer in answers {
            var script = SparkStage.Script()
            script.answers = [answer]
            let (failure, stage) = try await failure(script)
            #expect(failure?.what == "the result of the query cannot be read")
            #expect(stage.calls.contains("Interrupt"))
        }
    }

    @Test func aBatchInPartsIsPutTogetherAndAMissingPartIsAnError() async throws {
        func part(_ bytes: some Sequence<UInt8>, _ index: Int64) -> Spark_Connect_ExecutePlanResponse {
            var response = SparkStage.batch(Array(bytes), rows: 1)
            (response.arrowBatch.chunkIndex, response.arrowBatch.numChunksInBatch) = (index, 2)
            return response
        }
        let (first, second) = (part(ArrowSamples.record.prefix(300), 0), part(ArrowSamples.record.dropFirst(300), 1))
        var script = SparkStage.Script()
        script.answers = [first, second]
        #expect(try await rows(try await SparkStage.start(script)).rows == 1)
        for answers in [[second, first], [first], [first, first]] {
            script.answers = answers
            #expect(try await failure(script).0 != nil)
        }
    }

    @Test func progressIsPassedOn() async throws {
        var response = Spark_Connect_ExecutePlanResponse()
        response.executionProgress.stages = [
            .with { ($0.numTasks, $0.numCompletedTasks, $0.inputBytesRead) = (4, 3, 100) },
            .with { ($0.numTasks, $0.inputBytesRead) = (.max, .max) },
        ]
        var script = SparkStage.Script()
        script.answers = [response]
        let (seen, sink) = AsyncStream.makeStream(of: SparkProgress.self)
        let stage = try await SparkStage.start(script)
        _ = try await rows(stage, progress: { sink.yield($0) })
        sink.finish()
        let states = await seen.reduce(into: [SparkProgress]()) { $0.append($1) }
        #expect(states.map(\.completedTasks) == [3])
        #expect(states.map(\.tasks) == [.max])
    }

    @Test func whatTheReceiverThrowsStopsTheQuery() async throws {
        struct Stop: Error {}
        var script = SparkStage.Script()
        script.answers = Self.three
        let stage = try await SparkStage.start(script)
        await #expect(throws: Stop.self) { try await rows(stage, receive: { _ in throw Stop() }) }
        #expect(stage.calls.contains("Interrupt"))
    }

    @Test func aCancelledHuntInterruptsTheQuery() async throws {
        var script = SparkStage.Script()
        script.answers = Self.three
        script.hangs = true
        let stage = try await SparkStage.start(script)
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        let task = Task { try await rows(stage, receive: { _ in signal.yield() }) }
        for await _ in begun { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(stage.calls.suffix(2) == ["Interrupt", "ReleaseSession"])
    }
}
