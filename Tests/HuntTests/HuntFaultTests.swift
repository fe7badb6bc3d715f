import AWSClient
import Basics
import Foundation
import Hunting
import LogReaders
import Reports
import Runs
import Testing
import TestSupport

/// Whatever goes wrong with a call of a hunt in S3, the hunt finds the same, says that something could not be read, or fails.
///
/// Some faults are tried, and all by `make test-faults`.
@Suite(.timeLimit(.minutes(15))) struct HuntFaultTests {
    /// A bucket with three log files, of which the second has an alert.
    private static let objects: [(key: String, bytes: [UInt8])] = (1...3).map { day in
        let folder = "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/03/0\(day)"
        return (
            "\(folder)/123456789012_CloudTrail_eu-west-1_2026030\(day)T0000Z_x.json.gz",
            Trail.file(
                (0..<5).map { Trail.record("e-\(day)-\($0)", day == 2 && $0 == 4 ? "StopLogging" : "DescribeTrails") })
        )
    }

    enum Call: String, CaseIterable { case identity, location, list, get }

    enum Fault: Hashable {
        case denied, failing, redirected, hungUp, hanging, emptied, blank, page, compressed, halved
        case member([String], AnswerChange)
        case header(String, String?)

        static let all: [Fault] = [
            .denied, .failing, .redirected, .hungUp, .hanging, .emptied, .blank, .page, .compressed, .halved,
        ]
    }

    private static func call(of request: HTTPRequest) -> Call {
        if request.method == "POST" { return .identity }
        let names = request.query.map(\.name)
        return names.contains("location") ? .location : names.contains("list-type") ? .list : .get
    }

    private static func answer(to request: HTTPRequest) -> HTTPResponse {
        switch call(of: request) {
        case .identity:
            return .xml(
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
                    + "<Arn>arn:aws:iam::123456789012:user/x</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
            )
        case .location: return .xml("<LocationConstraint>eu-west-1</LocationConstraint>")
        case .list: return list(request)
        case .get:
            let key = PercentEncoding.decode(request.path)?.dropFirst("/logs/".count) ?? ""
            guard let object = objects.first(where: { $0.key == key }) else {
                return .xml("<Error><Code>NoSuchKey</Code></Error>", status: 404)
            }
            let size = object.bytes.count
            return HTTPResponse(
                status: 206,
                headers: [
                    .init("Content-Range", "bytes 0-\(size - 1)/\(size)"), .init("ETag", "\"\(key.hashValue)\""),
                ],
                body: object.bytes)
        }
    }

    private static func list(_ request: HTTPRequest) -> HTTPResponse {
        func query(_ name: String) -> String { request.query.first { $0.name == name }?.value ?? "" }
        let found = objects.filter { $0.key.hasPrefix(query("prefix")) && query("start-after") < $0.key }
        // Two keys a page.
        let page = found.prefix(2)
        let contents = page.map { "<Contents><Key>\($0.key)</Key><Size>\($0.bytes.count)</Size></Contents>" }.joined()
        let next = found.count > 2 ? "<NextContinuationToken>next</NextContinuationToken>" : ""
        return .xml(
            "<ListBucketResult><IsTruncated>\(found.count > 2)</IsTruncated><KeyCount>\(page.count)</KeyCount>"
                + "\(next)<EncodingType>url</EncodingType>\(contents)</ListBucketResult>")
    }

    private static func changed(_ answer: HTTPResponse, _ fault: Fault) throws(TransportError) -> HTTPResponse {
        switch fault {
        case .denied: return .xml("<Error><Code>AccessDenied</Code><Message>no</Message></Error>", status: 403)
        case .failing: return .xml("<Error><Code>InternalError</Code><Message>no</Message></Error>", status: 500)
        case .redirected:
            return HTTPResponse(status: 307, headers: [.init("Location", "https://collector.example/")])
        case .hungUp: throw TransportError(.cut, "the connection was closed")
        case .hanging: throw TransportError(.timeout, "no answer in time")
        case .emptied: return HTTPResponse(status: 200, headers: answer.headers)
        case .blank: return .xml("<ListBucketResult/>")
        case .page: return .xml("<html><head><title>Sign in</title></head><body><p>Welcome</p></body></html>")
        case .compressed: return HTTPResponse(status: 200, body: [0x1F, 0x8B] + answer.body)
        case .halved: return HTTPResponse(status: 200, body: Array(answer.body.prefix(answer.body.count / 2)))
        case .member(let path, let change):
            guard let tree = AnswerTree(answer.body) else { return answer }
            return HTTPResponse(status: answer.status, headers: answer.headers, body: tree.changing(path, change))
        case .header(let name, let value):
            var headers = answer.headers.filter { $0.name != name }
            if let value { headers.append(.init(name, value)) }
            return HTTPResponse(status: answer.status, headers: headers, body: answer.body)
        }
    }

    private static let rules = Result { try RuleSelection().load(HuntConfiguration()) }

    private struct Outcome: Equatable {
        var status: Runs.ExitStatus
        var events: Int
        var alerts: Int
        var doubts: Int
    }

    private static func hunt(_ call: Call? = nil, _ fault: Fault = .denied) async throws -> Outcome {
        let transport = ReplayTransport { (request) throws(TransportError) in
            let answer = answer(to: request)
            return try self.call(of: request) == call ? changed(answer, fault) : answer
        }
        let variables = [
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "http://replay.test",
        ]
        let environment = RunEnvironment(
            AWSEnvironment(variables: variables, now: { Date(timeIntervalSince1970: 1_773_000_000) }),
            transport: { _, _ in transport })
        let result = try await HuntRun(.cloudTrail, in: LogPlaces(["s3://logs/AWSLogs/"]), rules: rules.get()).run(
            in: environment)
        return Outcome(
            status: result.exitStatus, events: result.report.result.statistics.events,
            alerts: result.report.result.alerts.count, doubts: result.report.result.doubts.count)
    }

    @Test func noFaultHidesALogInSilence() async throws {
        let known = try await Self.hunt()
        #expect(known == Outcome(status: .found, events: 15, alerts: 1, doubts: 0))
        var cases: [(Call, Fault)] = []
        for call in Call.allCases { cases += Fault.all.map { (call, $0) } }
        let list = try #require(AnswerTree(Self.list(HTTPRequest(host: "")).body))
        for path in list.leaves { cases += AnswerChange.allCases.map { (.list, .member(path, $0)) } }
        for value in [nil, "bytes 0-0/1", "bytes 10-20/500", "bytes 0-99/99999999999999999999", "lorem"] {
            cases.append((.get, .header("Content-Range", value)))
        }
        await withTaskGroup(of: Void.self) { group in
            for (place, (call, fault)) in FaultSample.chosen(cases, 15, seed: 18).enumerated() {
                if place >= 8 { _ = await group.next() }
                group.addTask {
                    do {
                        let outcome = try await Self.hunt(call, fault)
                        #expect(
                            outcome == known || outcome.doubts > 0 && outcome.status != .clean,
                            "\(call) \(fault): \(outcome)")
                    } catch let failure as Failure {
                        #expect(!failure.what.isEmpty && !failure.why.isEmpty, "\(call) \(fault): \(failure)")
                    } catch {
                        Issue.record("\(call) \(fault): \(error)")
                    }
                }
            }
        }
    }
}
