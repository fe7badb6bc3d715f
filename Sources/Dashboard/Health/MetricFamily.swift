/// All series of one metric.
struct MetricFamily: Sendable {
    enum Kind: Sendable {
        case counter, gauge, histogram
        /// A histogram in seconds.
        case timer

        var isHistogram: Bool { self == .histogram || self == .timer }
        /// The type's name in both formats.
        var type: String { isHistogram ? "histogram" : self == .counter ? "counter" : "gauge" }
    }

    /// The name without the ending that the sample of a counter has.
    let name: String
    let kind: Kind
    let help: String?
    private var all: [MetricLabels: MetricSeries] = [:]

    init(name: String, kind: Kind, help: String?) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    var type: String { kind.type }

    /// Returns the series with the labels, or the one for all that go beyond the limit.
    mutating func series(_ labels: MetricLabels) -> MetricSeries {
        if let series = all[labels] { return series }
        let labels = all.count < PrometheusRegistry.seriesLimit - 1 ? labels : labels.others
        if let series = all[labels] { return series }
        let series = MetricSeries(kind)
        all[labels] = series
        return series
    }

    func write(to text: inout String, _ format: MetricFormat) {
        let sample = kind == .counter ? name + MetricName.total : name
        let title = format == .openMetrics ? name : sample
        if let help { text += "# HELP \(title) \(MetricLabels.escaped(help, quotes: format == .openMetrics))\n" }
        text += "# TYPE \(title) \(type)\n"
        for (labels, series) in all.sorted(by: { $0.key < $1.key }) {
            let state = series.state
            guard kind.isHistogram else {
                text += "\(sample)\(labels.text()) \(MetricSeries.text(state.value))\n"
                continue
            }
            var sum = 0
            for (bound, count) in zip(MetricSeries.bounds + [.infinity], state.buckets) {
                sum += count
                text += "\(name)_bucket\(labels.text(adding: ("le", MetricSeries.text(bound)))) \(sum)\n"
            }
            text += "\(name)_sum\(labels.text()) \(MetricSeries.text(state.value))\n"
            text += "\(name)_count\(labels.text()) \(sum)\n"
        }
    }
}

/// Names of metrics as Prometheus allows them, `[a-zA-Z_:][a-zA-Z0-9_:]*`, without the endings that samples have.
enum MetricName {
    static let total = "_total"
    private static let limit = 200

    static func valid(_ label: String, _ kind: MetricFamily.Kind) -> String {
        var name = sanitized(label, colons: true)
        // Endings that belong to the samples of histograms, to series that are about a series, and to counters.
        for ending in ["_bucket", "_count", "_sum", "_created", "_info", total] where name.hasSuffix(ending) {
            name.removeLast(ending.count)
        }
        if name.isEmpty { name = "_" }
        return kind == .timer && !name.hasSuffix("_seconds") ? name + "_seconds" : name
    }

    /// Replaces what a name cannot contain by underscores.
    static func sanitized(_ text: String, colons: Bool) -> String {
        var name = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            let isValid = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            name.unicodeScalars.append(isValid || (colons && scalar == ":") ? scalar : "_")
        }
        return name.first?.isNumber == true ? "_" + name : name
    }
}
