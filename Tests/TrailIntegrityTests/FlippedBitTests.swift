import Foundation
import Gzip
import LogSources
import Testing
import TestSupport

@testable import TrailIntegrity

/// Whatever bit of whatever object is turned: it is found, unless what comes out of the object is still the same.
@Suite struct FlippedBitTests {
    @Test(arguments: 0..<80)
    func noTurnedBitGoesUnnoticed(seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var trail = SampleTrail(bucket: "case-bits")
        trail.hours = 0..<3
        trail.recordsPerLog = 3
        var scene = TamperingCase.Scene(trail)
        let objects = scene.buckets.objects["case-bits"] ?? [:]
        let key = try #require(objects.keys.sorted().randomElement(using: &random))
        let before = try #require(objects[key])
        var after = before
        if before.metadata.isEmpty || Bool.random(using: &random) {
            after.bytes[Int.random(in: 0..<after.bytes.count, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
        } else {
            // A digit of the signature becomes another one.
            var digits = Array((before.metadata["signature"] ?? "").utf8)
            let place = Int.random(in: 0..<digits.count, using: &random)
            digits[place] = digits[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            after.metadata["signature"] = String(decoding: digits, as: UTF8.self)
        }
        scene[key] = after
        let content = try Gzip.decompress(before.bytes, bound: 1 << 20)
        let isSame = after.metadata == before.metadata && (try? Gzip.decompress(after.bytes, bound: 1 << 20)) == content

        let copy = try LocalCopy(scene)
        let store = FolderLogStore(root: copy.path, bucket: "case-bits")
        let task = TrailFolderTask(
            folder: TrailFolder(
                bucket: "case-bits", prefix: "", organizationID: nil, account: trail.account, region: trail.region),
            trails: [TrailName(name: trail.name, homeRegion: trail.home)])
        let verification = try await TrailVerifier(
            reader: ObjectReader(store: store, threads: 1, fetches: 2), keys: SampleKeys(),
            range: SampleTrail.hour(0)...SampleTrail.hour(3), now: SampleTrail.hour(48)
        ).verify([task])
        #expect(verification.hasFailed == !isSame, "\(key)")
    }
}
