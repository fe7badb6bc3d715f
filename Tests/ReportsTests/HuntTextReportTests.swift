import Analytics
import Basics
import Foundation
import Hunting
import Testing

@testable import Reports

/// The table and the Markdown of a hunt, as a person reads them.
@Suite struct HuntTextReportTests {
    private func table(_ report: HuntReport, isVerbose: Bool = false, usesColor: Bool = false) -> String {
        HuntTable(report, text: TerminalText(usesColor: usesColor), isVerbose: isVerbose).rendered()
    }

    private func markdown(_ report: HuntReport) -> String { String(decoding: report.markdown(), as: UTF8.self) }

    @Test func theTableAtEightyColumns() {
        #expect(
            table(HuntSamples.usual) == """
                Parapet hunt · CloudTrail · 12,345 events in 3 files (1.2 MB) · 2.5 s
                Alerts from 2025-12-31T03:00:00Z to 2025-12-31T16:55:20Z

                CRITICAL  CloudTrail logging stopped or deleted
                          09e2fda3-94f2-4cac-8611-30e874434cdb · T1562.008
                       2 × arn:aws:sts::1234…tion/mallory@example.com  2025-12-31 16:53 to 16:54
                           StopLogging from 203.0.113.9
                       1 × arn:aws:iam::123456789012:root                       2025-12-31 16:55
                           StopLogging from 203.0.113.9

                HIGH      Unusual data transfer to external peers
                          flow-unusual-transfer · T1048
                       1 × eni-0123456789abcdef0                       2025-12-31 03:00 to 04:59
                           eni-0123456789abcdef0 → 198.51.100.77:8443
                           observed 52 GB, expected 3.1 MB (normal range 0 B to 40 MB)
                           ▁▁▂▁▁▂▁▁▁▂▁█

                MEDIUM    Many refused calls, then one that succeeds
                          6f3e2987-db24-4c78-a860-b4f4095a7095 · T1580
                       1 × arn:aws:iam::123456789012:user/eve          2025-12-31 14:06 to 15:06

                5 alerts (3 critical, 1 high, 1 medium) · 3 of 60 rules matched
                Next: parapet hunt --explain-rule 09e2fda3-94f2-4cac-8611-30e874434cdb

                """)
    }

    @Test func verboseShowsEachAlertWithItsEvidence() {
        let text = table(HuntSamples.usual, isVerbose: true)
        for words in [
            HuntSamples.mallory, "event event-0", "event event-1", "sourceIPAddress: 203.0.113.9", "score: 18.3",
            "address 198.51.100.77", "port 8443", "▁▁▂▁▁▂▁▁▁▂▁█",
            "observed 52 GB, expected 3.1 MB (normal range 0 B to 40 MB)",
        ] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test func noLineIsWiderThanTheTerminalUnlessOneWordIs() {
        for report in [HuntSamples.usual, HuntSamples.hostileReport] {
            for isVerbose in [false, true] {
                for line in table(report, isVerbose: isVerbose).split(separator: "\n") where line.count > 80 {
                    let words = line.split(separator: " ").map(String.init).filter { $0 != "×" && Int($0) == nil }
                    #expect(words.count == 1, "\(line)")
                }
            }
        }
    }

    @Test func logTextCannotMoveTheCursor() {
        for isVerbose in [false, true] {
            let text = table(HuntSamples.hostileReport, isVerbose: isVerbose)
            #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.isUnsafeToShow })
            #expect(text.contains("\\u{1b}[2J"))
        }
    }

    @Test func severitiesAreColouredOnlyWhereColoursAreUsed() {
        #expect(table(HuntSamples.usual, usesColor: true).contains("\u{1B}[1;31mCRITICAL\u{1B}[0m"))
        #expect(!table(HuntSamples.usual).contains("\u{1B}"))
    }

    @Test func groupsBeyondEightAreCounted() {
        let alerts = (0..<30).map { HuntSamples.stopped($0, actor: "user-\($0 / 2)-") }
        let report = HuntSamples.report(alerts, [HuntSamples.rule])
        let text = table(report)
        #expect(text.contains("… and 7 more with 14 alerts"))
        #expect(text.split(separator: "\n").count { $0.contains("× user-") } == 8)
        #expect(table(report, isVerbose: true).split(separator: "\n").count { $0.contains("× user-") } == 15)
        #expect(text.split(separator: "\n").count { $0.contains(HuntSamples.rule.title) } == 1)
    }

    @Test func alertsThatWereOnlyCountedAreSaidToBe() {
        var report = HuntSamples.report((0..<5).map { HuntSamples.stopped($0) }, [HuntSamples.rule])
        report.result.alerts.removeLast(3)
        #expect(table(report, isVerbose: true).contains("… and 3 more, counted only"))
        #expect(table(report).contains("5 alerts (5 critical)"))
    }

    @Test func nothingFoundIsSaidWithWhatWasRead() {
        var report = HuntSamples.report([], [])
        #expect(table(report).contains("No alert in 12,345 events of 3 files, evaluated by 60 rules."))
        #expect(markdown(report).contains("No alert in 12,345 events of 3 files"))
        report.result.doubts = ["a.gz: ends in the middle"]
        for text in [table(report), markdown(report), String(decoding: report.html(), as: UTF8.self)] {
            #expect(text.contains("Not determined"))
            #expect(text.contains("middle"))
            #expect(
                text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(
                    "No alert does not mean no activity."))
        }
        report.result.statistics.events = 0
        #expect(table(report).contains("No events were read."))
    }

    @Test func whatCouldNotBeReadIsADoubtEvenWithoutWords() {
        var report = HuntSamples.usual
        report.result.statistics.skipped = 12
        #expect(table(report).contains("12 records could not be read"))
        #expect(markdown(report).contains("12 records could not be read"))
    }

    @Test func learningIsNotNormal() {
        var report = HuntSamples.usual
        report.run.source = "vpc-flow"
        report.result.learning = (0..<14).map { "eni-\($0)" }
        let text = table(report)
        #expect(text.contains("Insufficient baseline for 14 network interfaces"))
        #expect(text.contains("eni-2, …"))
        #expect(!text.contains("eni-9"))
        #expect(table(report, isVerbose: true).contains("eni-13"))
        #expect(markdown(report).contains("Insufficient baseline for 14"))
        report.run.source = "cloudtrail"
        #expect(table(report).contains("Insufficient baseline for 14 first calls (not evaluated)"))
    }

    @Test func markdownHasATableOfGroupsAndASectionForEachRule() {
        let text = markdown(HuntSamples.usual)
        #expect(text.contains("| critical | CloudTrail logging stopped or deleted | `\(HuntSamples.mallory)` | 2 |"))
        #expect(text.contains("## CloudTrail logging stopped or deleted\n"))
        #expect(text.contains("`T1562.008`"))
        #expect(text.contains("<\(HuntSamples.rule.references[0])>"))
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (999_499, "999 kB"), (999_500, "1 MB"), (3_140_000, "3.1 MB"),
        (52_000_000_000, "52 GB"), (.max, "9,223 PB"), (.min, "-9,223 PB"),
    ])
    func amountsOfStorage(count: Int, words: String) {
        #expect(Figures.bytes(count) == words)
    }

    @Test(arguments: [
        (0, "0"), (0.04, "0"), (-0.04, "0"), (-0.5, "-0.5"), (1.25, "1.3"), (1_234.5, "1,234.5"), (-12, "-12"),
        (.nan, "nan"), (1e300, "1e+300"),
    ])
    func numbersWithOnePlace(number: Double, words: String) {
        #expect(Figures.decimal(number) == words)
    }

    @Test(arguments: [0, 999, 1_000, 12_345_678, -1, -999, -1_000, .max, .min])
    func groupsOfThreeDigits(count: Int) {
        let words = Figures.count(count)
        #expect(Int(words.filter { $0 != "," }) == count)
        let groups = words.components(separatedBy: ",").dropFirst()
        #expect(groups.allSatisfy { $0.count == 3 })
    }

    @Test func timesThatNoCalendarKnowsDoNoHarm() throws {
        var alert = HuntSamples.leak
        (alert.time, alert.lastTime) = (.min, .max)
        let report = HuntSamples.report([alert], [HuntSamples.transfer])
        #expect(table(report, isVerbose: true).contains("9999-12-31"))
        #expect(
            try !report.json().isEmpty && !report.ocsf().isEmpty && !report.sarif().isEmpty && !report.html().isEmpty)
    }
}
