import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Practices
import Remediation
import Reports
import Synchronization
import Testing
import TestSupport

/// A moto server, and boto3 as the independent reader and preparer of its account.
final class FixWorld: Sendable {
    let endpoint: String
    let folder = TemporaryFolder()
    private let server: MotoServer
    private let boto: Boto3

    init() async throws {
        server = try await MotoServer.start(seeded: false)
        endpoint = server.endpoint
        boto = try Boto3(endpoint)
    }

    /// Makes the account empty.
    func reset() async throws { try await post("/moto-api/reset") }

    /// Tells moto of the account's past.
    func tell(_ history: JSON) async throws { try await post("/parapet/history", history.bytes()) }

    private func post(_ path: String, _ body: [UInt8] = []) async throws { _ = try await send("POST", path, body) }

    private func send(_ method: String, _ path: String, _ body: [UInt8] = []) async throws -> [UInt8] {
        let address = endpoint.dropFirst("http://".count).split(separator: ":")
        let request = HTTPRequest(
            method: method, scheme: "http", host: String(address[0]), port: Int(address[1]), path: path, body: body)
        let answer = try await AsyncHTTPTransport.forTests.send(
            request, timeout: .seconds(300), maximumBodyBytes: 1 << 20)
        try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
        return Array(answer.body)
    }

    /// All that fixes change, as boto3 reads it.
    func state() async throws -> JSON { try await boto.ask("state") }

    /// What cfn-lint, or a parser of HCL, finds wrong in a plan as code; nothing if no step has a form in the language.
    /// For CloudFormation, a plan of several Regions is one plan for each.
    func problems(of plan: PlanFile, in language: InfrastructureCode.Language) async throws -> [String] {
        let regions = Set(plan.plan.steps.map(\.call.region)).sorted()
        if language == .cloudformation, regions.count > 1 {
            var all: [String] = []
            for region in regions {
                var part = plan.plan
                part.steps.removeAll { $0.call.region != region }
                all += try await problems(of: PlanFile(part), in: language)
            }
            return all
        }
        guard let text = try? PlanReport(plan).code(in: language) else { return [] }
        let question: JSON = ["language": .string(language.rawValue), "text": .string(text)]
        return (try await boto.ask(question.written(.compact))["problems"]?.elements ?? []).compactMap(\.text)
    }

    /// One call of boto3.
    @discardableResult
    func call(
        _ service: String, _ operation: String, _ parameters: JSON = [:], in region: String = "us-east-1",
        of account: String? = nil
    ) async throws -> JSON {
        try await boto.ask(
            JSON.members([
                "service": .string(service), "region": .string(region), "operation": .string(operation),
                "parameters": parameters, "account": account.map(JSON.string),
            ]).written(.compact))
    }

    /// The credentials that the root users of member accounts have left, by account.
    func rootCredentials() async throws -> JSON {
        let answer = try await send("GET", "/parapet/history")
        return try JSON(parsing: answer)["members"] ?? [:]
    }
}

/// The process of `fix_state.py`, asked line by line.
private final class Boto3: Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let queue = DispatchQueue(label: "boto3")

    init(_ endpoint: String) throws {
        let words = Repository.python.split(separator: " ").map(String.init)
        process.executableURL = URL(filePath: words[0])
        process.arguments =
            words.dropFirst() + [
                Repository.file("Tests/Support/python/fix_state.py").path, "--endpoint-url", endpoint,
            ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit { try? input.fileHandleForWriting.close() }

    func ask(_ line: String) async throws -> JSON {
        let text: String = try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                continuation.resume(
                    with: Result {
                        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
                        var answer = Data()
                        var piece = [UInt8](repeating: 0, count: 65_536)
                        while answer.last != UInt8(ascii: "\n") {
                            let count = read(output.fileHandleForReading.fileDescriptor, &piece, piece.count)
                            guard count > 0 || errno == EINTR else { break }
                            answer += piece[..<max(0, count)]
                        }
                        return String(decoding: answer, as: UTF8.self)
                    })
            }
        }
        let answer = try JSON(parsing: text)
        if let error = answer["error"]?.text { throw MotoServer.Failure("\(line): \(error)") }
        return answer
    }
}

/// The client of a fix under test: without waits and rate limits.
func fixClient(_ endpoint: String) -> Client {
    var configuration = ClientConfiguration()
    configuration.timeout = .seconds(300)
    configuration.retry.maximumAttempts = 2
    configuration.sleep = { _ in }
    return Client(
        credentials: StaticCredentials(Credentials(accessKeyID: "testing", secretAccessKey: "testing")),
        endpoints: EndpointResolver(EndpointSettings(endpointURL: endpoint)),
        transport: AsyncHTTPTransport(isPatient: true), configuration: configuration,
        budget: RateBudget { _ in RateLimit(perSecond: 1e6, burst: 1e6) })
}

/// The caller of the tests.
let testGuards = Guards(
    caller: "arn:aws:iam::123456789012:user/operator", accessKeys: ["testing"], breakGlass: ["emergency-*"],
    account: "123456789012")

/// What fails in an account, and the plan for it.
struct Planned: Sendable {
    var findings: [Finding]
    var file: PlanFile

