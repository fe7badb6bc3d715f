import AWSClient
import Basics
import Foundation
import Gzip
import Inventory
import Posture
import Practices
import Testing
import TestSupport

/// A pass is earned: whatever goes wrong with a call, no finding passes that did not pass before, and what the call
/// would have told is unknown, with the permission or the failure named.
///
/// A sample of the calls is tried with each fault, and all by `make test-faults`.
@Suite(.timeLimit(.minutes(10))) struct SweepTests {
    /// What can become of an answer. Those that only a connection can show are in ``NetworkFaultTests``.
    enum Fault: String, CaseIterable, CustomTestStringConvertible {
        case denied, failing, throttledForEver, redirected, hungUp, hanging, repeatedPage, emptied, blank, page,
            compressed, halved

        var testDescription: String { rawValue }
    }

    /// The sample account's server with every answer remembered, and what a scan of it finds when nothing goes wrong.
    static let baseline = Task {
        let upstream = RecordingUpstream(try await MotoServer.sample.value.endpoint)
        return (upstream: upstream, run: await SampleScan.scan(over: replay(upstream)))
    }

    /// - Parameters:
    ///   - operation: whose answers `change` is made to; `nil` for none.
    ///   - change: is given a good answer.
    static func replay(
        _ upstream: RecordingUpstream, _ operation: String? = nil,
        _ change: @escaping @Sendable (HTTPResponse, WireOperation) throws(TransportError) -> HTTPResponse = {
            answer, _ in answer
        }
    ) -> ReplayTransport {
        ReplayTransport { (request) throws(TransportError) in
            guard let wire = WireOperation(request),
                let answer = try? await sampleAnswer(to: request, from: upstream).decisive(for: wire)
            else { throw TransportError(.connection, "no answer of the sample account") }
            return try wire.description == operation ? change(answer, wire) : answer
        }
    }

    @Test func theBaselineDeterminesEverythingThatItCan() async throws {
        let baseline = try await Self.baseline.value.run
        #expect(baseline.findings.contains { $0.status == .pass })
        #expect(baseline.findings.contains { $0.status == .fail })
        #expect(baseline.calls.count >= 30)
    }

    @Test(arguments: Fault.allCases)
    func noFaultEarnsAPass(_ fault: Fault) async throws {
        let (upstream, baseline) = try await Self.baseline.value
        // The operations come from the run itself, so that a new call is covered without anybody remembering. Each fault has a
        // sample of its own.
        let seed = UInt64(Fault.allCases.firstIndex(of: fault) ?? 0)
        for operation in FaultSample.chosen(baseline.calls, 25, seed: seed) {
            // Another check asks nothing of the operation: thePolicyOfOneCheckIsEnoughForIt sees to that.
            let checks = Catalogue.checks.filter { $0.asks(operation) }
            #expect(!checks.isEmpty, "no check asks for \(operation)")
            let transport = Self.replay(upstream, operation) { answer, wire throws(TransportError) in
                try Self.reply(answer, wire, fault)
            }
            let run = await SampleScan.scan(over: transport, checks: checks)
            let before = baseline.findings.filter { finding in checks.contains { $0.about.id == finding.check } }
            expectHonest(run, before, operation: operation, fault: fault)
        }
    }

    private func expectHonest(_ run: SampleScan, _ baseline: [Finding], operation: String, fault: Fault) {
        let before = Dictionary(baseline.map { (FindingKey($0), $0) }) { first, _ in first }
        let after = Dictionary(run.findings.map { (FindingKey($0), $0) }) { first, _ in first }
        for (key, finding) in after where finding.status == .pass {
            #expect(before[key]?.status == .pass, "\(fault) \(operation): \(key) passes")
        }
        let unknown = run.findings.filter { $0.status == .unknown }
        for (key, finding) in before where finding.status != .unknown {
            if let now = after[key] {
                #expect(
                    now.status == finding.status || now.status == .unknown,
                    "\(fault) \(operation): \(key) was \(finding.status), is \(now.status): \(now.message)")
            } else {
                #expect(
                    unknown.contains { $0.check == key.check },
                    "\(fault) \(operation): \(key) vanished without an unknown finding of its check")
            }
        }
        for finding in unknown where before[FindingKey(finding)]?.status != .unknown {
            #expect(
                finding.unknown?.call == operation,
                "\(fault) \(operation): \(finding.check) names \(String(describing: finding.unknown))")
            // No permission of a member's own would let it ask about its organization.
            if fault == .denied, !Operation.ofOrganizationManagement.contains(where: { $0.description == operation }) {
                #expect(finding.unknown?.permission != nil, "denied \(operation): \(finding.check) names no permission")
            }
        }
        // Of S3's configurations an empty one is a real answer.
        let isTold =
            fault == .repeatedPage ? Self.paged.contains(operation) : fault != .blank || !operation.hasPrefix("s3")
        if isTold {
            // What is only told beside a verdict that stands without it is unknown in the evidence.
            let told = run.findings.flatMap(\.evidence).contains { $0.source == .call(operation) && $0.says(operation) }
            #expect(
                told || unknown.contains { $0.unknown?.call == operation },
                "\(fault) \(operation): no finding says so")
        }
    }

    static func reply(
        _ answer: HTTPResponse, _ operation: WireOperation, _ fault: Fault
    ) throws(TransportError) -> HTTPResponse {
        switch fault {
        case .denied: return operation.denial
        case .failing: return operation.refusal("InternalFailure", status: 500)
        case .throttledForEver: return operation.refusal("Throttling", status: 400)
        case .redirected:
            return HTTPResponse(
                status: 307, headers: [.init("Location", "https://collector.example/")],
                body: operation.refusal("TemporaryRedirect", status: 307).body)
        case .hungUp: throw TransportError(.cut, "the connection was closed")
        case .hanging: throw TransportError(.timeout, "no answer in time")
        case .repeatedPage: return withNextPage(answer, of: operation)
        case .emptied: return HTTPResponse(status: 200, headers: answer.headers)
        // A good status, and nothing in it.
        case .blank: return blank(answer, of: operation)
        // What a portal of a hotel's network says to everything.
        case .page:
            return HTTPResponse(
                status: 200, headers: [.init("Content-Type", "text/html")],
                body: Array("<html><head><title>Sign in</title></head><body><p>Welcome</p></body></html>".utf8))
        // Nobody asked for it.
        case .compressed:
            return HTTPResponse(
                status: 200, headers: answer.headers + [.init("Content-Encoding", "gzip")],
                body: Gzip.compress(answer.body))
        // Without a length an answer that was cut looks whole.
        case .halved:
            return HTTPResponse(status: 200, body: Array(answer.body.prefix(answer.body.count / 2)))
        }
    }

    static let paged = Set(
        Catalogue.facets.flatMap(\.requests).filter { $0.isPaged }.map { $0.operation.description })

    /// A token under each of the names that the family's services have for it.
    private static func pageToken(_ family: WireOperation.Family) -> String {
        switch family {
        case .json: #""nextToken":"again","NextToken":"again","NextMarker":"again""#
        case .query: "<IsTruncated>true</IsTruncated><Marker>again</Marker><NextToken>again</NextToken>"
        case .ec2: "<nextToken>again</nextToken>"
        case .s3: "<ContinuationToken>again</ContinuationToken>"
        }
    }

    /// The right kind of answer, with nothing in it.
    private static func blank(_ answer: HTTPResponse, of operation: WireOperation) -> HTTPResponse {
        switch operation.family {
        case .json: .json("{}")
        case .ec2: .xml("<\(operation.name)Response/>")
        case .query:
            .xml("<\(operation.name)Response><\(operation.name)Result/></\(operation.name)Response>")
        case .s3: answer
        }
    }

    /// The answer with a token that leads to itself.
    private static func withNextPage(_ answer: HTTPResponse, of operation: WireOperation) -> HTTPResponse {
        guard paged.contains(operation.description) else { return answer }
        var text = String(decoding: answer.body, as: UTF8.self)
        let token = pageToken(operation.family)
        if operation.family == .json {
            // Of two members of one name the last one counts, and moto writes a null.
            let members = text.trimmingCharacters(in: .whitespacesAndNewlines).dropFirst().dropLast()
            text = "{" + members + (members.isEmpty ? "" : ",") + token + "}"
        } else {
            for empty in ["<IsTruncated>false</IsTruncated>", "<Marker/>", "<Marker></Marker>", "<NextToken/>"] {
                text = text.replacing(empty, with: "")
            }
            let end =
                operation.family == .query
                ? "</\(operation.name)Result>" : "</" + (text.split(separator: "</").last ?? "")
            text = text.replacing(end, with: token + end)
        }
        return HTTPResponse(status: answer.status, headers: answer.headers, body: Array(text.utf8))
    }

    // MARK: The least privilege

    /// The actions that `parapet policy` prints for these checks.
    private func policy(for checks: [any Check]) async throws -> Set<String> {
        let outcome = try await Subprocess.run(
            Repository.parapet, ["policy"] + checks.flatMap { ["--check", $0.about.id] })
        #expect(outcome.status == 0)
        let policy = try JSONDecoder().decode(JSON.self, from: Data(outcome.standardOutput.utf8))
        guard case .object(let members) = policy, case .array(let statements)? = members["Statement"],
            !statements.isEmpty
        else { return [] }
        return Set(statements.flatMap { $0["Action"]?.elements ?? [] }.map { $0.text ?? "" })
    }

    private static let permissions: [String: String] = Dictionary(
        Catalogue.facets.flatMap(\.operations).map { ($0.description, $0.permission) }
    ) { first, _ in first }

    private static func replay(_ upstream: RecordingUpstream, allowing permissions: Set<String>) -> ReplayTransport {
        ReplayTransport { (request) throws(TransportError) in
            guard let operation = WireOperation(request), let permission = Self.permissions[operation.description],
                permissions.contains(permission)
            else { return WireOperation(request)?.denial ?? HTTPResponse(status: 403) }
            return try await replay(upstream).send(request, timeout: .zero, maximumBodyBytes: .max)
        }
    }

    @Test func thePrintedPolicyIsEnoughAndNoMore() async throws {
        let (upstream, baseline) = try await Self.baseline.value
        let allowed = try await policy(for: Catalogue.checks)
        let run = await SampleScan.scan(over: Self.replay(upstream, allowing: allowed))
        let differing = Set(run.findings).symmetricDifference(baseline.findings).map { "\($0.check): \($0.message)" }
        #expect(differing.isEmpty)
        let needed = Set(run.calls.compactMap { Self.permissions[$0] }).union([
            // Who is asked, and how the account is named in reports.
            "sts:GetCallerIdentity", "iam:ListAccountAliases",
        ])
        #expect(allowed == needed, "every action of the policy is called on this account")
    }

    @Test func thePolicyOfOneCheckIsEnoughForIt() async throws {
        let (upstream, baseline) = try await Self.baseline.value
        for check in Catalogue.checks {
            let allowed = Set(Facet.closure(of: check.about.reads).flatMap(\.operations).map(\.permission))
            let run = await SampleScan.scan(over: Self.replay(upstream, allowing: allowed), checks: [check])
            let expected = baseline.findings.filter { $0.check == check.about.id }
            #expect(run.findings.map(\.status) == expected.map(\.status), "\(check.about.id)")
            #expect(run.findings.map(\.message) == expected.map(\.message), "\(check.about.id)")
        }
    }
}

