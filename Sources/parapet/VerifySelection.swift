import AWSClient
import ArgumentParser
import FoundationEssentials
import LogReaders
import TrailIntegrity

/// Which trails, accounts and time are verified. The options are spelled as in the AWS CLI's `validate-logs`.
struct VerifySelection: ParsableArguments {
    @Option(
        name: .customLong("trail-arn"),
        help: ArgumentHelp("The trail; the default is every trail of the account.", valueName: "arn"))
    var trailARN: String?

    @Option(
        name: .customLong("start-time"),
        help: ArgumentHelp("From when (ISO 8601); the default is 24 hours before the end.", valueName: "time"))
    var startTime: String?

    @Option(
        name: .customLong("end-time"),
        help: ArgumentHelp("Until when (ISO 8601); the default is now.", valueName: "time"))
    var endTime: String?

    @Option(
        name: .customLong("account-id"),
        help: ArgumentHelp(
            "Only this account's log files; may be repeated. The default is all of an organisation's.", valueName: "id")
    )
    var accountID: [String] = []

    @Option(
        name: .customLong("s3-bucket"),
        help: ArgumentHelp("The bucket, where it is not the one that the trail delivers to now.", valueName: "name"))
    var s3Bucket: String?

    @Option(
        name: .customLong("s3-prefix"),
        help: ArgumentHelp("The prefix of the keys in that bucket.", valueName: "prefix"))
    var s3Prefix: String?

    @Option(
        name: .customLong("organization-id"),
        help: ArgumentHelp("The organisation whose folder in the bucket is read, like o-exampleorgid.", valueName: "id")
    )
    var organizationID: String?

    func validate() throws {
        if let trailARN, TrailARN(trailARN) == nil {
            throw ValidationError(
                "'\(trailARN)' is not a trail's ARN, like arn:aws:cloudtrail:us-east-1:123456789012:trail/main")
        }
        for text in [startTime, endTime].compactMap(\.self) where Moment.parse(text) == nil {
            throw ValidationError("'\(text)' is not a date in ISO 8601, such as 2026-01-31T12:00:00Z or 2026-01-31")
        }
        if let start = startTime.flatMap(Moment.parse), start > endTime.flatMap(Moment.parse) ?? Date() {
            throw ValidationError("the start time is after the end time")
        }
        for id in accountID where id.utf8.count != 12 || !id.allSatisfy({ ("0"..."9").contains($0) }) {
            throw ValidationError("'\(id)' is not an account id, which has twelve digits")
        }
        if let organizationID, !organizationID.hasPrefix("o-") || organizationID.contains("/") {
            throw ValidationError("'\(organizationID)' is not an organisation's id, which begins with o-")
        }
        if s3Prefix != nil, s3Bucket == nil { throw ValidationError("--s3-prefix belongs to --s3-bucket") }
    }

    func range(now: Date) -> ClosedRange<Date> {
        let end = endTime.flatMap(Moment.parse) ?? now
        return (startTime.flatMap(Moment.parse) ?? end.addingTimeInterval(-86_400))...end
    }

    /// The trail or trails that deliver to a bucket that the user names.
    func places(in bucket: String) -> [TrailPlace] {
        let arn = trailARN.flatMap(TrailARN.init)
        return [
            TrailPlace(
                trail: arn?.name, account: arn?.account, bucket: bucket, prefix: prefix(s3Prefix ?? ""),
                organization: organizationID.map(TrailPlace.Organization.id) ?? .find)
        ]
    }

    /// Without the slash that the user may have written at its end.
    func prefix(_ text: String) -> String {
        text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}

/// `arn:PARTITION:cloudtrail:REGION:ACCOUNT:trail/NAME`
struct TrailARN {
    let name: TrailName
    let account: String

    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "cloudtrail", Region.isWellFormed(parts[3]),
            parts[4].utf8.count == 12, parts[5].hasPrefix("trail/"), parts[5].count > "trail/".count
        else { return nil }
        name = TrailName(name: String(parts[5].dropFirst("trail/".count)), homeRegion: parts[3])
        account = parts[4]
    }
}

/// A local copy of a bucket, and the keys to verify it with.
struct LocalCopy: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder that mirrors the bucket, each object's metadata beside it in KEY.metadata.json.", valueName: "dir"
        ))
    var path: String?

    @Option(
        name: .customLong("public-keys"),
        help: ArgumentHelp(
            "What 'aws cloudtrail list-public-keys' printed; may be repeated for several regions.", valueName: "file"))
    var publicKeys: [String] = []

    func validate() throws {
        if path != nil, publicKeys.isEmpty { throw ValidationError("--path goes with --public-keys") }
        if path == nil, !publicKeys.isEmpty { throw ValidationError("--public-keys goes with --path") }
    }

    func keys() throws(CommandFailure) -> SavedKeys {
        var parts: [SavedKeys] = []
        for file in publicKeys {
            let bytes = try InputFile.bytes(file)
            do throws(VerificationError) {
                parts.append(try SavedKeys(bytes, name: file))
            } catch {
                throw CommandFailure(error, verbose: false)
            }
        }
        return SavedKeys(parts)
    }
}

/// A folder that the user names.
enum InputFolder {
    static func check(_ path: String) throws(CommandFailure) {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory else {
            throw CommandFailure("\(path) cannot be read", why: "there is no such folder", advice: "check the path")
        }
    }
}
