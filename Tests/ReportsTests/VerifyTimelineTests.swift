import Basics
import Foundation
import Pages
import Testing

@testable import Reports
@testable import TrailIntegrity

/// The timeline in the page of a verification.
@Suite struct VerifyTimelineTests {
    private static func date(_ hour: Int, _ minute: Int = 0) -> Date {
        Date(timeIntervalSince1970: 1_767_225_600 + Double(hour * 3_600 + minute * 60))  // 2026-01-01T00:00:00Z
    }

    private static func page(_ change: (inout Verification) -> Void) throws -> String {
        var verification = Verification(range: date(0)...date(12))
        verification.digests = .init(valid: 10, invalid: 0)
        change(&verification)
        return String(decoding: try VerifyReport(verification).report.bytes(.html), as: UTF8.self)
    }

    private static func part(_ from: Int, _ to: Int, _ region: String = "us-east-1", trail: String = "main")
        -> Verification.Stretch
    {
        .init(account: "123456789012", region: region, trail: trail, from: date(from), to: date(to))
    }

    @Test func whatIsProvedMissingAndChangedIsDrawnForEachTrail() throws {
        let page = try Self.page { verification in
            verification.coverage = [
                Self.part(0, 4), Self.part(4, 6), Self.part(8, 12), Self.part(0, 12, "eu-west-1", trail: "other"),
            ]
            verification.problems = [
                Problem(
                    .gap, object: "s3://logs/", message: "No digest.", account: "123456789012", region: "us-east-1",
                    trail: "main", period: Self.date(6)...Self.date(7)),
                Problem(
                    .logHashMismatch, object: "s3://logs/123456789012_CloudTrail_us-east-1_20260101T0310Z_a.json.gz",
                    message: "Changed.", account: "123456789012", region: "us-east-1", trail: "main"),
            ]
        }
        #expect(page.components(separatedBy: #"<svg class="timeline""#).count == 3)
        #expect(page.contains("What was proved of main: 1 Region, 1 gap, 1 changed or missing file"))
        #expect(page.contains("us-east-1: proved, 2026-01-01 00:00 to 06:00"))
        #expect(page.contains("us-east-1: gap, 2026-01-01 06:00 to 07:00"))
        #expect(page.contains("us-east-1: not verified, 2026-01-01 06:00 to 08:00"))
        #expect(page.contains("us-east-1: changed or missing file, 2026-01-01 03:10"))
        #expect(page.contains("eu-west-1: proved, 2026-01-01 00:00 to 12:00"))
        #expect(page.contains(#"<pattern id="p-gap""#))
    }

    /// It belongs to no trail, and is no sign that a Region's logs are not verified.
    @Test func aFileThatNoDigestListsIsNotDrawn() throws {
        let page = try Self.page { verification in
            verification.coverage = [Self.part(0, 12), Self.part(0, 12, "eu-west-1", trail: "other")]
            verification.problems = [
                Problem(
                    .logNotInDigest, object: "s3://logs/123456789012_CloudTrail_us-east-1_20260101T0310Z_a.json.gz",
                    message: "Not listed.", account: "123456789012", region: "us-east-1", trail: "")
            ]
        }
        #expect(page.components(separatedBy: #"<svg class="timeline""#).count == 3)
        #expect(page.contains("What was proved of main: 1 Region, 0 gaps, 0 changed or missing files"))
    }

    @Test func nothingIsDrawnWithoutAnythingProvedOrMissing() throws {
        #expect(try !Self.page { _ in }.contains(#"<svg class="timeline""#))
    }

    /// The number of drawings is bounded, and the page says how many there are besides.
    @Test func manyTrailsAreNotAllDrawn() throws {
        let page = try Self.page { verification in
            verification.coverage = (0..<23).map { Self.part(0, 12, trail: "trail-\($0)") }
        }
        #expect(page.components(separatedBy: #"<svg class="timeline""#).count == 21)
        #expect(page.contains("3 more trails are not drawn."))
    }

    @Test func namesFromLogsAreTextInTheDrawing() throws {
        let page = try Self.page { verification in
            verification.coverage = [Self.part(0, 12, "<script>alert(1)</script>", trail: "\"><b>")]
        }
        #expect(!page.contains("<script>alert(1)"))
        #expect(!page.contains("\"><b>"))
    }
}
