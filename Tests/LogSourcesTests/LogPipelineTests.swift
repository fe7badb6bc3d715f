import Basics
import Foundation
import Gzip
import Synchronization
import Testing
import TestSupport
@testable import LogReaders
@testable import LogSources

@Suite("Logs are read from wherever they are")
struct LogPipelineTests {
    private static func lines(_ count: Int, width: Int = 0) -> [String] {
        let filler = String(repeating: "x", count: width)
        return (0..<count).map { "line\(1_000_000 + $0)\(filler)" }
    }

    private static func text(_ lines: [String]) -> [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }

    @Test("Files, plain and compressed, folders in folders, and patterns")
    func places() async throws {
        let folder = try LogFolder()
        let one = try folder.write("one.log", "a\nb")
        try folder.write("deep/er/two.log.gz", Gzip.compress(Array("c\nd\n".utf8)))
        try folder.write("deep/three.txt", "\u{FEFF}e\n")
        try folder.write("deep/.hidden", "no\n")
        try folder.write("AWSLogs/123456789012/CloudTrail-Digest/x", "no\n")
        try folder.write("deep/empty", "")
        #expect(try await ReadLogs.lines([one]).found == ["a", "b"])
        let all = try await ReadLogs.lines([folder.path])
        #expect(all.found == ["a", "b", "c", "d", "e"])
        #expect(all.account.files == 4 && all.account.isWhole)
        #expect(all.account.contentBytes == 3 + 4 + 2)
        #expect(try await ReadLogs.lines([folder.path + "/*.log"]).found == ["a", "b"])
        #expect(try await ReadLogs.lines([folder.path + "/d*p"]).found == ["c", "d", "e"])
        #expect(try await ReadLogs.lines([folder.path + "/**/*.log.gz"]).found == ["c", "d"])
        #expect(try await ReadLogs.lines([folder.path + "/*/??/[st]wo*"]).found == ["c", "d"])
        // Found twice, read once.
        #expect(try await ReadLogs.lines([folder.path, one, folder.path + "/*"]).found == ["a", "b", "c", "d", "e"])
    }

    @Test("Lines of any length are handed out once, wherever a plain file is divided")
    func blocks() async throws {
        let folder = try LogFolder()
        // From a few bytes to more than a block and than a range.
        let wanted = (0..<6_000).map { number in
            let width = number % 1_000 == 7 ? 300_000 : number % 100 == 3 ? 30_000 : (number &* 7_919) % 600
            return "line\(1_000_000 + number)" + String(repeating: "x", count: width)
        }
        let file = try folder.write("big.log", Self.text(wanted))
        let read = try await ReadLogs.lines([file])
        #expect(read.found == wanted.map { String($0.prefix(100)) })
        #expect(read.account.contentBytes == Self.text(wanted).count)
        #expect(read.account.isWhole && read.account.files == 1)
    }

