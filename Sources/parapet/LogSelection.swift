import ArgumentParser
import FoundationEssentials
import LogReaders
import Detection

/// Which logs are read.
struct LogSelection: ParsableArguments {
    @Option(name: .long, help: "Which log it is: cloudtrail, s3-access or vpc-flow.")
    var source: LogSource?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file, a folder, a pattern ('logs/**/*.gz'), - for stdin, or s3://bucket/prefix; may be repeated.",
            valueName: "place"))
    var logs: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only what happened from then on (ISO 8601).", valueName: "time"))
    var from: String?

    @Option(name: .long, help: ArgumentHelp("Only what happened before then (ISO 8601).", valueName: "time"))
    var to: String?

    @Option(
        name: .customLong("flow-format"),
        help: ArgumentHelp(
            "The fields of flow logs without a header line, as AWS shows a custom format: '${version} ${srcaddr} …'.",
            valueName: "fields"))
    var flowFormat: String?

    func validate() throws {
        for text in [from, to].compactMap(\.self) where Moment.parse(text) == nil {
            throw ValidationError("'\(text)' is not a date in ISO 8601, such as 2026-01-31T12:00:00Z or 2026-01-31")
        }
        if let from = from.flatMap(Moment.parse), let to = to.flatMap(Moment.parse), from >= to {
            throw ValidationError("--from is not before --to")
        }
        try LogPlaces.check(logs)
        guard let flowFormat else { return }
        guard source == .vpcFlow else { throw ValidationError("--flow-format goes with --source vpc-flow") }
        if FlowFormat(flowFormat) == nil {
            throw ValidationError("--flow-format names no field of flow logs, such as srcaddr or bytes")
        }
    }
}
