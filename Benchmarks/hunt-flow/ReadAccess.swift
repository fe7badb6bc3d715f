import Analytics
import Foundation
import LogReaders
import Synchronization

/// `access DIR [THREADS]`: all analytics over the plain files of a folder.
enum ReadAccess {
    static func tally(_ folder: URL, threads: Int) throws -> AccessTally {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let next = Atomic<Int>(0)
        let tallies = Mutex<[AccessTally]>([])
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var tally = AccessTally(seed: 1)
            var reader = AccessLogReader()
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < names.count else { break }
                guard let data = try? Data(contentsOf: folder.appending(path: names[number]), options: .alwaysMapped)
                else { continue }
                data.withUnsafeBytes { bytes in reader.read(bytes.bindMemory(to: UInt8.self)) { tally.add($0) } }
            }
            if reader.damaged.count > 0 { print("damaged:", reader.damaged) }
            let mine = tally
            tallies.withLock { $0.append(mine) }
        }
        let all = tallies.withLock { $0 }
        return all.dropFirst().reduce(into: all[0]) { $0.merge($1) }
    }
}
