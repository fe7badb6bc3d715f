import ArgumentParser

/// Options for the report's heading and client, and for redaction.
struct AuditOptions: ParsableArguments {
    @Option(help: "The heading of the report.") var title: String?
    @Option(help: .value("name", "Client of the report, for its scope.")) var client: String?

    @Flag(help: "Take account IDs, names, ARNs, messages and texts of evidence out of every format.")
    var redact = false
}
