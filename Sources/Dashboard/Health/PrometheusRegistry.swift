public import Metrics
import Synchronization

/// The metrics of this process: a back end of swift-metrics that answers in the formats of Prometheus.
///
/// Names and labels are made valid, and bounded: a metric has at most ``seriesLimit`` combinations of labels, and what
/// comes after them is added up under the label values `other`. A counter that falls, or a value that is not finite, is
/// left out.
/// - Source: Prometheus exposition formats 0.0.4; OpenMetrics 1.0.0.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// The number of combinations of labels that a metric may have.
    public static let seriesLimit = 200
    /// The number of metrics.
    static let familyLimit = 500

    private let families = Mutex<[String: MetricFamily]>([:])
    private let help: [String: String]

    /// - Parameter help: a sentence about each metric, by the label that it is created with.
    public init(help: [String: String] = [:]) { self.help = help }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, .counter, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, .counter, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, .gauge, dimensions)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        series(label, aggregate ? .histogram : .gauge, dimensions)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, .timer, dimensions)
    }

    // A metric that the program no longer holds keeps its last value, as Prometheus expects of counters.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func series(
        _ label: String, _ kind: MetricFamily.Kind, _ dimensions: [(String, String)]
    ) -> MetricSeries {
        let labels = MetricLabels(dimensions, isHistogram: kind.isHistogram)
        return families.withLock { families in
            // Two labels may become one name; of two kinds, the later one gets a name of its own.
            var name = MetricName.valid(label, kind)
            while let family = families[name], family.type != kind.type {
                name += "_\(kind.type)"
            }
            guard families[name] != nil || families.count < Self.familyLimit else { return MetricSeries(kind) }
            return families[name, default: MetricFamily(name: name, kind: kind, help: help[label])].series(labels)
        }
    }

    /// The content type and the text of all metrics.
    /// - Parameter accept: the header `Accept` of the request; OpenMetrics is answered if it is accepted at least as
    ///   gladly as plain text.
    public func answer(accept: String?) -> (contentType: String, text: String) {
        let isOpen = AcceptedTypes(accept ?? "").prefers("application/openmetrics-text", to: "text/plain")
        return isOpen
            ? ("application/openmetrics-text; version=1.0.0; charset=utf-8", text(.openMetrics))
            : ("text/plain; version=0.0.4; charset=utf-8", text(.prometheus))
    }

    func text(_ format: MetricFormat) -> String {
        let families = families.withLock { $0 }
        var text = ""
        for family in families.values.sorted(by: { $0.name < $1.name }) { family.write(to: &text, format) }
        if format == .openMetrics { text += "# EOF\n" }
        return text
    }
}

/// The text formats of metrics.
enum MetricFormat {
    /// Prometheus's text format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0.
    case openMetrics
}
