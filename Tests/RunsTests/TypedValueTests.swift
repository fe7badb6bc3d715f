import Basics
import FoundationEssentials
import Posture
import Reports
import Runs
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What users type: times, lists, names, files.
@Suite struct TypedValueTests {
    private static let now = Date(timeIntervalSince1970: 1_767_225_600)  // 2026-01-01

    @Test(arguments: [
        ("2026-01-01", 0.0), ("2025-12-31T00:00:00Z", 86_400), ("30m", 1_800), ("24h", 86_400), ("7d", 604_800),
        ("2w", 1_209_600),
    ])
    func aTimeMayBeRelative(text: String, secondsBefore: Double) throws {
        #expect(try TypedTime.date(text, before: Self.now) == Self.now.addingTimeInterval(-secondsBefore))
    }

    @Test(arguments: [
        "", "h", "0h", "-5h", "+5h", "5", "5 h", "5y", "1.5h", "24H", "100001h", "99999999999999999999d", "٣h", "now",
        "24h ago",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        let error = #expect(throws: InvalidInput.self) { try TypedTime.date(text, before: Self.now) }
        #expect(error?.description.contains("24h") == true)
    }

    @Test func aListHasCommas() throws {
        #expect(try TypedList.entries("a, b,c") == ["a", "b", "c"])
        for text in ["", ",", "a,", "a,,b", " "] {
            #expect(throws: InvalidInput.self, "'\(text)'") { try TypedList.entries(text) }
        }
        #expect(try TypedList.statuses("fail,not-determined,unknown") == [.fail, .unknown, .unknown])
        #expect(try TypedList.practices("flow-logs,root-account") == [.flowLogs, .rootAccount])
        #expect(try TypedList.services("s3") == ["s3"])
        #expect(throws: InvalidInput.self) { try TypedList.accountIDs("123456789012,1") }
    }

    @Test(arguments: [
        ("fial", "unknown status 'fial'; similar: fail"),
        (
            "qqqqqqqq",
            "unknown status 'qqqqqqqq'; supported: fail, not-determined, manual-review, muted, pass, not-applicable"
        ),
    ])
    func anUnknownValueNamesTheNearOnesOrAll(text: String, says: String) {
        let error = #expect(throws: InvalidInput.self) { try TypedList.statuses(text) }
        #expect(error?.description == says)
    }

    /// A Region that is newer than Parapet is accepted.
    @Test func aMistypedRegionNamesTheNearOne() throws {
        #expect(try RegionNames.list("us-east-1,xx-new-9") == ["us-east-1", "xx-new-9"])
        let error = #expect(throws: InvalidInput.self) { try RegionNames.list("us-east1") }
        #expect(error?.description.hasPrefix("unknown Region 'us-east1'; similar: us-east-1") == true)
        for text in ["", "us-east-1/x", "US-EAST-1", "\u{1B}[31m"] {
            #expect(throws: InvalidInput.self, "\(text.debugDescription)") { try RegionNames.list(text) }
        }
    }

    @Test func aMistypedVerbNamesTheNearOneOrAll() {
        #expect(UnknownVerb.message("scna", among: ["scan", "verify"]) == "unknown verb 'scna'; similar: scan")
        #expect(UnknownVerb.message("qqqq", among: ["scan", "verify"]) == "unknown verb 'qqqq'; verbs: scan, verify")
    }

    @Test func failOnTakesASeverityOrNone() {
        #expect(FailThreshold("none") == FailThreshold.none)
        #expect(FailThreshold("high") == .from(.high))
        #expect(FailThreshold("hihg") == nil)
    }

    @Test func aFormatIsNoFile() throws {
        for name in ["json", "JSON", "sarif"] {
            let error = #expect(throws: InvalidInput.self) {
                try Destinations(of: ScanReport.self, formats: [], files: [name])
            }
            #expect(error?.description.contains("--format \(name)") == true)
        }
        let inferred = try Destinations(of: ScanReport.self, formats: [], files: ["x.json", "./json", "a.sarif"])
        #expect(inferred.all.map(\.format) == [.json, .table, .sarif])
    }

    @Test(arguments: ["arn:aws:iam::123456789012:role/team/Audit", "team/Audit"])
    func theNameOfARoleIsNoARN(name: String) {
        let error = #expect(throws: InvalidInput.self) {
            try AccountSelection(
                ids: ["123456789012"], isOrganization: false, roleName: name, snapshot: nil, session: SessionOptions())
        }
        #expect(error?.description.hasSuffix("use --role-name Audit") == true)
    }

    /// `parapet checks | head -1` is no failure, and no success either.
    @Test func aReaderThatEndsEarlyEndsTheRunQuietly() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        #expect(throws: ClosedPipe.self) { try OutputFile.write(Array("result".utf8), to: ends[1]) }
        let end = ExitStatus.end(ClosedPipe(), isVerbose: true)
        #expect(end?.status == .closedPipe && end?.message == "")
    }

    @Test func aUsageErrorIsOneLine() {
        let line = ExitStatus.usageMessage("The value 'x' is\n invalid", help: "parapet scan --help")
        #expect(line == "error: the value 'x' is invalid (see 'parapet scan --help')\n")
    }

    @Test func checksAreExcludedAndChosenByService() throws {
        var selection = CheckSelection(practices: [.rootAccount])
        let all = try selection.selected().map(\.about.id)
        selection.excluded = ["root-mfa", "securityhub:IAM.6"]
        let rest = try selection.selected().map(\.about.id)
        #expect(Set(all).subtracting(rest) == ["root-mfa", "root-hardware-mfa"])
        selection.excluded = ["root-*"]
        #expect(throws: InvalidInput.self) { try selection.selected() }
        selection = CheckSelection()
        selection.services = ["rds"]
        #expect(try selection.selected().map(\.about.id) == ["rds-instance-storage-encryption"])
    }
}
