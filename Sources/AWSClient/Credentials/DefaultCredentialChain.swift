public import Basics

/// The places that may hold credentials, in the AWS CLI's order.
///
/// 1. The environment's access key, unless a profile is chosen explicitly.
/// 2. The profile, if it assumes a role.
/// 3. A web identity token: the environment's, unless a profile is chosen explicitly; else the profile's.
/// 4. The rest of the profile: SSO, keys of the credentials file, `credential_process`, keys of the config file.
/// 5. The container's endpoint.
/// 6. The instance metadata service.
///
/// Only `--profile` chooses a profile explicitly: `AWS_PROFILE` only replaces the name `default`, and the environment's
/// access key takes precedence over it. The first configured source is used. If it fails, the failure is reported, and
/// no other identity is used instead.
///
/// Source: AWS CLI User Guide, "Configuration settings and precedence" and "Environment variables", and botocore's
/// behavior for cases that these do not cover. The one difference: `AWS_PROFILE`, the only documented one, wins over
/// `AWS_DEFAULT_PROFILE`.
public struct DefaultCredentialChain: CredentialProvider {
    private let environment: AWSEnvironment
    private let transport: any HTTPTransport
    private let sign: RequestSigning
    private let explicitProfile: String?
    private let region: String?
    private let endpointURL: String?

    /// - Parameters:
    ///   - profile: the profile of the command line, if any.
    ///   - region: the region of the STS endpoint for assuming roles; `nil` for the region of environment and profile.
    ///   - endpointURL: the URL that the user gave for all services, if any.
    public init(
        environment: AWSEnvironment, transport: any HTTPTransport, sign: @escaping RequestSigning,
        profile: String? = nil, region: String? = nil, endpointURL: String? = nil
    ) {
        self.environment = environment
        self.transport = transport
        self.sign = sign
        explicitProfile = profile
        self.region = region
        self.endpointURL = endpointURL
    }

    /// Reads everything again, so that keys that were rotated in the files are used.
    public func credentials() async throws(Failure) -> Credentials {
        let context = try context()
        let (source, provider) = try choose(in: context)
        do {
            return try await provider.credentials()
        } catch  where source == .instanceMetadata {
            throw nothingFound(in: context, instanceMetadata: error.why)
        }
    }

    /// Returns the source that ``credentials()`` would use, without sending a request.
    public func source() throws(Failure) -> CredentialSource {
        try choose(in: try context()).source
    }

    private func context() throws(Failure) -> CredentialContext {
        let shared = try SharedConfiguration(environment)
        let profile = try shared.selectProfile(explicit: explicitProfile, environment)
        do {
            return CredentialContext(
                environment: environment, shared: shared, profile: profile,
                region: try region ?? Region.chosen(environment, shared, profile: profile),
                endpoints: EndpointResolver(
                    try EndpointSettings(environment, shared, profile: profile, endpointURL: endpointURL)),
                transport: transport, sign: sign)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(
                "the settings cannot be read", why: "\(error)", advice: "check the profile '\(profile)'")
        }
    }

    private func choose(
        in context: CredentialContext
    ) throws(Failure) -> (source: CredentialSource, provider: any CredentialProvider) {
        if explicitProfile == nil, EnvironmentCredentials.isConfigured(in: environment) {
            return (.environment, EnvironmentCredentials(environment: environment))
        }
        let profile = ProfileCredentials(
            context: context, profile: context.shared.profiles[context.profile] ?? Profile(context.profile))
        if explicitProfile == nil, profile.kind != .role,
            let provider = try environmentWebIdentity(profile.profile, context)
        {
            return (.webIdentity, provider)
        }
        if let provider = try profile.provider() { return (.profile(context.profile), provider) }
        if ContainerCredentials.isConfigured(in: environment) {
            return (.container, ContainerCredentials(environment: environment, transport: transport))
        }
        guard !InstanceMetadata.isDisabled(in: environment) else {
            throw nothingFound(in: context, instanceMetadata: "AWS_EC2_METADATA_DISABLED is true")
        }
        return (.instanceMetadata, context.instanceMetadata)
    }

    /// If the environment names only the token, the profile can name the role and the session.
    private func environmentWebIdentity(
        _ profile: Profile, _ context: CredentialContext
    ) throws(Failure) -> WebIdentityCredentials? {
        guard let file = environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE") else { return nil }
        guard let arn = environment.variable("AWS_ROLE_ARN") ?? profile["role_arn"] else {
            throw Failure(
                "the web identity token cannot be used",
                why: "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not",
                advice: "set AWS_ROLE_ARN to the role that the token opens")
        }
        let name = environment.variable("AWS_ROLE_SESSION_NAME") ?? profile["role_session_name"]
        return WebIdentityCredentials(
            role: AssumableRole(arn: arn, sessionName: name), tokenFile: file, environment: environment,
            sts: context.sts)
    }

    private func nothingFound(in context: CredentialContext, instanceMetadata: String) -> Failure {
        let files = [context.shared.credentialsPath, context.shared.configPath].compactMap(\.self)
            .joined(separator: ", ")
        return Failure(
            "no AWS credentials were found",
            why: [
                explicitProfile == nil ? "AWS_ACCESS_KEY_ID and AWS_WEB_IDENTITY_TOKEN_FILE are not set" : nil,
                "the profile '\(context.profile)' names none (in \(files.isEmpty ? "no file" : files))",
                "there is no container endpoint",
                "instance metadata service: \(instanceMetadata)",
            ].compactMap(\.self).joined(separator: "; "),
            advice: "run 'aws configure' or 'aws sso login', set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                + "or choose another profile with --profile")
    }
}

/// A source of credentials.
public enum CredentialSource: Sendable, Hashable, CustomStringConvertible {
    case environment
    case webIdentity
    /// Keys, role, SSO or `credential_process` of this profile.
    case profile(String)
    case container
    case instanceMetadata

    public var description: String {
        switch self {
        case .environment: "the environment's access key"
        case .webIdentity: "the environment's web identity token"
        case .profile(let name): "the profile '\(name)'"
        case .container: "the container's endpoint"
        case .instanceMetadata: "the instance metadata service"
        }
    }
}
