import AWSClient
import Basics
import Foundation
import Store
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// From the event to the message and the page.
@Suite(.timeLimit(.minutes(8))) struct WatchProofTests {
    private static let web = AsyncHTTPTransport(isPatient: true)

    private func get(_ port: Int, _ path: String) async throws -> (status: Int, text: String) {
        var request = try HTTPRequest(to: "http://127.0.0.1:\(port)\(path)", from: "the test")
        request.method = "GET"
        request.headers = [.init("X-User", "kim")]
        let answer = try await Self.web.send(request, timeout: .seconds(120), maximumBodyBytes: 8 << 20)
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    /// What an attack must lead to.
    private struct Expected: CustomStringConvertible {
        var description: String
        var fits: @Sendable (JSON) -> Bool

        static func alert(_ rule: String, _ what: String, _ member: String, contains text: String) -> Expected {
            Expected(description: what) {
                $0["kind"] == "alert" && $0["rule"]?.text == rule
                    && ($0[member].map { $0.text ?? $0.description } ?? "").contains(text)
            }
        }
        static func finding(_ check: String, _ what: String, contains text: String) -> Expected {
            Expected(description: what) {
                $0["kind"] == "finding" && $0["rule"]?.text == check
                    && ($0["resource"]?.description ?? "").contains(text)
            }
        }
    }

    private static let expected: [Expected] = [
        .alert(WatchStage.stopRule, "the stopped trail", "event", contains: "stop-1"),
        .finding("cloudtrail-all-regions", "the trail's finding", contains: "123456789012"),
        .finding("security-group-ssh", "the open port", contains: "security-group"),
        .finding("iam-user-no-policies", "the policy attached to a user", contains: "user/eve"),
        .alert("digest-signature", "the changed digest", "record", contains: "CloudTrail-Digest"),
        .alert("flow-new-peer", "the exfiltration", "record", contains: "203.0.113.66"),
    ]

    @Test func eachAttackReachesTheReceiverOnceAndThePage() async throws {
        let stage = try await WatchStage()
        let receiver = try await WebhookReceiver.start()
        try stage.configure(
            "watch: {visibility: 10s}\nnotify: {link: \"https://parapet.example.com/\", \(receiver.settings)}\n")
        try await stage.stage(["act", "make-user"])
        let process = try stage.start([
            "--scan-every", "1d", "--verify-every", "10s", "--region", "us-east-1", "--listen", "127.0.0.1:0",
        ])
        defer { process.terminate() }
        try #require(try await WatchStage.wait { try stage.store().lastCompleteScan() != nil }, "\(stage.log)")
        func arrived(_ expected: Expected) -> [JSON] { receiver.items.filter(expected.fits) }
        for expected in Self.expected { #expect(arrived(expected).isEmpty, "\(expected), before anything happened") }
        try await stage.stage(["act", "attack"])
        _ = try await WatchStage.wait { Self.expected.allSatisfy { !arrived($0).isEmpty } }

        let health = try await stage.port(after: "health and metrics at port ", in: "watch.log")
        let metrics = try await get(health, "/metrics").text
        #expect(metrics.contains("\nparapet_watch_lag_seconds "), "\(metrics)")
        #expect(metrics.contains("\nparapet_notify_sent_total{notifier=\"hook\"} "), "\(metrics)")
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let sign = try #require(try stage.store().sign("watch")).content
        #expect(sign["lag_seconds_p99"] != nil, "\(sign)")

        let serve = try stage.serve()
        defer { serve.terminate() }
        let page = try await stage.port(after: "the dashboard is at http://127.0.0.1:", in: "serve.log")
        for expected in Self.expected {
            let found = arrived(expected)
            #expect(found.count == 1, "\(expected): \(found.count)\n\(receiver.items.map { $0["rule"]?.text ?? "" })")
            guard let item = found.first else { continue }
            // A problem of a digest names the object and says what is wrong with it.
            let evidence = item["record"]?["evidence"] ?? item["record"]?["object"]
            #expect(
                evidence?.elements?.isEmpty == false || evidence?.object?.members.isEmpty == false
                    || evidence?.text?.isEmpty == false,
                "\(expected) has no evidence: \(item)")
            let link = try #require(item["link"]?.text)
            #expect(link.hasPrefix("https://parapet.example.com/"))
            let shown = try await get(page, String(link.dropFirst("https://parapet.example.com".count)))
            #expect(shown.status == 200, "\(link)")
            #expect(shown.text.contains(item["rule"]?.text ?? "no rule"), "\(expected) is not on its page")
        }
        let keys = receiver.items.compactMap { $0["key"]?.text }
        #expect(Set(keys).count == keys.count)
        let alerts = try await get(page, "/alerts").text
        let findings = try await get(page, "/findings?q=eve").text
        let integrity = try await get(page, "/integrity").text
        #expect(alerts.contains("Large transfer to new external peer"))
        #expect(findings.contains("IAM users should get permissions only through groups"))
        #expect(integrity.contains("CloudTrail-Digest"), "\(integrity)")
    }

    @Test func whatTheLastBatchBroughtIsSentBeforeTheStop() async throws {
        let stage = try await WatchStage()
        let receiver = try await WebhookReceiver.start(.hold)
        try stage.configure("watch: {visibility: 3s}\nnotify: {\(receiver.settings)}\n")
        let process = try stage.start(["--scan-every", "0", "--verify-every", "0"])
        defer { process.terminate() }
        // While the first message is on its way, another one begins to wait.
        try await stage.stage(["act", "deliver-two"])
        #expect(try await WatchStage.wait { try stage.stopped().count == 2 })
        process.terminate()
        try await Task.sleep(for: .milliseconds(300))
        receiver.become(.accept)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(receiver.items.compactMap { $0["event"]?.text } == ["stop-0", "stop-10"], "\(stage.log)")
    }

    @Test func afterACrashWhatWaitedIsSentOnce() async throws {
        let stage = try await WatchStage()
        let receiver = try await WebhookReceiver.start(.refuse)
        try stage.configure("watch: {visibility: 3s}\nnotify: {\(receiver.settings)}\n")
        try await stage.deliver(1)
        let first = try stage.start(["--scan-every", "0", "--verify-every", "0"])
        #expect(try await WatchStage.wait { receiver.attempts == 1 })
        kill(first.processIdentifier, SIGKILL)
        first.waitUntilExit()
        receiver.become(.accept)
        let second = try stage.start(["--scan-every", "0", "--verify-every", "0"])
        #expect(try await WatchStage.wait { !receiver.items.isEmpty }, "\(stage.log)")
        second.terminate()
        second.waitUntilExit()
        #expect(receiver.items.compactMap { $0["event"]?.text } == ["stop-0"])
    }

    @Test func aWatchServesItsHealthAndItsMetrics() async throws {
        let stage = try await WatchStage()
        let receiver = try await WebhookReceiver.start()
        let refusing = try await WebhookReceiver.start(.refuse)
        let other = refusing.settings.replacing("hook: ", with: "other: ", maxReplacements: 1)
        try stage.configure("watch: {visibility: 3s}\nnotify: {\(receiver.settings), \(other)}\n")
        try await stage.deliver(10)
        let process = try stage.start(["--scan-every", "0", "--verify-every", "0", "--listen", "127.0.0.1:0"])
        defer { process.terminate() }
        let port = try await stage.port(after: "health and metrics at port ", in: "watch.log")
        #expect(try await get(port, "/healthz").text == "ok\n")
        #expect(try await WatchStage.wait { refusing.attempts > 0 && receiver.attempts > 0 })
        let lines = [
            "parapet_watch_objects_total 10.0", "parapet_notify_sent_total{notifier=\"hook\"} 1.0",
            "parapet_notify_failed_total{notifier=\"other\"}",
            "parapet_notify_messages{notifier=\"other\",state=\"waiting\"} 1.0",
            "parapet_notify_messages{notifier=\"hook\",state=\"waiting\"} 0.0",
            "parapet_notify_messages{notifier=\"other\",state=\"dead\"} 0.0",
        ]
        var text = ""
        for _ in 0..<300 {
            text = try await get(port, "/metrics").text
            if lines.allSatisfy(text.contains) { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        for line in lines { #expect(text.contains(line), "\(line)\n\(text)") }
        #expect(try await get(port, "/readyz").status == 200)
        #expect(try await get(port, "/").status == 404)
    }
}
