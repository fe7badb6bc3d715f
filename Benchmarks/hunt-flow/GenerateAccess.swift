import Foundation

/// `generate-access DIR BYTES [SEED]`: writes 100 plain files of access logs of a trail bucket, 72 hours, into
/// DIR/logs, and DIR/truth.tsv: the planted events, with their actor, address, times and number of requests. One
/// record in two hundred comes up to an hour late, so that records are out of order. The truth also lists traps, with
/// `trap` in their kind: no alert should name them.
enum GenerateAccess {
    private static let files = 100

    static func run(folder: URL, bytes: Int, seed: UInt64) throws {
        let logs = folder.appending(path: "logs")
        try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
        var random = Randomness(seed)
        let world = AccessWorld()
        let plants = AccessPlant.all(seed: seed)
        let planted = plants.flatMap(\.lines).sorted { $0.time < $1.time }
        var next = 0
        var late: [(file: Int, text: String)] = []
        var written = (lines: 0, bytes: 0)
        let count = bytes / 606 / files
        let span = AccessWorld.hours * 3_600 / files
        for file in 0..<files {
            let start = FlowWorld.epoch + file * span
            var text: [UInt8] = []
            text.reserveCapacity(count * 700)
            for entry in late where entry.file == file { text += entry.text.utf8 }
            late.removeAll { $0.file == file }
            for number in 0..<count {
                let time = start + number * span / count + random.below(20)
                let line = world.line(at: min(time, start + span - 1), &random).text(&random)
                if number % 200 == 7, file + 1 < files {
                    late.append((file + 1, line))
                } else {
                    text += line.utf8
                }
                while next < planted.count, planted[next].time <= time {
                    text += planted[next].text(&random).utf8
                    next += 1
                }
            }
            let name = "2026-03-0\(file * span / 86_400 + 2)-access-\(1_000 + file)"
            try Data(text).write(to: logs.appending(path: name))
            written.lines += text.count { $0 == 0x0A }
            written.bytes += text.count
        }
        try truth(plants).write(to: folder.appending(path: "truth.tsv"), atomically: true, encoding: .utf8)
        print("\(written.lines) lines, \(written.bytes) bytes, \(plants.count { !$0.kind.isTrap }) attacks")
    }

    private static func truth(_ plants: [AccessPlant]) -> String {
        plants.reduce(into: "kind\tactor\taddress\tfrom\tto\trequests\n") { text, plant in
            text += "\(plant.kind.rawValue)\t\(plant.requester)\t\(plant.address)\t\(plant.from)\t\(plant.to)\t"
            text += plant.lines.isEmpty ? "all the time\n" : "\(plant.lines.count)\n"
        }
    }
}
