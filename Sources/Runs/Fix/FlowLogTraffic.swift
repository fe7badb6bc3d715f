import FoundationEssentials
import Hunting
import LogReaders
import LogSources
import Posture

extension SeenTraffic {
    /// Reads the accepted flows to the given ports from VPC flow logs.
    /// - Throws: errors of ``LogPipeline/run(progress:_:read:)``; ``Basics/Failure`` if there are no credentials for
    ///   S3.
    init(
        _ places: LogPlaces, toPorts ports: Set<Int>, _ options: SessionOptions, in environment: RunEnvironment
    ) async throws {
        self.init()
        let (pipeline, _) = try await places.pipeline(.lines, .flowLogs, options, in: environment)
        let progress = LogProgress()
        let (workers, account) = try await withTaskCancellationHandler {
            try await pipeline.run(progress: progress) {
                FlowGatherer(ports)
            } read: { gatherer, piece in
                gatherer.read(piece)
            }
        } onCancel: {
            progress.stop()
        }
        try Task.checkCancellation()
        for worker in workers { merge(worker.traffic) }
        isIncomplete = !account.isWhole
    }
}

/// One thread's share of the logs.
private final class FlowGatherer {
    private(set) var traffic = SeenTraffic()
    private let ports: Set<Int>
    private var reader = FlowLogReader()
    private let exported = ExportedLines(of: .vpcFlow)

    init(_ ports: Set<Int>) { self.ports = ports }

    func read(_ piece: LogPiece) {
        reader.begin(piece)
        exported.read(piece) { read($0, piece) }
    }

    private func read(_ lines: UnsafeBufferPointer<UInt8>, _ piece: LogPiece) {
        let before = reader.damaged.count
        var traffic = traffic
        self.traffic = SeenTraffic()
        reader.read(lines) { record in
            let isWanted =
                record.action == .accept && record.hasAddresses && ports.contains(Int(record.destinationPort))
                && [6, 17].contains(record.transport)
            let flow =
                isWanted
                ? SeenTraffic.Flow(
                    interface: String(decoding: record.interface, as: UTF8.self), transport: Int(record.transport),
                    port: Int(record.destinationPort), source: record.source.address) : nil
            traffic.add(flow, at: record.start)
        }
        self.traffic = traffic
        piece.lost(reader.damaged.count - before, "a line is not a record of a flow log")
    }
}
