import Foundation
import LogSources
import Testing
import TestSupport

@testable import TrailIntegrity

/// The walk alone, with nothing to read.
@Suite struct ChainWalkTests {
    private let folder = TrailFolder(
        bucket: "logs", prefix: "", organizationID: nil, account: "111122223333", region: "us-east-1")
    private let trail = TrailName(name: "main", homeRegion: "us-east-1")

    private func key(_ hour: Int) -> DigestKey {
        DigestKey(folder: folder, trail: trail, date: SampleTrail.hour(hour + 1))
    }

    private func digest(_ hour: Int, follows previous: Int?, in place: TrailFolder? = nil) -> Digest {
        var before = previous.map(key)
        if let place { before?.folder = place }
        return Digest(
            address: key(hour).address, start: SampleTrail.hour(hour), end: SampleTrail.hour(hour + 1), endText: "",
            keyFingerprint: "",
            previous: before.map { .init(address: $0.address, signature: "s\($0.date)", hash: nil) },
            previousSignature: nil, logs: [], signature: "s\(SampleTrail.hour(hour + 1))", hash: "")
    }

    private func walk(_ hours: [Int], before: Int? = nil, start: Int = 0) -> ChainWalk {
        ChainWalk(
            folder: folder, trail: trail, listed: hours.map(key), before: before.map { key($0).date },
            start: SampleTrail.hour(start))
    }

    /// Drives a walk over digests that are all valid but for the given ones; what it loaded and what it found.
    private func drive(
        _ walk: ChainWalk, _ loads: [Int: ChainWalk.Load]
    ) -> (loaded: [Int], findings: [String]) {
        var walk = walk
        var loaded: [Int] = []
        var findings: [String] = []
        while case .load(let address) = walk.next(), loaded.count < 100 {
            let hour = (-20..<100).first { key($0).address == address } ?? -99
            loaded.append(hour)
            let outcome = walk.take(loads[hour] ?? .valid(digest(hour, follows: hour - 1)))
            findings += outcome.problems.map { finding in
                "\(finding.kind.rawValue) \((-20..<100).first { key($0).address == finding.object } ?? -99)"
            }
        }
        return (loaded, findings)
    }

    @Test func itGoesFromTheNewestToTheOneThatBeginsBeforeTheStart() {
        let (loaded, findings) = drive(walk([2, 3, 4, 5], start: 3), [:])
        #expect(loaded == [5, 4, 3, 2])
        #expect(findings.isEmpty)
    }

    @Test func aMissingDigestIsReportedWithEachOneThatMustHaveStoodBeforeIt() {
        let (loaded, findings) = drive(walk([0, 5]), [4: .missing, 0: .valid(digest(0, follows: nil))])
        #expect(loaded == [5, 4, 0])
        #expect(findings == ["digest-not-found 4", "digest-not-found 3", "digest-not-found 2", "digest-not-found 1"])
    }

    @Test func digestsMissingAtTheBeginningOfTheRangeAreKnownByAnOlderOne() {
        let (loaded, findings) = drive(walk([5], before: -3, start: 3), [4: .missing])
        #expect(loaded == [5, 4])
        // The digest of hour 2 ends when the range begins.
        #expect(findings == ["digest-not-found 4", "digest-not-found 3", "digest-not-found 2"])
    }

    @Test func whereNothingIsOlderTheTrailMayHaveBegunThere() {
        let (_, findings) = drive(walk([5]), [4: .missing])
        #expect(findings == ["digest-not-found 4"])
    }

    @Test func aNewChainIsAGapOnlyWhereTimeIsMissing() {
        let adjoining = drive(
            walk([3, 4, 5]), [4: .valid(digest(4, follows: nil)), 3: .valid(digest(3, follows: nil))])
        #expect(adjoining.loaded == [5, 4, 3])
        #expect(adjoining.findings.isEmpty)
        let apart = drive(walk([1, 4, 5]), [4: .valid(digest(4, follows: nil)), 1: .valid(digest(1, follows: nil))])
        #expect(apart.loaded == [5, 4, 1])
        #expect(apart.findings == ["gap 4"])
    }

    @Test func aReplacedDigestIsNotFollowed() {
        var other = digest(3, follows: 1)
        other.signature = "another"
        let (loaded, findings) = drive(walk([2, 3, 4]), [3: .valid(other), 2: .valid(digest(2, follows: nil))])
        #expect(loaded == [4, 3, 2])
        #expect(findings == ["digest-chain-mismatch 3"])
    }

    @Test func aChainThatRunsInACircleEnds() {
        let (loaded, _) = drive(walk([3, 4]), [3: .valid(digest(3, follows: 4))])
        #expect(loaded == [4, 3])
    }

    @Test func aChainIntoAnotherBucketAsksForItsListing() {
        var other = folder
        other.bucket = "older-logs"
        var walk = walk([3, 4])
        _ = walk.take(.valid(digest(4, follows: 3, in: other)))
        #expect(walk.next() == .list(other, upTo: SampleTrail.hour(4)))
        walk.take(listed: [])
        var moved = key(3)
        moved.folder = other
        #expect(walk.next() == .load(moved.address))
    }

    @Test func onlyOlderDigestsAreFetchedAhead() {
        var walk = walk([0, 1, 2, 3, 4])
        #expect(Array(walk.ahead) == [3, 2, 1, 0].map { key($0).address })
        _ = walk.take(.valid(digest(4, follows: 3)))
        #expect(Array(walk.ahead) == [2, 1, 0].map { key($0).address })
        _ = walk.take(.missing)
        #expect(walk.next() == .load(key(2).address))
        #expect(Array(walk.ahead) == [1, 0].map { key($0).address })
    }

    @Test func nothingListedIsNothingToDo() {
        var walk = walk([])
        #expect(walk.next() == .end)
        #expect(walk.take(.missing).problems.isEmpty)
    }
}

@Suite struct DigestKeyTests {
    @Test(arguments: [
        "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/01/31/111122223333_CloudTrail-Digest_us-east-1_my_trail_eu-west-1_20260131T220000Z.json.gz",
        "a/b/AWSLogs/o-abc/111122223333/CloudTrail-Digest/us-east-1/2026/01/31/111122223333_CloudTrail-Digest_us-east-1_my_trail_eu-west-1_20260131T220000Z_backfill.json.gz",
    ])
    func keysComeBack(key: String) throws {
        let address = ObjectAddress(bucket: "logs", key: key)
        let read = try #require(DigestKey(address))
        #expect(read.address == address)
        #expect(read.trail == TrailName(name: "my_trail", homeRegion: "eu-west-1"))
        #expect(read.isBackfill == key.contains("backfill"))
        #expect(read.date == SampleTrail.time("2026-01-31T22:00:00Z"))
    }

    @Test(arguments: [
        "", "/", "AWSLogs", "CloudTrail-Digest/us-east-1/x", "AWSLogs/1/CloudTrail-Digest/us-east-1",
        "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/01/31/111122223333_CloudTrail-Digest_us-east-1_main.json.gz",
        "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/01/xx/111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_20260131T220000Z.json.gz",
        "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/01/31/111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_20261331T220000Z.json.gz",
    ])
    func otherKeysAreNone(key: String) {
        #expect(DigestKey(ObjectAddress(bucket: "logs", key: key)) == nil)
    }
}
