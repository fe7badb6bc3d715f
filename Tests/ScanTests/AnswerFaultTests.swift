import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Practices
import Testing
import TestSupport

/// Every member of every answer of a scan is taken away, is of another type, and has a word that AWS may have learned since. By
/// none of it a finding passes that did not pass before, and none vanishes.
///
/// A sample of them is tried; `make test-faults` tries all.
@Suite(.timeLimit(.minutes(15))) struct AnswerFaultTests {
    struct Case: Hashable, CustomStringConvertible {
        var operation: String
        var path: [String]
        var change: AnswerChange

        var name: String { "\(operation) \(path.joined(separator: "."))" }
        var description: String { "\(name) \(change)" }
    }

    /// Members whose absence means something of its own, that may make a finding pass or vanish.
    static let telling = [
        "cloudtrail:DescribeTrails trailList.CloudWatchLogsLogGroupArn": "the trail sends events to no log group",
        "cloudtrail:DescribeTrails trailList.KmsKeyId": "the trail encrypts with no key",
    ]

    @Test func noMemberOfAnAnswerEarnsAPassByWhatBecomesOfIt() async throws {
        let (upstream, baseline) = try await SweepTests.baseline.value
        let trees = Trees()
        let recorded = SweepTests.replay(upstream)
        let recorder = ReplayTransport { (request) throws(TransportError) in
            let answer = try await recorded.send(request, timeout: .zero, maximumBodyBytes: .max)
            if let operation = WireOperation(request) { await trees.add(answer, of: operation.description) }
            return answer
        }
        _ = await SampleScan.scan(over: recorder)
        let cases = FaultSample.chosen(try await cases(baseline.calls, trees), 40, seed: 18)
        for fault in cases {
            let checks = Catalogue.checks.filter { $0.asks(fault.operation) }
            let transport = SweepTests.replay(upstream, fault.operation) { answer, _ in
                guard let tree = AnswerTree(answer.body) else { return answer }
                return HTTPResponse(
                    status: answer.status, headers: answer.headers, body: tree.changing(fault.path, fault.change))
            }
            let run = await SampleScan.scan(over: transport, checks: checks)
            let before = baseline.findings.filter { finding in checks.contains { $0.about.id == finding.check } }
            expectHonest(run.findings, before, fault)
        }
    }

    private func cases(_ operations: [String], _ trees: Trees) async throws -> [Case] {
        let models = try await WireModels.of(operations)
        var cases: [Case] = []
        for operation in operations {
            for (path, isXML) in await trees.leaves(of: operation) {
                let node = models.node(path, of: operation, isXML: isXML)
                for change in AnswerChange.allCases {
                    let fault = Case(operation: operation, path: path, change: change)
                    if change == .unknownWord, node?["enum"] == nil { continue }
                    if change == .removed, Self.telling[fault.name] != nil { continue }
                    // A list without elements may be left out, and in XML its elements may have any name.
                    if change != .unknownWord, models.isOfList(path, of: operation, isXML: isXML),
                        isXML || change == .removed
                    {
                        continue
                    }
                    cases.append(fault)
                }
            }
        }
        return cases
    }

    private func expectHonest(_ after: [Finding], _ before: [Finding], _ fault: Case) {
        let known = Dictionary(before.map { (FindingKey($0), $0) }) { first, _ in first }
        let now = Dictionary(after.map { (FindingKey($0), $0) }) { first, _ in first }
        let unknown = after.filter { $0.status == .unknown }
        let passing = now.filter { $0.value.status == .pass && known[$0.key]?.status != .pass }.keys
        #expect(passing.isEmpty, "\(fault): \(passing.map(\.description).sorted()) pass")
        let vanished = known.filter { key, finding in
            finding.status != .unknown && now[key] == nil && !unknown.contains { $0.check == key.check }
        }.keys
        #expect(vanished.isEmpty, "\(fault): \(Set(vanished.map(\.check)).sorted()) vanished")
        // What follows from several facts names no call.
        let others = unknown.filter {
            known[FindingKey($0)]?.status != .unknown && $0.unknown?.call ?? fault.operation != fault.operation
        }
        #expect(others.isEmpty, "\(fault): \(Set(others.compactMap { $0.unknown?.explanation }).sorted())")
    }

    /// The answers of each operation.
    private actor Trees {
        private var found: [String: [AnswerTree]] = [:]

        func add(_ answer: HTTPResponse, of operation: String) {
            guard answer.status == 200, let tree = AnswerTree(answer.body) else { return }
            found[operation, default: []].append(tree)
        }

        /// The paths of the members that some answer has, each once.
        func leaves(of operation: String) -> [([String], isXML: Bool)] {
            var known: Set<[String]> = []
            return (found[operation] ?? []).flatMap { tree in tree.leaves.map { ($0, isXML: tree.isXML) } }
                .filter { known.insert($0.0).inserted }
        }
    }
}

/// What botocore's service models say about the members of answers.
struct WireModels {
    private var models: [String: JSON]

    static func of(_ operations: [String]) async throws -> WireModels {
        let outcome = try await Subprocess.python("Tests/Support/python/shapes.py", operations)
        try #require(outcome.status == 0, "\(outcome.standardError)")
        return WireModels(
            models: try JSONDecoder().decode([String: JSON].self, from: Data(outcome.standardOutput.utf8)))
    }

    /// Whether the member at a path is a list, or an element of one.
    func isOfList(_ path: [String], of operation: String, isXML: Bool) -> Bool {
        [path, path.dropLast()].contains {
            node($0, of: operation, isXML: isXML, stopsAtList: true)?["type"]?.text == "list"
        }
    }

    /// The model's node at a path below the outermost element; `nil` if the model has none.
    func node(_ path: [String], of operation: String, isXML: Bool, stopsAtList: Bool = false) -> JSON? {
        guard let output = models[operation]?["output"] else { return nil }
        var path = path[...]
        if models[operation]?["protocol"]?.text == "query" { path = path.dropFirst() }
        let payload = output["payload"]?.text.flatMap { output["members"]?[$0] }
        return Self.node(path, in: payload ?? output, isXML: isXML, stopsAtList: stopsAtList)
    }

    private static func node(
        _ path: ArraySlice<String>, in node: JSON, isXML: Bool, stopsAtList: Bool
    ) -> JSON? {
        func below(_ node: JSON, _ path: ArraySlice<String>) -> JSON? {
            Self.node(path, in: node, isXML: isXML, stopsAtList: stopsAtList)
        }
        if stopsAtList, path.isEmpty { return node }
        switch node["type"]?.text {
        case "list":
            let isFlat = !isXML || node["flattened"]?.boolean == true
            return node["element"].flatMap { below($0, isFlat ? path : path.dropFirst()) }
        case "map":
            return node["element"].flatMap { below($0, path.dropFirst(isXML ? 2 : 1)) }
        case "structure":
            guard let name = path.first?.lowercased() else { return nil }
            let member = node["members"]?.object?.members.first { $0.value["wire"]?.text?.lowercased() == name }
            return member.flatMap { below($0.value, path.dropFirst()) }
        default: return path.isEmpty ? node : nil
        }
    }
}
