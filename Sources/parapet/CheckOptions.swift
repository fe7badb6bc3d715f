import ArgumentParser
import Basics
import Posture
import Runs

/// Which checks are made.
struct CheckOptions: ParsableArguments {
    @Option(
        help: .value(
            "id",
            """
            Check, by its id or by the id of another tool (prowler:…, securityhub:CloudTrail.4, config:…, \
            cis:3.0/3.2); can be repeated or a comma-separated list.
            """
        ))
    var check: [String] = []

    @Option(help: .value("name", "All checks of a practice; can be repeated or a comma-separated list."))
    var practice: [Practice] = []

    @Option(help: "Only checks of at least this severity: low, medium, high or critical.") var severity: Severity?

    @Option(
        help: .value(
            "name", "Only checks of a framework: cis-1.4, cis-3.0, cis-5.0, securityhub, prowler or config.")
    )
    var framework: String?

    func validate() throws { _ = try selected() }

    /// - Throws: a usage error if no check is left.
    func selected(withOnRequest onRequest: Bool = false) throws -> [any Check] {
        let selection = CheckSelection(names: check, practices: practice, severity: severity, framework: framework)
        return try ArgumentValue.valid(try selection.selected(withOnRequest: onRequest))
    }
}
