import CoreMetrics
import Foundation
import TestSupport
import Testing

@testable import Dashboard

@Suite struct PrometheusTests {
    private struct Sample: Decodable {
        var family: String
        var type: String
        var help: String
        var name: String
        var labels: [String: String]
        var value: String
    }

    private func opinions(_ registry: PrometheusRegistry, _ format: MetricFormat) async throws -> [Sample] {
        let file = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString)")
        try Data(registry.text(format).utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try await Subprocess.python(
            "Tests/Support/python/metrics_opinions.py",
            [format == .openMetrics ? "openmetrics" : "text", file.path])
        #expect(outcome.status == 0, "\(outcome.standardError.suffix(400))")
        return try JSONDecoder().decode([Sample].self, from: Data(outcome.standardOutput.utf8))
    }

    static let hostile = [
        "plain", "", "a\"b", #"a\b"#, #"a\nb"#, "a\nb", "a\r\nb", "}", "{x=\"1\"} 7\n# EOF\n", "ü😀", "\u{1B}[31m",
        "a\u{0}b",
        "a\u{85}b", "a\u{2028}b\u{2029}", String(repeating: "x", count: 5_000), "<script>", ",", " 1 2",
    ]

    @Test(arguments: [MetricFormat.prometheus, .openMetrics])
    func strictParsersAcceptHostileLabels(format: MetricFormat) async throws {
        let registry = PrometheusRegistry(help: ["hostile.things": "A help text\nwith \\ and \"quotes\"."])
        for (number, value) in Self.hostile.enumerated() {
            Counter(label: "hostile.things", dimensions: [("value", value), ("n", "\(number)")], factory: registry)
                .increment(by: 2)
            Counter(label: "odd\(value)", dimensions: [], factory: registry).increment()
            Gauge(label: "gauge", dimensions: [(value, "x"), ("__name__", "y"), ("le", "z")], factory: registry).record(
                1)
            Timer(label: "page", dimensions: [("le", value)], factory: registry).recordMilliseconds(30)
        }
        let samples = try await opinions(registry, format)
        let things = samples.filter { $0.family == "hostile_things" && $0.name == "hostile_things_total" }
        #expect(things.count == Self.hostile.count)
        #expect(things.allSatisfy { Double($0.value) == 2 && $0.type == "counter" })
        #expect(
            Set(things.compactMap { $0.labels["value"] }).isSuperset(of: ["a\"b", #"a\b"#, #"a\nb"#, "a\nb", "ü😀"]))
        #expect(things.first?.help == "A help text\nwith \\ and \"quotes\".")
        #expect(samples.contains { $0.name == "page_seconds_count" })
    }

    @Test(arguments: [MetricFormat.prometheus, .openMetrics])
    func everyKindIsReadAsItWasWritten(format: MetricFormat) async throws {
        let registry = PrometheusRegistry()
        Counter(label: "a_total", factory: registry).increment(by: 3)
        FloatingPointCounter(label: "b", factory: registry).increment(by: 0.5)
        Meter(label: "c", factory: registry).set(-4)
        Gauge(label: "d", factory: registry).record(1.5)
        let recorder = Recorder(label: "lag_seconds", factory: registry)
        for value in [0.005, 0.2, 7, 1e6] { recorder.record(value) }
        Timer(label: "e", factory: registry).recordSeconds(2)
        let values = Dictionary(
            try await opinions(registry, format).map {
                ($0.name + ($0.labels["le"].map { " \($0)" } ?? ""), Double($0.value))
            }
        ) { first, _ in first }
        #expect(values["a_total"] == 3)
        #expect(values["b_total"] == 0.5)
        #expect(values["c"] == -4)
        #expect(values["d"] == 1.5)
        #expect(values["lag_seconds_count"] == 4)
        #expect(values["lag_seconds_bucket 0.005"] == 1)
        #expect(values["lag_seconds_bucket 10.0"] == 3)
        #expect(values["lag_seconds_bucket +Inf"] == 4)
        #expect(values["lag_seconds_sum"] == 1_000_007.205)
        #expect(values["e_seconds_sum"] == 2)
    }

    @Test func labelsAreBounded() {
        let registry = PrometheusRegistry()
        for number in 0..<5_000 {
            Counter(label: "peers", dimensions: [("address", "10.0.0.\(number)")], factory: registry).increment()
        }
        let lines = registry.text(.prometheus).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == PrometheusRegistry.seriesLimit)
        #expect(lines.contains("peers_total{address=\"other\"} \(Double(5_000 - PrometheusRegistry.seriesLimit + 1))"))
        for number in 0..<5_000 { Gauge(label: "g\(number)", factory: registry).record(1) }
        #expect(registry.text(.prometheus).split(separator: "\n").count < 1_500)
    }

    @Test func countersNeverFallAndOnlyFiniteValuesCount() {
        let registry = PrometheusRegistry()
        let counter = FloatingPointCounter(label: "a", factory: registry)
        for amount in [1, -5, .nan, .infinity] as [Double] { counter.increment(by: amount) }
        let gauge = Gauge(label: "b", factory: registry)
        for value in [2, .nan, -.infinity] as [Double] { gauge.record(value) }
        Recorder(label: "c", factory: registry).record(Double.nan)
        let text = registry.text(.prometheus)
        #expect(text.contains("a_total 1.0\n"))
        #expect(text.contains("b 2.0\n"))
        #expect(text.contains("c_count 0\n"))
    }

    @Test func twoKindsUnderOneNameStayApart() async throws {
        let registry = PrometheusRegistry()
        Counter(label: "x.y", factory: registry).increment()
        Counter(label: "x_y", factory: registry).increment()
        Gauge(label: "x_y_total", factory: registry).record(9)
        Timer(label: "x_y", factory: registry).recordSeconds(1)
        Gauge(label: "x_y_seconds", factory: registry).record(4)
        Gauge(label: "x_y_seconds_count", factory: registry).record(5)
        for format in [MetricFormat.prometheus, .openMetrics] {
            let samples = try await opinions(registry, format)
            #expect(samples.first { $0.name == "x_y_total" }?.value == "2.0")
            #expect(samples.contains { Double($0.value) == 4 || Double($0.value) == 5 })
        }
    }

    @Test(
        arguments: [
            (nil, false), ("*/*", false), ("text/plain", false), ("application/openmetrics-text", true),
            ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", true),
            ("application/openmetrics-text;q=0.2,text/plain;q=0.9", false), ("application/openmetrics-text;q=0", false),
            ("application/openmetrics-text;q=x", false), (",;,;q=", false),
            (String(repeating: "a/b,", count: 10_000), false),
        ] as [(String?, Bool)])
    func theFormatFollowsWhatIsAccepted(accept: String?, isOpen: Bool) {
        let answer = PrometheusRegistry().answer(accept: accept)
        #expect(answer.contentType.hasPrefix("application/openmetrics-text") == isOpen)
        #expect(answer.text == (isOpen ? "# EOF\n" : ""))
    }
}
