import ArgumentParser
import Runs

/// Whose account is read, and where calls go.
struct AWSOptions: ParsableArguments {
    @Option(help: "The profile of the shared config and credentials files to use.") var profile: String?
    @Option(help: "A role to assume first.") var roleARN: String?
    @Option(help: "The external id that the role's trust policy asks for.") var externalID: String?
    @Option(help: "The MFA device whose code the role's trust policy asks for.") var mfaSerial: String?
    @Option(help: "A region to read; may be repeated. The default is every enabled region.") var region: [String] = []
    @Flag(help: "Every enabled region (the default).") var allRegions = false
    @Option(help: "Send every call to this address instead of AWS's.") var endpointURL: String?

    func validate() throws {
        if allRegions, !region.isEmpty { throw ValidationError("--all-regions and --region exclude each other") }
        if roleARN == nil, externalID != nil || mfaSerial != nil {
            throw ValidationError("--external-id and --mfa-serial belong to --role-arn")
        }
    }

    var session: SessionOptions {
        var session = SessionOptions()
        (session.profile, session.regions, session.endpointURL) = (profile, region, endpointURL)
        (session.roleARN, session.externalID, session.mfaSerial) = (roleARN, externalID, mfaSerial)
        return session
    }
}
