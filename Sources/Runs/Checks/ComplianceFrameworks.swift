public import Dashboard
import Posture
import Practices

/// The frameworks whose controls checks cover, for the dashboard.
public enum ComplianceFrameworks {
    public static var all: [DashboardPages.Framework] {
        var checks: [String: [String]] = [:]
        for about in Catalogue.checks.map(\.about) {
            for reference in about.references { checks[reference.description, default: []].append(about.id) }
        }
        let benchmarks = OtherCatalogues.benchmarks.map { version, controls in
            DashboardPages.Framework(
                id: "cis-\(version)", name: "CIS AWS Foundations Benchmark \(version)",
                controls: controls.map { .init(id: $0, checks: checks["\(Reference.cis(version, $0))"] ?? []) })
        }
        let others = [
            ("securityhub", "AWS Security Hub controls"), ("config", "AWS Config managed rules"),
        ].map { catalogue, name in
            let prefix = catalogue + ":"
            let controls = checks.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
            return DashboardPages.Framework(
                id: catalogue, name: name,
                controls: controls.sorted(by: isBefore).map { .init(id: $0, checks: checks[prefix + $0] ?? []) })
        }
        return benchmarks + others
    }

    /// Numbers count as numbers: `IAM.9` comes before `IAM.10`.
    private static func isBefore(_ one: String, _ other: String) -> Bool {
        func parts(_ id: String) -> (String, Int) {
            let pieces = id.split(separator: ".", maxSplits: 1)
            return (String(pieces.first ?? ""), pieces.count > 1 ? Int(pieces[1]) ?? 0 : 0)
        }
        return parts(one) < parts(other)
    }
}
