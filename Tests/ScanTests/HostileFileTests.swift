import Foundation
import Gzip
import TestSupport
import Testing

/// Files that were made to do harm: what is read of them, and what that costs, is bounded by their size.
@Suite(.timeLimit(.minutes(10))) struct HostileFileTests {
    private static let header =
        #"{"schema":"parapet.snapshot/2","reading":{"id":"x","started":1,"finished":2,"parapet":"0"},"accounts":"#
    private static let account = #"{"account":"123456789012","partition":"aws","readAt":1,"facts":"#

    /// At least `size` bytes of the text, again and again.
    private static func repeated(_ text: String, upTo size: Int) -> [UInt8] {
        var bytes = Array(text.utf8)
        while bytes.count < size { bytes += bytes }
        return bytes
    }

    private static func bomb(_ name: String) -> [UInt8] {
        let size = 150 << 20
        return switch name {
        case "line feeds": repeated("\n", upTo: size)
        case "line feeds behind a header": Array((header + "1}\n").utf8) + repeated("\n", upTo: size)
        case "blanks": repeated(" ", upTo: size)
        case "accounts": Array((header + "1000000}\n").utf8) + repeated(account + "0}\n", upTo: size)
        // Not as repetitive as a bomb.
        case "values":
            Array((header + "1}\n" + account + "1}\n" + #"{"facet":"vpcs","fact":["#).utf8)
                + repeated("1,1,1,1," + String(repeating: " ", count: 8), upTo: 20 << 20)
                + (0..<(size / 600)).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) % 26 + 97 }
                + Array("]}".utf8)
        case "facts":
            Array((header + "1}\n" + account + "\(size)}\n").utf8)
                + repeated(#"{"facet":"vpcs","fact":1}"# + "\n", upTo: size)
        default:
            Array((header + "1}\n" + account + "1}\n" + #"{"facet":"vpcs","fact":["#).utf8) + repeated("1,", upTo: size)
                + Array("1]}".utf8)
        }
    }

    /// A file of 970 kB asked for 23.8 GB.
    @Test(arguments: ["line feeds", "line feeds behind a header", "blanks", "accounts", "facts", "values", "one fact"])
    func aSmallSnapshotAsksForLittleMemory(name: String) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "bomb-\(UUID().uuidString).parapet")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(Gzip.compress(Self.bomb(name))).write(to: file)
        let outcome = try await Subprocess.run(
            "/bin/sh", ["-c", "ulimit -v 2000000; exec \"$0\" scan --snapshot \"$1\"", Repository.parapet, file.path])
        #expect(outcome.status == 1, "\(outcome.standardError.prefix(300))")
        #expect(outcome.standardError.hasPrefix("error: \(file.path) cannot be used"), "\(outcome.standardError)")
        #expect(outcome.standardError.split(separator: "\n").count == 1)
    }

    /// Nine levels of lists of ten aliases each: a thousand million nodes in 300 bytes.
    private static let laughs: String = {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "a\(level): &a\(level) [" + (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", ") + "]\n"
        }
        return text
    }()

    static let tails = [
        "? *a9\n: x\n", "*a9 : x\n", "{*a9 : x}: y\n", "[*a9, *a9]: x\n", "b: {[*a9]: x}\n", "title: *a9\n",
        "detection: {s: *a9, condition: s}\ntitle: x\nlogsource: {product: aws, service: cloudtrail}\n",
        "action: global\n---\n" + laughs + "title: x\n",
    ]

    @Test(arguments: tails.indices) func aShortFileOfYAMLIsNoLongWork(tail: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "laughs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "file.yml").path
        try Data((Self.laughs + Self.tails[tail]).utf8).write(to: URL(filePath: file))
        let log = folder.appending(path: "log.json").path
        try Data(#"{"Records":[]}"#.utf8).write(to: URL(filePath: log))
        for arguments in [
            ["scan", "--snapshot", "/nonexistent", "--config", file],
            ["scan", "--snapshot", "/nonexistent", "--mute", file],
            ["hunt", "--source", "cloudtrail", "--logs", log, "--rules", file],
            ["hunt", "--list-rules", "--rules", file],
        ] {
            // Ten seconds of processor time, of which a good reader takes less than one.
            let outcome = try await Subprocess.run(
                "/bin/sh", ["-c", "ulimit -t 10 -v 2000000; exec \"$0\" \"$@\"", Repository.parapet] + arguments)
            #expect(
                [1, 3].contains(outcome.status), "\(arguments): \(outcome.status) \(outcome.standardError.prefix(300))")
            #expect(outcome.standardError.contains("file.yml"), "\(arguments): \(outcome.standardError.prefix(300))")
        }
    }

    @Test func plainKeysBesideManyAliasesAreRead() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "aliases-\(UUID().uuidString).yml")
        defer { try? FileManager.default.removeItem(at: file) }
        let aliases = (0..<30).map { _ in "*a" }.joined(separator: ", ")
        let text = """
            title: What? Who *everybody*
            logsource: {product: aws, service: cloudtrail}
            detection:
                s: &a {eventName: StopLogging}
                t: [\(aliases)]
                condition: s and t
            """
        try Data(text.utf8).write(to: file)
        let outcome = try await Subprocess.run(Repository.parapet, ["hunt", "--list-rules", "--rules", file.path])
        #expect(outcome.status == 0, "\(outcome.standardError)")
    }

    /// Deep nesting in every file that is read: no crash, and one line.
    @Test(arguments: [300, 100_000]) func deepNestingIsNoCrash(depth: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deep-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func write(_ name: String, _ bytes: [UInt8]) throws -> String {
            let file = folder.appending(path: name)
            try Data(bytes).write(to: file)
            return file.path
        }
        func nested(_ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        let array = nested("[", "]")
        let object = nested(#"{"a":"#, "}")
        let good = try write("log.json", Array(#"{"Records":[{"eventVersion":"1.08","x":\#(object)}]}"#.utf8))
        let fact = Self.header + "1}\n" + Self.account + "1}\n" + #"{"facet":"identities","fact":"#
        let conditions = String(repeating: "(", count: depth) + "s" + String(repeating: ")", count: depth)
        let nots = String(repeating: "not ", count: depth) + "s"
        func rule(_ condition: String) -> String {
            "title: x\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {a: b}, condition: \(condition)}\n"
        }
        let runs: [[String]] = [
            ["scan", "--snapshot", try write("a.parapet", Gzip.compress(Array((fact + array + "}").utf8)))],
            ["scan", "--snapshot", try write("b.parapet", Gzip.compress(Array((fact + object + "}").utf8)))],
            ["scan", "--snapshot", try write("c.parapet", Gzip.compress(Array(object.utf8)))],
            ["access", "evaluate", "--cases", try write("cases.json", Array("[\(object)]".utf8))],
            ["scan", "--snapshot", "/nonexistent", "--config", try write("c.yml", Array(array.utf8))],
            ["scan", "--snapshot", "/nonexistent", "--mute", try write("m.yml", Array(nested("{a: ", "}").utf8))],
            ["hunt", "--source", "cloudtrail", "--logs", good],
            ["hunt", "--source", "cloudtrail", "--logs", try write("array.json", Array(array.utf8))],
            ["hunt", "--source", "cloudtrail", "--logs", try write("object.json", Array(object.utf8))],
            ["hunt", "--source", "s3-access", "--logs", try write("access.json", Array((object + "\n").utf8))],
            ["hunt", "--source", "cloudtrail", "--logs", good, "--baseline", try write("b.json", Array(object.utf8))],
            ["hunt", "--list-rules", "--rules", try write("r.yml", Array(("title: " + array).utf8))],
            ["hunt", "--list-rules", "--rules", try write("s.yml", Array(rule(conditions).utf8))],
            ["hunt", "--list-rules", "--rules", try write("t.yml", Array(rule(nots).utf8))],
            [
                "verify", "--path", folder.path, "--s3-bucket", "b", "--public-keys",
                try write("keys.json", Array(object.utf8)),
            ],
        ]
        for arguments in runs {
            let outcome = try await Subprocess.run(
                "/bin/sh", ["-c", "ulimit -t 20; exec \"$0\" \"$@\"", Repository.parapet] + arguments)
            #expect(
                (0...3).contains(outcome.status), "\(arguments): \(outcome.status) \(outcome.standardError.prefix(300))"
            )
        }
    }
}
