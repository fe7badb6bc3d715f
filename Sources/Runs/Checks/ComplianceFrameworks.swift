public import Dashboard
import Posture
import Practices
import Reports

/// The frameworks whose controls checks cover, for the dashboard and for reports.
public enum ComplianceFrameworks {
    private struct Framework {
        var id: String
        var name: String
        var note: String?
        var controls: [(id: String, checks: [String])]
    }

    /// The frameworks of the dashboard.
    public static var all: [DashboardPages.Framework] {
        (frameworks + catalogues).map { framework in
            .init(
                id: framework.id, name: framework.name, note: framework.note,
                controls: framework.controls.map { .init(id: $0.id, checks: $0.checks) })
        }
    }

    /// The frameworks of a report's control mapping.
    static var ofReports: [ScanScope.Framework] {
        frameworks.map { framework in
            .init(
                name: framework.name, note: framework.note,
                controls: framework.controls.map { .init(id: $0.id, checks: $0.checks) })
        }
    }

    /// The versions of the CIS benchmark with all of their controls, and what is known of wider frameworks.
    private static var frameworks: [Framework] {
        let checks = checks
        let benchmarks = CISBenchmark.versions.map { version, controls in
            Framework(
                id: "cis-\(version)", name: "CIS AWS Foundations Benchmark \(version)",
                controls: controls.map { ($0, checks["\(Reference.cis(version, $0))"] ?? []) })
        }
        return benchmarks + [
            ofCovered("pci-4.0.1", "PCI DSS 4.0.1", "pci:4.0.1/", checks, note: partial),
            ofCovered("nist-800-53", "NIST SP 800-53 Rev. 5", "nist:800-53/", checks, note: partial),
        ]
    }

    /// Catalogues of single conditions, with the conditions that checks cover.
    private static var catalogues: [Framework] {
        let checks = checks
        return [
            ofCovered("securityhub", "AWS Security Hub controls", "securityhub:", checks),
            ofCovered("config", "AWS Config managed rules", "config:", checks),
        ]
    }

    private static let partial = """
        Only requirements that AWS Security Hub relates to its controls are listed here, and checks cover a part of each. \
        The rest of the framework is not covered.
        """

    /// The checks of each control, by its name as for `--check`.
    private static var checks: [String: [String]] {
        var checks: [String: [String]] = [:]
        for about in Catalogue.checks.map(\.about) {
            for name in about.names { checks[name.description, default: []].append(about.id) }
        }
        return checks
    }

    /// A framework of which only the controls are listed that checks cover.
    private static func ofCovered(
        _ id: String, _ name: String, _ prefix: String, _ checks: [String: [String]], note: String? = nil
    ) -> Framework {
        let controls = checks.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        return Framework(
            id: id, name: name, note: note,
            controls: controls.sorted { parts($0).lexicographicallyPrecedes(parts($1)) }
                .map { ($0, checks[prefix + $0] ?? []) })
    }

    /// A control's words and numbers. Numbers count as numbers: `IAM.9` comes before `IAM.10`, `AC-2(4)` before `AC-3`.
    private static func parts(_ id: String) -> [ControlPart] {
        id.split { ".-() ".contains($0) }.map { part in Int(part).map(ControlPart.number) ?? .word(String(part)) }
    }

    private enum ControlPart: Comparable {
        case number(Int)
        case word(String)
    }
}
