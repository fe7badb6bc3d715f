import Foundation

/// `generate-flows DIR LINES [SEED]`: writes 72 hours of 200 interfaces as AWS delivers them (gzip, a file for every ten
/// minutes, version 2 with its header line) into DIR/logs, and DIR/truth.tsv: the attacks, with the interface, the peer
/// and the times. One record in two hundred comes up to an hour late; within a file records are in no order. In it are
/// IPv6 on one interface in eight, NODATA of idle interfaces, SKIPDATA on one, and the traps: nightly backups of 400
/// times the usual volume, replies to many ephemeral ports, strangers who knock everywhere.
enum GenerateFlows {
    static func run(folder: URL, lines: Int, seed: UInt64) throws {
        let hours = 72
        // A conversation has two records, and a few more records come in every bin.
        let density = max(2, Double(lines) / Double(200 * hours * 12) - 4) * 1.02
        var world = FlowWorld(seed: seed, hours: hours, density: density)
        let attacks = FlowWorld.attacks(on: world, seed: seed)
        for attack in attacks where attack.kind == .silence { world.silence(attack.interface, bins: attack.bins) }
        var random = Randomness(seed ^ 0xF11E)
        var writer = FlowText(interfaces: world.workloads.count)
        var late: [(file: Int, flow: Flow)] = []
        var written = (lines: 0, bytes: 0)
        let binsPerFile = 2
        for file in 0..<(hours * 12 / binsPerFile) {
            var flows = late.filter { $0.file == file }.map(\.flow)
            late.removeAll { $0.file == file }
            for bin in file * binsPerFile..<(file + 1) * binsPerFile {
                world.bin(bin) { flows.append($0) }
                for attack in attacks { world.emit(attack, bin: bin, &random) { flows.append($0) } }
            }
            for index in flows.indices.dropLast() { flows.swapAt(index, index + random.below(flows.count - index)) }
            // One in two hundred records is delivered up to an hour late.
            let delayed = flows.count / 200
            for flow in flows.suffix(delayed) { late.append((min(hours * 6 - 1, file + 1 + random.below(6)), flow)) }
            flows.removeLast(delayed)
            let moment = Date(timeIntervalSince1970: Double(FlowWorld.epoch + file * binsPerFile * 300))
            let stamp = moment.ISO8601Format().filter { $0 != "-" && $0 != ":" }.prefix(13)
            let day = folder.appending(
                path: "logs/" + moment.ISO8601Format().prefix(10).replacingOccurrences(of: "-", with: "/"))
            try FileManager.default.createDirectory(at: day, withIntermediateDirectories: true)
            let name =
                "\(FlowText.account)_vpcflowlogs_us-east-1_fl-0a1b2c3d_\(stamp)Z_\(String(file, radix: 16)).log.gz"
            written.bytes += try writer.write(flows, to: day.appending(path: name))
            written.lines += flows.count
        }
        try truth(attacks).write(to: folder.appending(path: "truth.tsv"), atomically: true, encoding: .utf8)
        print("\(written.lines) lines, \(written.bytes) bytes of text, \(attacks.count) attacks")
    }

    private static func truth(_ attacks: [Attack]) -> String {
        let header = "kind\tshape\tsize\tnew peer\tinterface\tpeer\tfrom\tto\n"
        return attacks.reduce(into: header) { text, attack in
            let from = FlowWorld.epoch + attack.bins.lowerBound * 300
            let to = FlowWorld.epoch + attack.bins.upperBound * 300
            text += "\(attack.kind.rawValue)\t\(attack.shape.rawValue)\t\(attack.size)\t\(attack.toNewPeer)\t"
            text += "\(FlowText.name(of: attack.interface))\t\(attack.peerName)\t\(from)\t\(to)\n"
        }
    }
}
