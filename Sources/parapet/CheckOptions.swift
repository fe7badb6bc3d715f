import ArgumentParser
import Basics
import Posture
import Runs

/// The checks to evaluate.
struct CheckOptions: ParsableArguments {
    @Option(
        help: .value(
            "id",
            """
            Check, by its id or by the id of another tool (prowler:…, securityhub:CloudTrail.4, config:…, \
            cis:3.0/3.2); can be repeated or a comma-separated list.
            """),
        completion: .checks, transform: ArgumentValue.list)
    var check: [[String]] = []

    @Option(
        help: .value("id", "Check to exclude, by its id or a pattern such as 'iam-*'; can be repeated or a list."),
        completion: .checks, transform: ArgumentValue.list)
    var exclude: [[String]] = []

    @Option(
        help: .value("name", "All checks of a practice; can be repeated or a comma-separated list."),
        completion: .list(Practice.all.map(\.id)), transform: ArgumentValue.practices)
    var practice: [[Practice]] = []

    @Option(
        help: .value("name", "Only checks that read data of a service, such as s3; can be repeated or a list."),
        completion: .list(CheckSelection.services), transform: ArgumentValue.services)
    var service: [[String]] = []

    @Option(help: "Only checks of at least this severity: low, medium, high or critical.") var severity: Severity?

    @Option(
        help: .value(
            "name",
            """
            Only checks of a framework: cis-1.4, cis-3.0, cis-5.0, cis-6.0, cis-7.0, pci-4.0.1, nist-800-53, \
            securityhub, prowler or config.
            """),
        completion: .list(CheckSelection.frameworks))
    var framework: String?

    /// Whether no option selects or excludes checks.
    var isEmpty: Bool {
        check.isEmpty && exclude.isEmpty && practice.isEmpty && service.isEmpty && severity == nil && framework == nil
    }

    func validate() throws { _ = try selected() }

    /// - Throws: a usage error if the selection is invalid or empty.
    func selected(withOnRequest onRequest: Bool = false) throws -> [any Check] {
        var selection = CheckSelection(
            names: check.flatMap(\.self), practices: practice.flatMap(\.self), severity: severity,
            framework: framework)
        selection.excluded = exclude.flatMap(\.self)
        selection.services = Set(service.flatMap(\.self))
        return try ArgumentValue.valid(try selection.selected(withOnRequest: onRequest))
    }
}