    /// - Parameters:
    ///   - checks: their ids.
    ///   - stages: what of earlier steps waits, which is planned instead of findings.
    static func make(
        _ endpoint: String, checks ids: Set<String>, settings: Settings = Settings(),
        continuing stages: [Fix.Target] = [], traffic: SeenTraffic? = nil
    ) async throws -> Planned {
        let (account, reading, findings) = await scan(endpoint, checks: ids, settings: settings)
        var planner = Planner(
            Fixes.all.filter { !ids.isDisjoint(with: $0.checks) || $0.checks.isEmpty }, client: fixClient(endpoint),
            guards: testGuards)
        planner.traffic = traffic
        let proposals = await planner.proposals(
            for: stages.isEmpty ? findings : [], continuing: stages, in: reading, region: "us-east-1",
            whyNot: Fixes.reasonForNone)
        let plan = Plan(
            parapet: "0", account: account.id, partition: "aws", region: "us-east-1",
            caller: "arn:aws:iam::123456789012:user/operator", scanned: "2026-01-01T00:00:00Z", settings: settings,
            steps: proposals.steps, leftOut: proposals.leftOut)
        return Planned(findings: findings, file: PlanFile(plan))
    }

    static func make(for scenario: FixScenario, in world: FixWorld) async throws -> Planned {
        try await make(world.endpoint, checks: scenario.checks, settings: scenario.settings(in: world))
    }

    static func scan(for scenario: FixScenario, in world: FixWorld) async -> (Account, Reading, [Finding]) {
        await scan(world.endpoint, checks: scenario.checks, settings: scenario.settings(in: world))
    }

    static func scan(
        _ endpoint: String, checks ids: Set<String>, settings: Settings = Settings()
    ) async -> (Account, Reading, [Finding]) {
        let checks = Catalogue.checks.filter { ids.contains($0.about.id) }
        let facets = checks.reduce(into: Set<Facet>()) { $0.formUnion($1.about.reads) }
            .union([Facet.identities]).union(Fixes.all.filter { !ids.isDisjoint(with: $0.checks) }.flatMap(\.reads))
        let collector = Collector(
            client: fixClient(endpoint), accountID: "123456789012", partition: "aws", baseRegion: "us-east-1",
            facets: facets, sleep: { _ in })
        let account = await collector.collect(regions: .known(["us-east-1", "eu-west-1"]), at: Date())
        let criteria = Criteria(now: account.readAt, settings: settings)
        return (
            account, Reading(account, by: criteria), Evaluator(checks: checks, criteria: criteria).findings(in: account)
        )
    }
}

/// A folder for journals that is removed with the value.
final class TemporaryJournals: Sendable {
    let folder: JournalFolder

    init() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "parapet-fix-\(UUID().uuidString)").path
        folder = try JournalFolder(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }
}

let allowedCalls = Fixes.all.reduce(into: Set<AWSClient.Operation>()) { $0.formUnion($1.calls) }

/// Applies a plan, or goes on with its run.
func apply(
    _ file: PlanFile, to endpoint: String, in journals: TemporaryJournals, guards: Guards = testGuards
) async throws -> FixProgress {
    let executor = Executor(
        fixClient(endpoint), guards: guards, allowed: allowedCalls, now: { "2026-01-01T00:00:00Z" }, sleep: { _ in })
    let begun = try journals.folder.runs().last { $0.file.hash == file.hash && !$0.progress.hasEnded }
    let journal =
        try begun.map { try Journal(goingOnWith: $0) }
        ?? Journal(
            of: file, run: "run-\(file.hash.prefix(8))-\(UUID().uuidString)", in: journals.folder,
            at: "2026-01-01T00:00:00Z")
    return try await executor.run(file.plan, from: begun?.progress ?? FixProgress(of: file.plan), journal: journal)
}

/// Undoes the last run that was no undoing.
func undo(to endpoint: String, in journals: TemporaryJournals) async throws -> (plan: Plan, progress: FixProgress) {
    let run = try #require(try journals.folder.runs().last { $0.plan.undoes == nil })
    let plan = try await run.undoing(fixClient(endpoint), caller: "arn:aws:iam::123456789012:user/operator")
    return (plan, try await apply(PlanFile(plan), to: endpoint, in: journals))
}

extension HTTPRequest {
    /// Whether the call changes something, as far as a server can tell.
    var isWrite: Bool {
        guard let operation = WireOperation(self) else { return false }
        if operation.family == .s3 { return method != "GET" }
        return !["Get", "List", "Describe", "Generate"].contains { operation.name.hasPrefix($0) }
    }
}

/// Hands a request on to moto.
func forward(_ request: HTTPRequest, to endpoint: String) async -> HTTPResponse? {
    var onward = request
    let address = endpoint.dropFirst("http://".count).split(separator: ":")
    onward.host = String(address[0])
    onward.port = Int(address[1])
    onward.headers.removeAll {
        ["host", "content-length", "connection", "transfer-encoding"].contains($0.name.lowercased())
    }
    return try? await AsyncHTTPTransport.forTests.send(onward, timeout: .seconds(300), maximumBodyBytes: 64 << 20)
}

extension AsyncHTTPTransport {
    static let forTests = AsyncHTTPTransport(isPatient: true)
}

/// Runs a plan's commands of the AWS CLI.
/// - Returns: what they wrote to standard output.
@discardableResult
func runCommands(of file: PlanFile, at endpoint: String, in journals: TemporaryJournals) async throws -> String {
    let script = journals.folder.path + "/plan.sh"
    try Data(PlanReport(file).commands.utf8).write(to: URL(filePath: script))
    let outcome = try await Subprocess.run(
        "/bin/sh", [script],
        environment: [
            "PATH": Repository.file(".venv/bin").path + ":/usr/bin:/bin", "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing", "AWS_ENDPOINT_URL": endpoint,
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PAGER": "",
        ])
    #expect(outcome.status == 0, "\(outcome.standardError)")
    return outcome.standardOutput
}
