import Analytics
import Basics
import Testing

@testable import Reports

/// Each line of a hunt says what was done, to what, and from where.
@Suite struct AlertSentenceTests {
    private static func text(_ all: [String: String]...) -> String? {
        AlertSentence(
            all.map { Alert(rule: "r", title: "t", time: 0, severity: .low, actor: "a", practice: "", fields: $0) }
        ).text
    }

    @Test(arguments: [
        (
            [
                "eventName": "StopLogging", "sourceIPAddress": "203.0.113.5",
                "requestParameters": #"{"name":"main","trail":{"x":1}}"#,
            ], "StopLogging on main from 203.0.113.5"
        ),
        (["eventName": "ConsoleLogin", "sourceIPAddress": "203.0.113.5"], "ConsoleLogin from 203.0.113.5"),
        (["eventName": "X", "requestParameters": "{\"name\":"], "X"),
        (["eventName": "X", "requestParameters": #"{"name":["a"],"userName":""}"#], "X"),
        (
            ["bucket": "logs", "key": "k", "operation": "REST.GET.OBJECT", "remote_ip": "192.0.2.1"],
            "REST.GET.OBJECT on logs/k from 192.0.2.1"
        ),
        (["bucket": "logs", "requester": "-", "address": "192.0.2.1"], "192.0.2.1 → logs"),
        (["source": "192.0.2.1", "destination": "10.0.0.5", "port": "22"], "192.0.2.1 → 10.0.0.5:22"),
        (["srcaddr": "192.0.2.1", "dstaddr": "10.0.0.5", "dstport": "22"], "192.0.2.1 → 10.0.0.5:22"),
        (["peer": "198.51.100.9", "port": "443"], "on 198.51.100.9:443"),
        (["interface": "eni-1", "peer": "198.51.100.9", "port": "443"], "eni-1 → 198.51.100.9:443"),
    ])
    func anAlertSaysWhatWasDoneToWhatFromWhere(fields: [String: String], says: String) {
        #expect(Self.text(fields) == says)
    }

    @Test(
        "an unusual transfer names the peer with the most traffic, in the direction of the traffic",
        arguments: [
            ("to external peers", "eni-1 → 198.51.100.77:443"), ("from internal peers", "198.51.100.77:443 → eni-1"),
            ("rejected, inbound", "198.51.100.77:443 → eni-1"),
        ])
    func transfers(series: String, says: String) {
        let peers: JSON = [["address": "198.51.100.77", "port": 443], ["address": "192.0.2.1", "port": 80]]
        let alert = Alert(
            rule: "r", title: "t", time: 0, severity: .low, actor: "a", practice: "",
            fields: ["interface": "eni-1", "series": series], evidence: [.init("top_peers", peers)])
        #expect(AlertSentence([alert]).text == says)
    }

    @Test func theTargetOfAStepStandsWithItsAction() {
        let steps: JSON = [
            ["action": "AuthorizeSecurityGroupIngress", "target": "sg-1", "source": "192.0.2.1"],
            ["action": "DeleteFlowLogs", "target": "fl-1", "source": "192.0.2.1"], ["action": "ListBuckets"],
        ]
        let alert = Alert(
            rule: "r", title: "t", time: 0, severity: .low, actor: "a", practice: "", fields: [:],
            evidence: [.init("steps", steps)])
        let says = "AuthorizeSecurityGroupIngress on sg-1, DeleteFlowLogs on fl-1, … (3) from 192.0.2.1"
        #expect(AlertSentence([alert]).text == says)
    }

    @Test func anAlertWithoutSuchFieldsSaysNothing() {
        #expect(Self.text(["user": "kim"]) == nil)
        #expect(AlertSentence([]).text == nil)
    }

    @Test func manyValuesAreCounted() {
        #expect(Self.text(["eventName": "A"], ["eventName": "B"], ["eventName": "A"]) == "A, B")
        #expect(Self.text(["eventName": "A"], ["eventName": "B"], ["eventName": "C"]) == "A, B, … (3)")
    }
}
