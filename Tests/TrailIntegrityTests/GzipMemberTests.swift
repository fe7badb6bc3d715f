import Basics
import Crypto
import Foundation
import Gzip
import LogSources
import Testing
import TestSupport

/// One gzip member and nothing else, whole or in pieces.
@Suite struct GzipMemberTests {
    private let content = SampleTrail.records(1, count: 400, account: "111122223333", region: "us-east-1")

    private func read(_ bytes: [UInt8], _ limits: GzipLimits) -> Result<[UInt8], GzipFailure> {
        var read: [UInt8] = []
        let reader = GzipReader(.oneMember, limits: limits)
        let failure = bytes.withUnsafeBytes { reader.read($0) { read += $0 } }
        return failure.map { .failure($0) } ?? .success(read)
    }

    /// The first reads it whole through libdeflate, the second in pieces through zlib.
    private static let both = [GzipLimits(), GzipLimits(wholeUpTo: 1000)]

    @Test(arguments: both)
    func contentComesOut(_ limits: GzipLimits) {
        #expect(read(Gzip.compress(content), limits) == .success(content))
        #expect(read(Gzip.compress([]), limits) == .success([]))
    }

    @Test(arguments: both)
    func whateverIsWrongIsNamed(_ limits: GzipLimits) {
        let sound = Gzip.compress(content)
        #expect(read([], limits) == .failure(.cut))
        #expect(read(Array(sound.dropLast()), limits) == .failure(.cut))
        #expect(read(Array(sound.prefix(5)), limits) == .failure(.cut))
        #expect(read(content, limits) == .failure(.damaged))
        var turned = sound
        turned[turned.count - 5] ^= 1
        #expect(read(turned, limits) == .failure(.damaged))
        #expect(read(sound + [0], limits) == .failure(.trailingData))
        #expect(read(sound + sound, limits) == .failure(.trailingData))
    }

    @Test func aBombIsGivenUp() {
        let bomb = Gzip.compress([UInt8](repeating: 0, count: 20 << 20), level: 9)
        let limits = GzipLimits(wholeUpTo: 1 << 20)
        guard case .failure(.bomb(let size)) = read(bomb, limits) else {
            Issue.record("no bomb")
            return
        }
        #expect(size < 10 << 20)
        let total = read(Gzip.compress(content), GzipLimits(wholeUpTo: 1000, total: 2000))
        guard case .failure(.bomb) = total else {
            Issue.record("no bomb")
            return
        }
    }

    @Test(arguments: 0..<200)
    func noBytesAreTooStrange(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var bytes = Gzip.compress(content)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        // Both ways agree on whether there is something to read, and on what.
        let whole = try? read(bytes, GzipLimits()).get()
        #expect(whole == (try? read(bytes, GzipLimits(wholeUpTo: 1000)).get()))
    }
}

/// Objects too large for one part.
@Suite struct ObjectReaderTests {
    /// Bytes that do not compress.
    private static func noise(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 1)
        return (0..<count / 8).flatMap { _ in withUnsafeBytes(of: random.next(), Array.init) }
    }

    private struct Collected: ContentConsumer {
        var hasher = SHA256()
        mutating func consume(_ piece: UnsafeRawBufferPointer) { hasher.update(bufferPointer: piece) }
    }

    @Test(arguments: [100_000, 3 << 20, 14 << 20])
    func anySizeComesOut(_ size: Int) async throws {
        let content = Self.noise(size)
        let folder = URL.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(Gzip.compress(content, level: 1)).write(to: folder.appending(path: "object"))
        let reader = ObjectReader(store: FolderLogStore(root: folder.path, bucket: "b"), threads: 1, fetches: 2)
        let reading = try await reader.read(ObjectAddress(bucket: "b", key: "object"), into: Collected())
        guard case .content(let collected, let facts) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(collected.hasher.finalize() == SHA256.hash(data: content))
        #expect(facts.size > size / 2)
    }

    @Test(arguments: ["../secret", "a/../../secret", "/etc/passwd", "", "a//b", "a/./b", "\0"])
    func noKeyLeadsOutOfTheFolder(key: String) async throws {
        let folder = URL.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)/inside")
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: folder.deletingLastPathComponent().appending(path: "secret"))
        let store = FolderLogStore(root: folder.path, bucket: "b")
        let part = try await store.part(of: ObjectAddress(bucket: "b", key: key), from: 0, length: 10, version: nil)
        #expect(part == nil)
    }

    @Test func aFileThatMayNotBeReadIsAnErrorAndAPipeIsNotThere() async throws {
        let folder = URL.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        mkfifo(folder.appending(path: "pipe").path, 0o600)
        let store = FolderLogStore(root: folder.path, bucket: "b")
        #expect(
            try await store.part(of: ObjectAddress(bucket: "b", key: "pipe"), from: 0, length: 1, version: nil) == nil)
        // A link to itself cannot be opened, whoever asks.
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending(path: "loop").path, withDestinationPath: folder.appending(path: "loop").path)
        await #expect(throws: Failure.self) {
            _ = try await store.part(of: ObjectAddress(bucket: "b", key: "loop"), from: 0, length: 1, version: nil)
        }
    }

    @Test func aFolderIsListedInTheOrderOfItsKeysPageByPage() async throws {
        let folder = URL.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let keys =
            (0..<1500).map { "x/\($0 % 3)/\($0)" } + ["x/0-1", "x/0.json", "x/é", "x/z\u{1F512}", "x/a.metadata.json"]
        for key in keys {
            let file = folder.appending(path: key)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: file)
        }
        var listed: [String] = []
        let store = FolderLogStore(root: folder.path, bucket: "b")
        try await store.forEachObject(in: "b", under: "x/") { object in
            listed.append(object.key)
            return true
        }
        let expected = keys.filter { !$0.hasSuffix(".metadata.json") }.sorted { $0.isBefore($1) }
        #expect(listed == expected)
        var rest: [String] = []
        try await store.forEachObject(in: "b", under: "x/", after: "x/1/500") { object in
            rest.append(object.key)
            return true
        }
        #expect(rest == expected.filter { "x/1/500".isBefore($0) })
        #expect(try await store.folders(in: "b", under: "x/") == ["0", "1", "2"])
    }
}