extension HTTPResponse {
    /// The sample account with three answers changed, so that every call decides something: root has MFA, which may
    /// be virtual, no public access block makes a bucket's ACL meaningless, and another account manages the organization,
    /// so that its policies apply.
    func decisive(for operation: WireOperation) -> HTTPResponse {
        switch operation.description {
        case "s3:GetPublicAccessBlock":
            return operation.refusal("NoSuchPublicAccessBlockConfiguration", status: 404)
        case "iam:GetAccountSummary":
            let text = String(decoding: body, as: UTF8.self)
            let changed = text.replacing(
                /<key>AccountMFAEnabled<\/key>\s*<value>0/, with: "<key>AccountMFAEnabled</key><value>1")
            return HTTPResponse(status: status, headers: headers, body: Array(changed.utf8))
        case "organizations:DescribeOrganization":
            let text = String(decoding: body, as: UTF8.self)
            let changed = text.replacing(/"MasterAccountId": *"[0-9]*"/, with: #""MasterAccountId":"111111111111""#)
            return HTTPResponse(status: status, headers: headers, body: Array(changed.utf8))
        default: return self
        }
    }
}

extension Evidence {
    func says(_ text: String) -> Bool {
        if case .string(let value) = value { value.contains(text) } else { false }
    }
}

extension Check {
    func asks(_ operation: String) -> Bool {
        Facet.closure(of: about.reads).flatMap(\.operations).contains { $0.description == operation }
    }
}