    @Test("Folders that link to each other in a circle end, and links to nowhere are passed by")
    func loop() async throws {
        let folder = try LogFolder()
        try folder.write("a/b/log", "x\n")
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: folder.path + "/a/b/up", withDestinationPath: folder.path)
        try manager.createSymbolicLink(atPath: folder.path + "/a/self", withDestinationPath: ".")
        try manager.createSymbolicLink(atPath: folder.path + "/a/gone", withDestinationPath: "/nowhere/at/all")
        let read = try await ReadLogs.lines([folder.path])
        #expect(read.found == ["x"])
        #expect(read.account.losses.map(\.file) == [folder.path + "/a/gone"])
        #expect(try await ReadLogs.lines([folder.path + "/**/log"]).found == ["x"])
    }

    @Test("A name that is no UTF-8 is told, and a pipe among files is not waited for")
    func oddNames() async throws {
        let folder = try LogFolder()
        try folder.write("log", "x\n")
        var name = Array(folder.path.utf8CString.dropLast()) + [0x2F, 0x63, CChar(bitPattern: 0xE9), 0]
        let descriptor = open(&name, O_CREAT | O_WRONLY, 0o600)
        #expect(descriptor >= 0)
        close(descriptor)
        mkfifo(folder.path + "/pipe", 0o600)
        for place in [folder.path, folder.path + "/*"] {
            let read = try await ReadLogs.lines([place])
            #expect(read.found == ["x"])
            #expect(read.account.damagedFiles == 1)
            #expect(read.account.losses.first?.what.contains("UTF-8") == true)
        }
    }

    @Test(
        "A file that grows, shrinks or vanishes while it is read is told", arguments: ["grows", "shrinks", "vanishes"])
    func changing(how: String) async throws {
        // Of one piece, and of many ranges.
        for count in [3, 60_000] {
            let folder = try LogFolder()
            try folder.write("a", "first\n")
            let file = try folder.write("b", Self.text(Self.lines(count, width: 60)))
            let isDone = Mutex(false)
            var pipeline = LogPipeline([LogLocation(folder.path)], layout: .lines, workers: 1)
            pipeline.sizes = PieceSizes(range: 256 << 10, block: 24 << 10)
            let (_, account) = try await pipeline.run {
                0
            } read: { _, piece in
                // The first piece of the file that grows, and of the one before those that are gone then.
                guard how != "grows" || piece.file.name == file else { return }
                let isFirst = isDone.withLock { done in
                    defer { done = true }
                    return !done
                }
                guard isFirst else { return }
                switch how {
                case "grows":
                    let end = open(file, O_WRONLY | O_APPEND)
                    _ = write(end, "late\n", 5)
                    close(end)
                case "shrinks": truncate(file, 20)
                default: unlink(file)
                }
            }
            // A small file is read at once, before anybody sees it.
            if how == "grows", count == 3 { continue }
            // And what was found with its size is nothing but the end of the file, where there is one.
            if how == "shrinks", count == 3 { continue }
            #expect(account.damagedFiles == 1, "\(account.losses)")
            #expect(account.losses.map(\.file) == [file])
        }
    }

    @Test("What comes through a pipe is judged before the pipe ends", .timeLimit(.minutes(1)))
    func pipe() async throws {
        for layout in [LogLayout.lines, .json] {
            let folder = try LogFolder()
            let path = folder.path + "/pipe"
            mkfifo(path, 0o600)
            let seen = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                let end = open(path, O_WRONLY)
                // Each waits until the one before was seen.
                for _ in 0..<3 {
                    let text = record("A") + "\n"
                    _ = write(end, text, text.utf8.count)
                    seen.wait()
                }
                close(end)
            }
            let pipeline = LogPipeline([LogLocation(path)], layout: layout, workers: 1)
            let (pieces, account) = try await pipeline.run {
                0
            } read: { count, _ in
                count += 1
                seen.signal()
            }
            // A line's end may come alone.
            #expect(pieces[0] >= 3 && account.isWhole)
        }
    }

    @Test(
        "A path without a file, and a pattern that matches nothing, are errors",
        arguments: ["/nowhere/at/all", "/nowhere/*"])
    func nothing(path: String) async throws {
        await #expect(throws: Failure.self) { try await ReadLogs.lines([path]) }
    }

    @Test("Each lane gets the same pieces in the same order for every number of threads")
    func lanes() async throws {
        let folder = try LogFolder()
        for number in 0..<40 {
            let text = Self.text(Self.lines(1 + number * 7_919 % 400, width: 30))
            try folder.write("\(number % 3)/\(number)", number % 4 == 0 ? Gzip.compress(text) : text)
        }
        try folder.write("2/empty", "")
        let large = try folder.write("1/large", Self.text(Self.lines(6_000, width: 90)))
        for (path, least) in [(folder.path, 7), (large, 7), (folder.path + "/0/0", 1)] {
            let first = try await Self.pieces(of: path, threads: 1)
            #expect(first.count >= least && first.joined().count >= least)
            for threads in 2...8 { #expect(try await Self.pieces(of: path, threads: threads) == first, "\(threads)") }
        }
    }

    /// The pieces that each lane gets, by file and size.
    private static func pieces(of path: String, threads: Int) async throws -> [[String]] {
        var pipeline = LogPipeline([LogLocation(path)], layout: .lines, workers: threads)
        pipeline.sizes = PieceSizes(range: 32 << 10, block: 8 << 10)
        return try await pipeline.run {
            [String]()
        } read: { pieces, piece in
            pieces.append("\(piece.file.name) \(piece.bytes.count)")
        }.states
    }

    @Test("A pipe among files does not keep other files from being read", .timeLimit(.minutes(1)))
    func pipesComeLast() async throws {
        let folder = try LogFolder()
        let pipe = folder.path + "/a-pipe"
        mkfifo(pipe, 0o600)
        for number in 0..<30 { try folder.write("logs/\(number)", "x\n") }
        let read = Mutex(0)
        let pipeline = LogPipeline([LogLocation(pipe), LogLocation(folder.path + "/logs")], layout: .lines, workers: 2)
        Thread.detachNewThread {
            let end = open(pipe, O_WRONLY)
            while read.withLock({ $0 < 30 }) { usleep(1_000) }
            close(end)
        }
        let (_, account) = try await pipeline.run {
            0
        } read: { _, _ in
            read.withLock { $0 += 1 }
        }
        #expect(account.files == 31 && account.isWhole)
    }

    @Test("A large plain file is divided among the lanes, and no line is lost, doubled or cut")
    func largePlain() async throws {
        let folder = try LogFolder()
        let wanted = Self.lines(20_000, width: 90)
        let file = try folder.write("large", Self.text(["version account"] + wanted))
        let read = try await ReadLogs.lines([file])
        #expect(read.found == wanted.map { String($0.prefix(100)) } + ["version account"])
        #expect(read.headers == ["version account\n"])
        #expect(read.pieces > 2 && read.account.files == 1 && read.account.isWhole)
    }

    @Test("A compressed file that is too large for memory goes through in pieces")
    func largeCompressed() async throws {
        let folder = try LogFolder()
        var wanted = Self.lines(60_000, width: 60)
        let file = try folder.write("large.gz", Gzip.compress(Self.text(wanted), level: 1))
        let read = try await ReadLogs.lines([file])
        wanted.sort()
        #expect(read.found.elementsEqual(wanted))
        #expect(read.pieces > 2 && read.account.isWhole)
        #expect(read.headers == [wanted[0] + "\n"])
    }

    @Test("JSON that is too large for memory is cut between records")
    func largeJSON() async throws {
        let folder = try LogFolder()
        let count = 3_000
        let records = (0..<count).map { record("E\(100_000 + $0)", filler: 1500) }
        let file = try folder.write(
            "large.json.gz",
            Gzip.compress(Array(("{\"Records\":[" + records.joined(separator: ",") + "]}").utf8), level: 1))
        let read = try await ReadLogs.events([file])
        #expect(read.found == (0..<count).map { "E\(100_000 + $0)" })
        #expect(read.pieces > 2 && read.account.isWhole)
    }

    @Test(
        "So is JSON in any wrapping, with what stands before and behind its records",
        arguments: [
            (#"{"Events":["#, #"{"EventName":"x","CloudTrailEvent":"@"}"#, #"],"NextToken":"t"}"#, true),
            (#"{"Note":[{"a":1}],"Records":["#, "@", #"],"more":{"eventName":"no"},"z":[1]}"#, false),
            (#"{"messageType":"DATA_MESSAGE","logEvents":["#, #"{"id":"1","message":"@"}"#, "]}", true),
            (#"{"QueryStatus":"FINISHED","QueryResultRows":["#, #"[{"eventID":"1"},{"eventName":"#, "]}", false),
            ("[", "@", "]", false), ("", #"{"detail":@,"resources":[{"eventName":"no"}]}"#, "", false),
        ])
    func largeWrapping(before: String, around: String, behind: String, isText: Bool) async throws {
        let folder = try LogFolder()
        let names = (0..<3_000).map { "E\(100_000 + $0)" }
        let records = names.map { name in
            let own = record(name, filler: 1500)
            guard around.contains("@") else { return around + #""\#(name)"},{"requestParameters":\#(own)}]"# }
            return around.replacing("@", with: isText ? own.replacing("\"", with: "\\\"") : own)
        }
        let text = before + records.joined(separator: before.isEmpty ? "\n" : ",") + behind
        let file = try folder.write("large.json.gz", Gzip.compress(Array(text.utf8), level: 1))
        let read = try await ReadLogs.events([file])
        #expect(read.found == names)
        #expect(read.pieces > 2 && read.account.isWhole, "\(read.account.losses)")
    }

    @Test("A compressed file of many members, with padding behind")
    func members() async throws {
        let folder = try LogFolder()
        let lines = Self.lines(500)
        let bytes = lines.flatMap { Gzip.compress(Array(($0 + "\n").utf8)) } + [UInt8](repeating: 0, count: 512)
        let file = try folder.write("members.gz", bytes)
        let read = try await ReadLogs.lines([file])
        #expect(read.found == lines && read.account.isWhole)
    }

    @Test("Of a compressed file that is cut or damaged, what stands before is read, and the rest is told")
    func damaged() async throws {
        let lines = Self.lines(20_000, width: 10).map { $0 + "\($0.hashValue)" }
        let whole = Gzip.compress(Self.text(lines))
        let cases: [(String, [UInt8], Range<Int>)] = [
            ("half", Array(whole.prefix(whole.count / 2)), 5_000..<15_000),
            ("few", Array(whole.prefix(12)), 0..<10),
            ("no trailer", Array(whole.dropLast(8)), 20_000..<20_001),
            ("wrong sum", Array(whole.dropLast(8)) + [UInt8](repeating: 1, count: 8), 20_000..<20_001),
            ("bits", Array(whole.prefix(whole.count / 2)) + [UInt8](repeating: 0xFF, count: 4000), 5_000..<20_000),
            ("rubbish behind", whole + Array("rubbish".utf8), 20_000..<20_001),
            ("second cut", whole + whole.prefix(whole.count / 2), 25_000..<40_000),
        ]
        for (name, bytes, expected) in cases {
            let folder = try LogFolder()
            try folder.write("a-\(name)", bytes)
            try folder.write("b", "sound\n")
            let read = try await ReadLogs.lines([folder.path])
            #expect(expected.contains(read.found.filter { $0 != "sound" }.count), "\(name): \(read.found.count)")
            #expect(read.found.contains("sound"))
            #expect(read.account.damagedFiles == 1 && read.account.losses.count == 1)
            #expect(read.account.losses.first?.file.hasSuffix("a-\(name)") == true)
        }
    }

    @Test("Behind a member that is damaged, cut, or followed by rubbish the next ones are read")
    func membersBehindDamage() async throws {
        let lines = (0..<6).map { part in
            (0..<2_000).map { "\(part) \($0) \(UInt64($0 + part * 9_973) &* 0x9E37_79B9_7F4A_7C15)" }
        }
        let members = lines.map { Gzip.compress(Self.text($0)) }
        var flipped = members[1]
        for place in flipped.count / 2..<flipped.count / 2 + 40 { flipped[place] ^= 0x5A }
        let cut = Array(members[1].prefix(members[1].count / 3))
        // What looks like a member is none.
        let rubbish =
            Array("rubbish".utf8) + [0x1F, 0x8B, 8, 0, 1, 2, 3] + [UInt8](repeating: 0xFF, count: 50) + [0x1F]
        for (name, second) in [("flipped", flipped), ("cut", cut), ("rubbish", rubbish)] {
            let bytes = members[0] + second + members[2...].joined()
            let folder = try LogFolder()
            let file = try folder.write("a.gz", bytes)
            let read = try await ReadLogs.lines([file])
            let found = Set(read.found)
            for part in [0, 2, 3, 4, 5] { #expect(found.isSuperset(of: lines[part]) == true, "\(name) \(part)") }
            #expect(read.account.damagedFiles == 1 && read.account.losses.count == 1)

            // The same in parts, wherever they are cut.
            for size in [1, 3, 1_000, 65_536] {
                let stream = GzipStream(.members)
                var content: [UInt8] = []
                for start in stride(from: 0, to: bytes.count, by: size) {
                    let part = Array(bytes[start..<min(bytes.count, start + size)])
                    let failure = part.withUnsafeBytes { stream.feed($0) { content += $0 } }
                    #expect(failure == nil)
                }
                #expect(stream.finish() != nil)
                let found = Set(String(decoding: content, as: UTF8.self).split(separator: "\n").map(String.init))
                // There is no way back to a member whose beginning was taken for the end of the one that was cut.
                for part in name == "cut" ? [0, 3, 4, 5] : [0, 2, 3, 4, 5] {
                    #expect(found.isSuperset(of: lines[part]) == true, "\(name) \(size) \(part)")
                }
            }
        }
    }

    @Test("A file that is made of beginnings of members costs no more than its size allows")
    func onlyBeginnings() async throws {
        let folder = try LogFolder()
        // Each begins a stored block that is longer than what follows.
        let begin: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0xFF, 0xFF, 0, 0]
        let file = try folder.write("a.gz", Array(repeatElement(begin, count: 40_000).joined()))
        let read = try await ReadLogs.lines([file])
        #expect(read.account.damagedFiles == 1)
        #expect(read.account.contentBytes < 4 << 20)
    }

    @Test("Other formats are told, not read as logs")
    func foreign() async throws {
        let folder = try LogFolder()
        try folder.write("a.parquet", "PAR1xxxx")
        try folder.write("b.zst", [0x28, 0xB5, 0x2F, 0xFD, 0])
        let read = try await ReadLogs.lines([folder.path])
        #expect(read.found.isEmpty && read.account.damagedFiles == 2)
        #expect(read.account.losses.contains { $0.what.contains("Parquet") })
    }

    @Test("A bomb is given up, and the files after it are read")
    func bomb() async throws {
        let folder = try LogFolder()
        let megabyte = [UInt8](repeating: 0x20, count: 1 << 20)
        let stream = Gzip.compress((0..<10).flatMap { _ in megabyte }, level: 12)
        try folder.write("bomb.gz", stream)
        try folder.write("sound", "x\n")
        let read = try await ReadLogs.lines([folder.path])
        #expect(read.found.contains("x"))
        #expect(read.account.damagedFiles == 1)
        #expect(read.account.losses.contains { $0.what.contains("bomb") })
    }

    @Test("A line that is longer than sensible is left out, and told", arguments: [false, true])
    func longLine(compressed: Bool) async throws {
        let folder = try LogFolder()
        let text = Array("first\n".utf8) + [UInt8](repeating: 0x78, count: 12 << 20) + Array("\nlast\n".utf8)
        let file = try folder.write("long", compressed ? Gzip.compress(text, level: 1) : text)
        let read = try await ReadLogs.lines([file])
        if read.account.damagedFiles == 0 {
            #expect(read.found == ["first", "last"])
            #expect(read.account.lostRecords == 1)
        } else {
            // So much of the same looks like a bomb.
            #expect(compressed)
        }
    }

    @Test("A run that is stopped ends")
    func stopped() async throws {
        let folder = try LogFolder()
        for number in 0..<50 { try folder.write("\(number)", "x\n") }
        let progress = LogProgress()
        progress.stop()
        let pipeline = LogPipeline([LogLocation(folder.path)], layout: .lines)
        let (states, account) = try await pipeline.run(progress: progress) {
            0
        } read: { count, _ in
            count += 1
        }
        #expect(states.reduce(0, +) == 0 && account.files == 0)
        #expect(progress.state.allFiles == 50)
    }
}
