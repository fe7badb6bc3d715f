import ArgumentParser
import AWSClient
import Crypto
import Foundation
import Gzip
import TestSupport

/// What `parapet verify` is measured on and against.
@main
struct VerifyBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(subcommands: [Generate.self, Floor.self, Serve.self])
}

/// Writes a trail as a local copy of its bucket, and the public keys as `keys.json` beside it.
struct Generate: ParsableCommand {
    @Argument var folder: String
    @Option var hours = 24
    @Option var files = 12
    @Option var records = 2000

    func run() throws {
        var written = 0
        var trail = SampleTrail(bucket: "benchmark")
        trail.hours = 0..<hours
        trail.logsPerHour = files
        trail.recordsPerLog = records
        var buckets = Buckets()
        trail.write(into: &buckets)
        for (key, object) in buckets.objects["benchmark"] ?? [:] {
            let file = URL(filePath: folder).appending(path: "benchmark").appending(path: key)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(object.bytes).write(to: file)
            written += object.bytes.count
            guard !object.metadata.isEmpty else { continue }
            try JSONEncoder().encode(["Metadata": object.metadata]).write(
                to: URL(filePath: file.path + ".metadata.json"))
        }
        let keys = SigningKey.known.map { ["Fingerprint": $0.fingerprint, "Value": $0.value] }
        try JSONEncoder().encode(["PublicKeyList": keys]).write(to: URL(filePath: folder).appending(path: "keys.json"))
        print(written)
    }
}

/// Decompresses and hashes every log file, one after the other in one thread, and does nothing else: no tool can be faster
/// with one thread. Prints seconds, files, and bytes of content.
struct Floor: ParsableCommand {
    @Argument var folder: String

    func run() throws {
        let root = URL(filePath: folder).appending(path: "benchmark")
        let files = try FileManager.default.subpathsOfDirectory(atPath: root.path)
            .filter { $0.contains("/CloudTrail/") && $0.hasSuffix(".json.gz") }.sorted()
            .map { root.appending(path: $0).path }
        let clock = ContinuousClock()
        let start = clock.now
        let reader = GzipReader(.oneMember)
        var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        var content = 0
        for file in files {
            let count = try read(file, into: &buffer)
            var hasher = SHA256()
            let failure = reader.read(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { piece in
                content += piece.count
                hasher.update(bufferPointer: piece)
            }
            if let failure { throw failure }
            _ = hasher.finalize()
        }
        let seconds = start.duration(to: clock.now) / .seconds(1)
        print(seconds, files.count, content)
    }

    private func read(_ path: String, into buffer: inout UnsafeMutableRawBufferPointer) throws -> Int {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        if size > buffer.count {
            buffer.deallocate()
            buffer = .allocate(byteCount: size, alignment: 64)
        }
        guard pread(descriptor, buffer.baseAddress, size, 0) == size else { throw CocoaError(.fileReadUnknown) }
        return size
    }
}
