import Basics
public import LogReaders

/// The descriptions of the built-in analytics: `hunt --list-rules` and `--explain-rule` print them.
public enum BuiltInAnalytics {
    /// The analytics of a log, sorted by identifier. The summaries state the default thresholds.
    public static func rules(for source: LogSource) -> [AlertRule] {
        let rules =
            switch source {
            case .cloudTrail: keyHistory(KeySettings()) + aggregated
            case .s3Access: refusals(AccessSettings()) + clients(AccessSettings()) + sensitive
            case .vpcFlow:
                volumes(FlowSettings()) + peers(FlowSettings()) + probes(FlowSettings()) + gaps(FlowSettings())
            }
        return rules.sorted { $0.id < $1.id }
    }

    static func analytic(
        _ id: String, _ title: String, _ severity: Severity, practice: String, techniques: [String],
        falsePositives: [String], response: String, references: [String] = [], _ summary: String
    ) -> AlertRule {
        AlertRule(
            id: id, title: title, kind: .analytic, severity: severity, practice: practice, summary: summary,
            techniques: techniques, references: references, falsePositives: falsePositives,
            response: response)
    }

    /// An amount of bytes: `20 MB`, `1.5 GB`, in powers of ten.
    static func amount(_ bytes: Double) -> String {
        let (value, unit) =
            bytes >= 1e9 ? (bytes / 1e9, "GB") : bytes >= 1e6 ? (bytes / 1e6, "MB") : (bytes / 1e3, "kB")
        return "\(figure(value)) \(unit)"
    }

    /// A number without superfluous digits: `7` and `4.5`.
    static func figure(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
