import Analytics
import Basics
import Hunting
import LogReaders
import Reports
import Foundation
import Runs
import Synchronization
import Testing

/// A hunt as a program calls it, without a command line.
@Suite(.timeLimit(.minutes(10))) struct HuntRunTests {
    private func hunt(
        _ logs: String, source: LogSource = .cloudTrail, rules: [String] = [], _ configuration: Configuration = .init()
    ) throws -> HuntRun {
        var selection = RuleSelection()
        selection.paths = rules
        var run = HuntRun(source, in: try LogPlaces([logs]), rules: try selection.load(configuration.hunt))
        run.configuration = configuration
        return run
    }

    private func stopped(_ folder: LogsFolder, count: Int = 1) throws -> String {
        try folder.write("a.json.gz", Trail.file((0..<count).map { Trail.record("e-\($0)", "StopLogging") }))
    }

    @Test func anAlertIsFoundUnlessItsSeverityIsLower() async throws {
        let folder = try LogsFolder()
        var run = try hunt(try stopped(folder))
        let result = try await run.run()
        #expect(result.exitStatus == .found)
        #expect(result.report.result.alerts.map(\.rule) == [Trail.stopped])
        #expect(result.warnings.isEmpty && result.problems.isEmpty)
        run.failOn = .critical
        #expect(try await run.run().exitStatus == .clean)
    }

    @Test func silenceOverWhatCouldNotBeReadIsUndetermined() async throws {
        let folder = try LogsFolder()
        try folder.write("logs/a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        #expect(try await hunt(folder.path("logs")).run().exitStatus == .clean)
        try folder.write("logs/b.json.gz", "no gzip")
        let result = try await hunt(folder.path("logs")).run()
        #expect(result.exitStatus == .undetermined)
        #expect(result.warnings.contains { $0.contains("b.json.gz") }, "\(result.warnings)")
    }

    @Test func aGroupingThatNoRecordHasIsWarnedOf() async throws {
        let folder = try LogsFolder()
        var run = try hunt(try stopped(folder))
        run.groupBy = ["actr"]
        #expect(
            try await run.run().warnings == ["no record with an alert has 'actr', by which alerts were to be grouped"])
    }

    @Test func alertsArePassedOnAndAnErrorOfTheReceiverEndsTheHunt() async throws {
        struct Full: Error {}
        let folder = try LogsFolder()
        let run = try hunt(try stopped(folder, count: 3))
        let events = Mutex<[String?]>([])
        _ = try await run.run(receive: { alert, rule in
            #expect(rule?.id == alert.rule)
            events.withLock { $0.append(alert.event) }
        })
        #expect(Set(events.withLock { $0 }) == ["e-0", "e-1", "e-2"])
        await #expect(throws: Full.self) { try await run.run(receive: { _, _ in throw Full() }) }
    }

    @Test func aCancelledHuntHasNoResult() async throws {
        let folder = try LogsFolder()
        let run = try hunt(try stopped(folder))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await run.run()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func whatIsLearnedGoesIntoTheNextHunt() async throws {
        let folder = try LogsFolder()
        var run = try hunt(try stopped(folder))
        let learned = try await run.run().learned
        let file = try BaselineFile(folder.path("baseline.json"))
        try file.write(learned)
        run.baseline = try file.read()
        #expect(try await run.run().exitStatus == .found)
        #expect(try !folder.text("baseline.json").isEmpty)
    }

    // MARK: Configuration

    @Test func placeholdersComeFromTheConfiguration() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write(
            "r.yml",
            """
            title: Somebody else describes trails
            logsource: {product: aws, service: cloudtrail}
            detection:
                s: {eventName: DescribeTrails}
                known: {userIdentity.userName|expand: '%auditors%'}
                condition: s and not known
            """)
        let log = try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        func alerts(_ auditors: String) async throws -> Int {
            let file = try folder.write("c.yml", "hunt:\n  placeholders:\n    auditors: [\(auditors)]\n")
            let run = try hunt(log, rules: [rules], SettingsFile.configuration(file))
            return try await run.run().report.result.alerts.count
        }
        #expect(try await alerts("ann") == 0)
        #expect(try await alerts("bob") == 1)
        #expect(throws: Failure.self) { try hunt(log, rules: [rules]) }
    }

    @Test func nothingThatCouldBeReadIsAFailure() async throws {
        let folder = try LogsFolder()
        let run = try hunt(try folder.write("a.json.gz", "no gzip"))
        let failure = await #expect(throws: Failure.self) { try await run.run() }
        #expect(failure?.what == "nothing could be read of the one file")
        let missing = try hunt("/nonexistent/logs")
        let why = await #expect(throws: Failure.self) { try await missing.run() }
        #expect(why?.description == "/nonexistent/logs cannot be read: No such file or directory: check the path")
    }

    @Test(arguments: [[""], ["s3://"], ["-", "-"]])
    func aPlaceThatCannotBeOneIsRefused(places: [String]) {
        #expect(throws: InvalidInput.self) { try LogPlaces(places) }
    }
}
