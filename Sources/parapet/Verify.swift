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

            Exit codes: 0 everything found is valid · 2 an invalid digest or log file · 3 there was no digest to verify · \
            1 something could not be read.
            """)

    @OptionGroup(title: "What to verify") var trails: TrailOptions
    @OptionGroup(title: "Local copy") var local: CopyOptions
    @OptionGroup(title: "Account") var aws: AWSOptions

    @Option(help: "How many files are decompressed at once; the default is one for each core.") var threads: Int?

    @OptionGroup(title: "Output") var output: OutputOptions<VerifyReport>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws { _ = try verification() }

    func perform() async throws -> ExitStatus {
        try output.destinations.check()
        let run = try verification()
        let result = try await verbosity.run { try await run.run(in: $0, progress: $1) }
        try output.write(result.report.report, verbosity)
        return result.exitStatus
    }

    private func verification() throws -> VerifyRun {
        var run = try ArgumentValue.valid(
            try VerifyRun(
                try TrailSelection(
                    trail: trails.trailARN, accounts: trails.accountID, regions: aws.region, bucket: trails.s3Bucket,
                    prefix: trails.s3Prefix, organizationID: trails.organizationID),
                from: trails.startTime, to: trails.endTime, copy: local.path, keys: local.publicKeys,
                threads: threads))
        run.session = aws.session
        return run
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
        help: .value("id", "Only this account's log files; may be repeated. The default is all of an organization's."),
        transform: ArgumentValue.accountID)
    var accountID: [String] = []

    @Option(help: .value("name", "The bucket, where it is not the one that the trail delivers to now."))
    var s3Bucket: String?

    @Option(help: .value("prefix", "The prefix of the keys in that bucket.")) var s3Prefix: String?

    @Option(help: .value("id", "The organization whose folder in the bucket is read, like o-exampleorgid."))
    var organizationID: String?
}

/// A local copy of a bucket, and the keys to verify it with.
struct CopyOptions: ParsableArguments {
    @Option(
        help: .value("dir", "A folder that mirrors the bucket, each object's metadata beside it in KEY.metadata.json."))
    var path: String?

    @Option(
        help: .value("file", "What 'aws cloudtrail list-public-keys' printed; may be repeated for several regions."))
    var publicKeys: [String] = []
}
