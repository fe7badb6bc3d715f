import ArgumentParser
import Basics
import Runs

/// The credentials to use, the Regions to read and the endpoint to call.
struct AWSOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Profile of the shared config and credentials files.", completion: .profiles)
    var profile: String?

    @Option(help: "ARN of a role to assume first.") var roleARN: String?
    @Option(help: "External ID that the trust policy of the role requires.") var externalID: String?
    @Option(help: "ARN or serial number of the MFA device that the role requires.") var mfaSerial: String?

    @Option(
        name: .shortAndLong,
        help: "Region to read; can be repeated or a comma-separated list. The default is every enabled Region.",
        completion: .regions, transform: ArgumentValue.regions)
    var region: [[String]] = []

    @Flag(help: "Read every enabled Region (the default).") var allRegions = false
    @Option(help: "Override the AWS endpoint URL.") var endpointURL: String?

    func validate() throws {
        if allRegions, !region.isEmpty { throw ValidationError("--all-regions and --region cannot be combined") }
        if roleARN == nil, externalID != nil || mfaSerial != nil {
            throw ValidationError("--external-id and --mfa-serial require --role-arn")
        }
    }

    var session: SessionOptions {
        var session = SessionOptions()
        (session.profile, session.regions, session.endpointURL) = (profile, region.flatMap(\.self), endpointURL)
        (session.roleARN, session.externalID, session.mfaSerial) = (roleARN, externalID, mfaSerial)
        return session
    }
}
