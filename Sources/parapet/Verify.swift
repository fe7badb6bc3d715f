import ArgumentParser
import FoundationEssentials
import Reports
import Runs

/// Proves that delivered log files are the ones that CloudTrail wrote.
struct Verify: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Prove that delivered log files are the ones that CloudTrail wrote.",
        discussion: """
            Follows the chain of digest files that CloudTrail signs each hour, from the newest to the oldest, and \
            compares each log file with the hash that stands in them: in S3, for every account and region that the \
            trails deliver for, or over a local copy with --path. Nothing is written but the report.

            Exit codes: 0 everything found is valid (or there was no digest) · 2 an invalid digest or log file · \
            1 something could not be read.
            """)

    @OptionGroup(title: "What to verify") var trails: TrailOptions
    @OptionGroup(title: "Local copy") var local: CopyOptions
    @OptionGroup(title: "Account") var aws: AWSOptions

    @Option(help: "How many files are decompressed at once; the default is one for each core.") var threads: Int?

    @OptionGroup(title: "Output") var output: OutputOptions<VerifyReport>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if local.path != nil, trails.s3Bucket == nil {
            throw ValidationError("--path goes with --s3-bucket, the bucket that the folder is a copy of")
        }
        try ArgumentValue.threads(threads)
    }

    func perform() async throws -> ExitStatus {
        try output.check()
        var run = VerifyRun(trails.selection(regions: aws.region), in: trails.range, copy: local.copy(trails.s3Bucket))
        run.session = aws.session
        if let threads { run.threads = threads }
        let result = try await verbosity.run { [run] in
            try await run.run(in: $0, progress: $1)
        }
        try output.write(result.report.report, verbosity)
        return result.exitStatus
    }
}

/// Which trails, accounts and time are verified. The options are spelled as in the AWS CLI's `validate-logs`.
struct TrailOptions: ParsableArguments {
    @Option(help: .value("arn", "The trail; the default is every trail of the account."))
    var trailARN: String?

    @Option(
        help: .value("time", "From when (ISO 8601); the default is 24 hours before the end."),
        transform: ArgumentValue.date)
    var startTime: Date?

    @Option(help: .value("time", "Until when (ISO 8601); the default is now."), transform: ArgumentValue.date)
    var endTime: Date?

    @Option(
        help: .value("id", "Only this account's log files; may be repeated. The default is all of an organisation's."),
        transform: ArgumentValue.accountID)
    var accountID: [String] = []

    @Option(help: .value("name", "The bucket, where it is not the one that the trail delivers to now."))
    var s3Bucket: String?

    @Option(help: .value("prefix", "The prefix of the keys in that bucket.")) var s3Prefix: String?

    @Option(help: .value("id", "The organisation whose folder in the bucket is read, like o-exampleorgid."))
    var organizationID: String?

    func validate() throws {
        if let trailARN, TrailARN(trailARN) == nil {
            throw ValidationError(
                "'\(trailARN)' is not a trail's ARN, like arn:aws:cloudtrail:us-east-1:123456789012:trail/main")
        }
        if let startTime, startTime > endTime ?? Date() {
            throw ValidationError("the start time is after the end time")
        }
        if let organizationID, !organizationID.hasPrefix("o-") || organizationID.contains("/") {
            throw ValidationError("'\(organizationID)' is not an organisation's id, which begins with o-")
        }
        if s3Prefix != nil, s3Bucket == nil { throw ValidationError("--s3-prefix belongs to --s3-bucket") }
    }

    var range: ClosedRange<Date> {
        let end = endTime ?? Date()
        return (startTime ?? end.addingTimeInterval(-86_400))...end
    }

    func selection(regions: [String]) -> TrailSelection {
        var selection = TrailSelection()
        selection.trail = trailARN.flatMap(TrailARN.init)
        selection.accounts = accountID
        selection.regions = regions
        selection.bucket = s3Bucket
        selection.prefix = s3Prefix
        selection.organizationID = organizationID
        return selection
    }
}

/// A local copy of a bucket, and the keys to verify it with.
struct CopyOptions: ParsableArguments {
    @Option(
        help: .value("dir", "A folder that mirrors the bucket, each object's metadata beside it in KEY.metadata.json."))
    var path: String?

    @Option(
        help: .value("file", "What 'aws cloudtrail list-public-keys' printed; may be repeated for several regions."))
    var publicKeys: [String] = []

    func validate() throws {
        if path != nil, publicKeys.isEmpty { throw ValidationError("--path goes with --public-keys") }
        if path == nil, !publicKeys.isEmpty { throw ValidationError("--public-keys goes with --path") }
    }

    func copy(_ bucket: String?) -> VerifyRun.Copy? {
        guard let path, let bucket else { return nil }
        return VerifyRun.Copy(folder: path, bucket: bucket, keys: publicKeys)
    }
}
