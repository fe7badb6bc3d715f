import ArgumentParser
import FoundationEssentials
import Reports
import Runs
import Store

/// Proves that delivered log files are the ones that CloudTrail wrote.
struct Verify: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Verify the integrity of CloudTrail log files.",
        discussion: """
            Follows the chain of digest files that CloudTrail signs each hour, from the newest to the oldest, and \
            compares each log file with its hash in them: in S3, for every account and Region of the trails, or over a \
            local copy with --path. Writes only the report, and the store with --store.

            Exit codes: 0 everything found is valid · 2 an invalid digest or log file · 3 no digest to verify · 1 \
            something could not be read · 64 usage error.
            """)

    @OptionGroup(title: "What to verify") var trails: TrailOptions
    @OptionGroup(title: "Local copy") var local: CopyOptions
    @OptionGroup(title: "Account") var aws: AWSOptions

    @Option(help: "Number of files decompressed in parallel; the default is one per core.") var threads: Int?
    @Option(
        help: .value(
            "seconds", "Time limit for reading from AWS; after it, nothing is verified. The default is no limit."))
    var timeout: Int?

    @OptionGroup(title: "Output") var output: OutputOptions<VerifyReport>
    @OptionGroup(title: "Store") var store: StoreOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws { _ = try verification() }

    func perform() async throws -> ExitStatus {
        let store = try store.opened()
        try output.destinations.check(beside: [output.manifest, store?.path].compactMap(\.self))
        let run = try verification()
        let result = try await verbosity.run { try await run.run(in: $0, progress: $1) }
        try store?.record(result.report, at: result.report.finished)
        verbosity.warn([result.report.nothingVerified].compactMap(\.self))
        try output.write(result.report.report, verbosity)
        return result.exitStatus
    }

    private func verification() throws -> VerifyRun {
        var run = try ArgumentValue.valid(
            try VerifyRun(
                try TrailSelection(
                    trail: trails.trailARN, accounts: trails.accountID.flatMap(\.self), regions: aws.session.regions,
                    bucket: trails.s3Bucket,
                    prefix: trails.s3Prefix, organizationID: trails.organizationID),
                from: trails.startTime, to: trails.endTime, copy: local.path, keys: local.publicKeys,
                threads: threads, timeout: timeout))
        run.session = aws.session
        return run
    }
}

/// The trails, accounts and time range to verify. The options are spelled as in the AWS CLI's `validate-logs`.
struct TrailOptions: ParsableArguments {
    @Option(help: .value("arn", "ARN of the trail; the default is every trail of the account."))
    var trailARN: String?

    @Option(
        help: .value("time", "Start (ISO 8601, or relative: 24h, 7d); the default is 24 hours before the end."),
        transform: ArgumentValue.date)
    var startTime: Date?

    @Option(
        help: .value("time", "End (ISO 8601, or relative: 24h, 7d); the default is now."), transform: ArgumentValue.date
    )
    var endTime: Date?

    @Option(
        help: .value(
            "id",
            """
            Only log files of this account; can be repeated or a comma-separated list. The default is all accounts of \
            an organization.
            """),
        transform: ArgumentValue.accountIDs)
    var accountID: [[String]] = []

    @Option(help: .value("name", "Bucket, if it is not the current delivery bucket of the trail."))
    var s3Bucket: String?

    @Option(help: .value("prefix", "Prefix of the keys in that bucket.")) var s3Prefix: String?

    @Option(help: .value("id", "ID of the organization whose folder in the bucket is read, such as o-exampleorgid."))
    var organizationID: String?
}

/// A local copy of a bucket, and the keys to verify it with.
struct CopyOptions: ParsableArguments {
    @Option(
        help: .value(
            "dir", "Folder that mirrors the bucket, with the metadata of each object beside it in KEY.metadata.json."),
        completion: .directory)
    var path: String?

    @Option(
        help: .value(
            "file",
            """
            Output of 'aws cloudtrail list-public-keys'; can be repeated for several Regions.

            """))
    var publicKeys: [String] = []
}
