import Basics
import AWSClient
import Foundation
import Inventory
import Posture
import Reports
import Runs
import Synchronization
import Testing
import TestSupport

/// A scan as a program calls it, without a command line.
@Suite(.timeLimit(.minutes(10))) struct ScanRunTests {
    private func scan(_ check: String, regions: [String] = []) throws -> ScanRun {
        var session = SessionOptions()
        session.regions = regions
        return ScanRun(try CheckSelection.checks(named: check), of: AccountSelection(session: session))
    }

    private func sample() async throws -> RunEnvironment {
        .testing(endpoint: try await MotoServer.sample.value.endpoint)
    }

    @Test func acceptedFindingsAreMutedUntilTheDecisionEnds() async throws {
        let file = try TextFile(
            """
            - {check: root-mfa, reason: the key is in the safe, owner: kim, until: 2029-06-01}
            - {check: root-*, resource: nothing-of-that-name, reason: a typing error}
            """)
        defer { file.remove() }
        var scan = try scan("root-mfa")
        scan.mutes = try MuteFile.read(file.path)
        let before = try await scan.run(in: sample())
        #expect(before.exitStatus == .clean)
        #expect(before.report.findings.map(\.status) == [.muted])
        #expect(String(decoding: try before.report.report.bytes(.ndjson), as: UTF8.self).contains("in the safe"))
        #expect(
            before.warnings.contains {
                $0.contains("nothing-of-that-name matches no failing or not determined finding")
            })
        scan.now = Date(timeIntervalSince1970: 1_877_558_400)  // 2029-07-01
        let saved = try save(before.snapshot)
        defer { saved.remove() }
        scan.accounts = AccountSelection(.snapshot(saved.path))
        let after = try await scan.run(in: .testing())
        #expect(after.exitStatus == .found)
        #expect(after.warnings.contains { $0.contains("expired on 2029-06-01") })
    }

    @Test func aMomentBeforeTheReadingAndUnknownGroupsAreWarnedOf() async throws {
        var scan = try scan("security-group-ssh", regions: ["us-east-1"])
        scan.now = Date(timeIntervalSince1970: 0)
        scan.settings.allowedIngress = [AllowedIngress(source: "0.0.0.0/0", groups: ["default", "no-such-group"])]
        let warnings = try await scan.run(in: sample()).warnings
        #expect(warnings.contains { $0.hasPrefix("--now is before the scan") })
        #expect(warnings.filter { $0.contains("no security group") }.count == 1)
        #expect(warnings.contains { $0.hasSuffix("'no-such-group'") })
    }

    private func save(_ snapshot: Snapshot) throws -> TextFile {
        let file = try TextFile("", name: "account.parapet")
        try OutputFile.write(try snapshot.encoded(), to: file.path)
        return file
    }

    @Test func theSeverityThatFailsDecidesTheStatus() async throws {
        var scan = try scan("cloudtrail-log-file-validation", regions: ["eu-west-1"])
        let result = try await scan.run(in: sample())
        #expect(result.exitStatus == .found)
        let snapshot = try save(result.snapshot)
        defer { snapshot.remove() }
        scan.accounts = AccountSelection(.snapshot(snapshot.path))
        for (severity, status) in [("low", Runs.ExitStatus.found), ("medium", .found), ("high", .clean)] {
            scan.failOn = try #require(FailThreshold(severity))
            // No call is made: the endpoint leads nowhere.
            #expect(try await scan.run(in: .testing()).exitStatus == status)
        }
    }

    /// Neither an account without anything to judge nor no account at all is green.
    @Test func nothingJudgedIsUndetermined() async throws {
        var account = Account.sample
        account.holdNoTrails()
        let reading = Snapshot.Reading(
            id: "1", started: account.readAt, finished: account.readAt, parapet: "0.1.0")
        for (accounts, says) in [([account], "no check found a matching resource"), ([], "No account was read")] {
            let saved = try save(Snapshot(reading: reading, accounts: accounts))
            defer { saved.remove() }
            var scan = try scan("trail-bucket-versioning")
            scan.accounts = AccountSelection(.snapshot(saved.path))
            let result = try await scan.run(in: .testing())
            #expect(result.exitStatus == .undetermined)
            #expect(result.report.findings.map(\.status) == accounts.map { _ in .notApplicable })
            let report = result.report.report
            for format in [Format.table, .markdown, .html, .sarif, .junit] {
                let text = String(decoding: try report.bytes(format), as: UTF8.self)
                #expect(text.contains(says), "\(format)")
            }
            let json = try JSON(parsing: String(decoding: report.bytes(.json), as: UTF8.self))
            #expect(json["judged"] == "nothing")
            #expect(json["summary"]?["notApplicable"]?.integer == accounts.count)
            if !accounts.isEmpty {
                #expect(json["findings"]?[0]?["status"]?.text == "notApplicable")
                #expect(json["findings"]?[0]?["reason"]?.text == "No trail buckets found")
            }
        }
    }

    @Test func theAnswerThatNamesNoRegionIsNoAnswer() async throws {
        let upstream = RecordingUpstream(try await MotoServer.sample.value.endpoint)
        let proxy = try await TestServer.start { request in
            if WireOperation(request)?.description == "ec2:DescribeRegions" {
                return .answer(.xml("<DescribeRegionsResponse><regionInfo/></DescribeRegionsResponse>"))
            }
            return (try? await upstream.answer(request)).map { .answer($0) } ?? .hangUp
        }
        let result = try await scan("security-group-ssh").run(in: .testing(endpoint: proxy.endpoint))
        #expect(result.exitStatus == .undetermined)
        #expect(result.report.findings.map(\.unknown?.call) == ["ec2:DescribeRegions"])
        #expect(result.report.findings.first?.message.contains("lists no enabled Region") == true)
    }

    /// A function of another region runs under the role with which the user could make more of itself.
    @Test(arguments: ["iam-no-privilege-escalation", "iam-unattached-policy-no-privilege-escalation"])
    func whatRunsInRegionsThatAreNotReadIsADoubt(check: String) async throws {
        let result = try await scan(check, regions: ["ap-southeast-2"]).run(in: sample())
        // An unattached policy that grants everything needs no way to more, whatever runs elsewhere.
        let passing = result.report.findings.filter { $0.status == .pass }.map(\.resource.type)
        #expect(passing.allSatisfy { $0 == "AWS::IAM::ManagedPolicy" })
        #expect(result.report.findings.contains { $0.unknown?.detail.contains("eu-west-1") == true })
        let saved = try save(result.snapshot)
        defer { saved.remove() }
        var again = try scan(check)
        again.accounts = AccountSelection(.snapshot(saved.path))
        #expect(try await again.run(in: .testing()).report.findings == result.report.findings)
    }

    @Test func aClockThatIsTenYearsSlowMakesNoKeyYoung() async throws {
        let right = try await scan("iam-access-key-rotation").run(in: sample())
        var environment = try await sample()
        environment.aws.now = { Date(timeIntervalSinceNow: -3652 * 86_400) }
        let slow = try await scan("iam-access-key-rotation").run(in: environment)
        #expect(slow.report.findings.map(\.status) == right.report.findings.map(\.status))
        #expect(abs(slow.snapshot.reading.started.timeIntervalSinceNow) < 600)
    }

    @Test func credentialsOfAnotherAccountThanTheRolesReadNothing() async throws {
        let upstream = RecordingUpstream(try await MotoServer.sample.value.endpoint)
        let proxy = try await TestServer.start { request in
            // Whatever role is assumed, the credentials are those of the caller.
            (try? await upstream.answer(request)).map { answer in
                guard WireOperation(request)?.description == "sts:GetCallerIdentity" else { return .answer(answer) }
                return .answer(
                    .xml(
                        """
                        <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/x</Arn>
                        <UserId>x</UserId><Account>123456789012</Account></GetCallerIdentityResult>
                        </GetCallerIdentityResponse>
                        """))
            } ?? .hangUp
        }
        var scan = try scan("root-mfa")
        scan.accounts = AccountSelection(.named(["210987654321"], roleName: "audit"))
        let result = try await scan.run(in: .testing(endpoint: proxy.endpoint))
        #expect(result.report.findings.map(\.status) == [.unknown])
        #expect(result.report.findings.first?.message.contains("belong to account 123456789012") == true)
    }

    @Test func whatCannotBeReadIsUndetermined() async throws {
        let upstream = RecordingUpstream(try await MotoServer.sample.value.endpoint)
        let proxy = try await TestServer.start { request in
            let operation = WireOperation(request)
            if let operation, operation.description == "cloudtrail:DescribeTrails" { return .answer(operation.denial) }
            return (try? await upstream.answer(request)).map { .answer($0) } ?? .hangUp
        }
        let result = try await scan("cloudtrail-log-file-validation", regions: ["us-east-1"])
            .run(in: .testing(endpoint: proxy.endpoint))
        #expect(result.exitStatus == .undetermined)
        #expect(result.report.findings.contains { $0.status == .unknown })
    }

    @Test func progressNamesTheAccountsAndCountsAnswers() async throws {
        let states = Mutex<[ReadingProgress]>([])
        _ = try await scan("root-mfa").run(in: sample()) { state in states.withLock { $0.append(state) } }
        let seen = states.withLock { $0 }
        #expect(!seen.isEmpty)
        #expect(seen.allSatisfy { $0.accounts == ["123456789012"] })
        #expect(seen.map(\.answers) == seen.map(\.answers).sorted())
    }

    @Test func theCallsOfARunAreCounted() async throws {
        let environment = try await sample()
        _ = try await scan("root-mfa").run(in: environment)
        #expect(environment.calls.all.map(\.operation.description).contains("sts:GetCallerIdentity"))
    }

    /// The calls that were cut off must not become findings.
    @Test func aCancelledScanHasNoResult() async throws {
        let server = try await TestServer.start { request in
            if WireOperation(request)?.name == "GetCallerIdentity" { return .answer(Self.identity) }
            try? await Task.sleep(for: .seconds(60))
            return .hangUp
        }
        let scan = try scan("root-mfa")
        let run = Task { try await scan.run(in: .testing(endpoint: server.endpoint)) }
        try await Task.sleep(for: .seconds(1))
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
    }

    @Test func whatIsNotReadInTimeIsUnknown() async throws {
        let server = try await TestServer.start { request in
            if WireOperation(request)?.name == "GetCallerIdentity" { return .answer(Self.identity) }
            try? await Task.sleep(for: .seconds(60))
            return .hangUp
        }
        var scan = try scan("root-mfa")
        scan.accounts.timeout = .seconds(1)
        let started = ContinuousClock.now
        let result = try await scan.run(in: .testing(endpoint: server.endpoint))
        #expect(started.duration(to: .now) < .seconds(30))
        #expect(result.report.findings.map(\.status) == [.unknown])
        #expect(result.report.findings.first?.message.contains("the time was up (--timeout)") == true)
    }

    private static let identity = HTTPResponse.xml(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
            + "<Arn>arn:aws:iam::123456789012:user/x</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>")

    // MARK: Failures

    @Test func withoutCredentialsTheFailureSaysWhatToDo() async throws {
        let environment = RunEnvironment(
            AWSEnvironment(
                variables: ["AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"], now: { Date() }))
        let scan = try scan("root-mfa")
        let failure = await #expect(throws: Failure.self) { try await scan.run(in: environment) }
        #expect(failure?.what.contains("credentials") == true, "\(String(describing: failure))")
        #expect(failure?.advice.contains("aws configure") == true, "\(String(describing: failure))")
    }

    @Test func refusedCredentialsAreAFailureWithAWSsAnswerBehindIt() async throws {
        let server = try await TestServer.start { request in
            .answer(
                WireOperation(request)?.refusal("ExpiredToken", status: 403, message: "The token is expired")
                    ?? HTTPResponse(status: 400))
        }
        let scan = try scan("root-mfa")
        let environment = RunEnvironment.testing(endpoint: server.endpoint)
        let failure = await #expect(throws: Failure.self) { try await scan.run(in: environment) }
        #expect(failure?.why == "ExpiredToken, The token is expired")
        #expect(failure?.advice.contains("aws sso login") == true)
        #expect((failure?.cause as? AWSError)?.code == "ExpiredToken")
    }

    @Test(arguments: [("/nonexistent", "the file does not exist"), ("/etc/hostname", "gzip")])
    func aFileThatIsNoSnapshotIsAFailure(file: String, why: String) async throws {
        var scan = try scan("root-mfa")
        scan.accounts = AccountSelection(.snapshot(file))
        let run = scan
        let failure = await #expect(throws: Failure.self) { try await run.run(in: RunEnvironment.testing()) }
        #expect(failure?.what.contains(file) == true)
        #expect(failure?.why.contains(why) == true, "\(String(describing: failure))")
    }
}
