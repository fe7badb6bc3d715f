import AWSClient
import Analytics
import Basics
public import FoundationEssentials
public import TrailIntegrity

/// The result of a verification, as every format shows it.
public struct VerifyReport: Sendable, Reportable {
    public static let verb = "verify"
    public static let formats = Format.common + [.junit, .ocsf]

    public var verification: Verification
    /// The requested accounts and Regions of which no digest was found. A name is empty where none was requested.
    public var unverified: [Verification.Place]
    /// The version of Parapet.
    public var parapet: String
    public var finished: Date

    public init(
        _ verification: Verification, unverified: [Verification.Place] = [], parapet: String = "", finished: Date? = nil
    ) {
        self.verification = verification
        self.unverified = unverified
        self.parapet = parapet
        self.finished = finished ?? verification.range.upperBound
    }

    public var report: Report {
        let problems = verification.problems
        var report = Report(
            Self.verb, .detection, title: "Log file integrity", parapet: parapet, finished: finished,
            items: Report.Items(count: problems.count) { VerifyItem(problem: problems[$0]) },
            table: { VerifyTable(self, text: $0, limit: $1 ? nil : 8).rendered() })
        report.summary = [
            .init("Time", .plain(Self.words(verification.range.lowerBound, verification.range.upperBound))),
            .init("Digest files", .plain(Self.words(verification.digests))),
            .init("Log files", .plain(Self.words(verification.logs))),
        ]
        report.tallies = [
            ("fail", problems.count { !$0.kind.isInformation }),
            ("information", problems.count(where: \.kind.isInformation)),
        ].filter { $0.1 > 0 }
        if let nothingVerified { report.notes = [.doubt(nothingVerified)] }
        report.overview = Report.Overview(
            title: verification.logs.invalid == 0 ? "Proved" : "Covered by valid digest files",
            columns: ["Account", "Region", "Trail", "From", "To"],
            rows: verification.coverage.map {
                [
                    .code($0.account), .code($0.region), .code($0.trail), .plain($0.from.rfc3339),
                    .plain($0.to.rfc3339),
                ]
            })
        report.timelines = VerifyTimelines(verification: verification).timelines
        report.rules = Problem.Kind.allCases.map { kind in
            Report.Rule(
                id: kind.rawValue, title: kind.title, severity: kind.severity, kind: "rule", summary: kind.meaning,
                practice: "audit-trail", techniques: kind.isInformation ? [] : ["T1070"],
                suite: kind.isInformation ? 2 : kind.isOfDigest ? 0 : 1)
        }
        report.suites = suites
        report.columns = [
            .init("kind", "Problem", .code, isFilter: true), .init("object", "Object", .code), .init("message"),
            .init("account", "Account", isFilter: true), .init("region", "Region", isFilter: true),
            .init("trail", "Trail", isFilter: true), .init("id"),
        ]
        report.lists = [Report.List(name: "problems", type: "problem")]
        report.document = document
        return report
    }

    /// The sentence for a time range without digest files, or for requested places without them.
    public var nothingVerified: String? {
        if verification.digests.total == 0 { return Self.nothing }
        return unverified.isEmpty ? nil : "No digest file of this time in \(places), so nothing is verified there."
    }

    private var places: String {
        unverified.map { [$0.account, $0.region].filter { !$0.isEmpty }.joined(separator: " ") }.joined(separator: ", ")
    }

    static let nothing =
        "No digest file was found for this time, so nothing is verified: log file validation may be off."

    private static func words(_ from: Date, _ to: Date) -> String {
        "\(from.rfc3339) to \(to.rfc3339)"
    }

    private static func words(_ count: Verification.Count) -> String {
        "\(Figures.count(count.valid)) of \(Figures.count(count.total)) valid"
    }

    /// Valid files are not named one by one: there may be millions.
    private var suites: [Report.Suite] {
        var suites = ["digest files", "log files", "for information"].map { Report.Suite(name: $0) }
        if verification.digests.total > 0 {
            suites[0].passes = [Self.words(verification.digests)]
            suites[1].passes = [Self.words(verification.logs)]
        }
        if let nothingVerified { suites[0].skips = [("nothing verified", nothingVerified)] }
        return suites
    }

    /// The members of `parapet.verify/1` except the problems.
    private var document: [String: JSON] {
        func node(_ count: Verification.Count) -> JSON {
            ["valid": .int(count.valid), "invalid": .int(count.invalid)]
        }
        func range(_ from: Date, _ to: Date) -> [String: JSON] {
            ["from": .string(from.rfc3339), "to": .string(to.rfc3339)]
        }
        var document: [String: JSON] = [
            "schema": "parapet.verify/1", "digests": node(verification.digests), "logs": node(verification.logs),
            "coverage": .array(
                verification.coverage.map { stretch in
                    .members(
                        range(stretch.from, stretch.to).merging([
                            "account": .string(stretch.account), "region": .string(stretch.region),
                            "trail": .string(stretch.trail),
                        ]) { $1 })
                }),
            "range": .members(range(verification.range.lowerBound, verification.range.upperBound)),
        ]
        if verification.digests.total == 0 { document["verified"] = "nothing" }
        if !unverified.isEmpty {
            document["unverified"] = .array(
                unverified.map { ["account": .string($0.account), "region": .string($0.region)] })
        }
        return document
    }
}

/// A problem as the formats read it.
struct VerifyItem: ReportItem {
    let problem: Problem

    var id: String {
        StableIdentifier.text([
            problem.kind.rawValue, problem.object, problem.account, problem.region, problem.trail, problem.message,
        ])
    }
    var rule: Int { Problem.Kind.allCases.firstIndex(of: problem.kind) ?? 0 }
    var status: Report.Status { problem.kind.isInformation ? .information : .fail }
    var severity: Severity { problem.kind.severity }
    var subject: String { problem.object }
    var message: String { problem.message }
    var account: String? { problem.account.isEmpty ? nil : problem.account }
    var region: String? { problem.region.isEmpty ? nil : problem.region }

    var record: JSON {
        .members([
            "id": .string(id), "kind": .string(problem.kind.rawValue), "object": .string(problem.object),
            "message": .string(problem.message), "account": .string(problem.account),
            "region": .string(problem.region), "trail": problem.trail.isEmpty ? nil : .string(problem.trail),
        ])
    }
}
