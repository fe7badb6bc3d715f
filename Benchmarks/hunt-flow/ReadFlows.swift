import Analytics
import Foundation
import Gzip
import LogReaders
import Synchronization

/// `flows DIR [THREADS]`: all analytics over the files of a folder.
enum ReadFlows {
    static func tally(_ files: [URL], threads: Int) throws -> FlowTally {
        let next = Atomic<Int>(0)
        let tallies = Mutex<[FlowTally]>([])
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var tally = FlowTally(seed: 1)
            var reader = FlowLogReader()
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < files.count, let data = try? Data(contentsOf: files[number]),
                    let text = try? Gzip.decompress([UInt8](data), bound: 1 << 30)
                else { break }
                reader.beginFile()
                text.withUnsafeBufferPointer { reader.readBatches($0) { tally.add(UnsafeBufferPointer($0)) } }
            }
            if reader.damaged.count > 0 { print("damaged:", reader.damaged) }
            let mine = tally
            tallies.withLock { $0.append(mine) }
        }
        let all = tallies.withLock { $0 }
        return all.dropFirst().reduce(into: all[0]) { $0.merge($1) }
    }

    static func files(in folder: URL) throws -> [URL] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".gz") }.sorted()
            .map { folder.appending(path: $0) }
    }
}
