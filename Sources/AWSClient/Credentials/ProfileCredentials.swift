import Basics

/// Credentials that a profile of the shared files describes.
///
/// Within a profile, the AWS CLI's order applies: a role with a source, a role with a web identity token, SSO, keys of
/// the credentials file, `credential_process`, keys of the config file. If the profile is the `source_profile` of
/// another one, its own keys come first.
struct ProfileCredentials {
    let context: CredentialContext
    let profile: Profile

    /// Maximum number of profiles in a chain of `source_profile`. Each profile's role is assumed with the next
    /// profile's credentials.
    private static let longestChain = 20

    /// The source of credentials that a profile names.
    enum Kind: Equatable {
        case role
        case webIdentity
        case sso
        case keys
        case process
        case login
    }

    /// `nil` if the profile has no credentials, only other settings.
    var kind: Kind? {
        if profile["role_arn"] != nil, profile["web_identity_token_file"] == nil { return .role }
        if profile["web_identity_token_file"] != nil { return .webIdentity }
        return kindWithoutRole
    }

    private var kindWithoutRole: Kind? {
        if SSOSettings.areConfigured(in: profile) { return .sso }
        if profile.credentials.hasKeys { return .keys }
        if profile["login_session"] != nil { return .login }
        if profile["credential_process"] != nil { return .process }
        return profile.config.hasKeys ? .keys : nil
    }

    private var hasKeys: Bool { profile.credentials.hasKeys || profile.config.hasKeys }

    func provider() throws(Failure) -> (any CredentialProvider)? {
        try provider(kind, path: [profile.name])
    }

    /// - Parameter path: the chain of profiles up to this one, which is last.
    private func provider(_ kind: Kind?, path: [String]) throws(Failure) -> (any CredentialProvider)? {
        switch kind {
        case .role:
            return AssumeRoleProvider(
                try role(), source: try source(path: path), sts: context.sts, promptMFA: context.environment.promptMFA)
        case .webIdentity:
            return WebIdentityCredentials(
                role: try role(), tokenFile: profile["web_identity_token_file"] ?? "", environment: context.environment,
                sts: context.sts)
        case .sso: return SSOCredentials(settings: try SSOSettings(profile, context.shared), context: context)
        case .keys: return StaticCredentials(try keys())
        case .process:
            return ProcessCredentials(
                command: profile["credential_process"] ?? "", profile: profile.name, environment: context.environment)
        case .login:
            throw failure(
                "it was made by 'aws login', whose sessions only the AWS CLI can open",
                "make another profile with credential_process = aws configure export-credentials "
                    + "--profile \(profile.name) --format process, and use that")
        case nil: return nil
        }
    }

    // MARK: Keys

    /// Reads the access key. ID and secret must be in the same file; the credentials file takes precedence.
    private func keys() throws(Failure) -> Credentials {
        let section = profile.credentials.hasKeys ? profile.credentials : profile.config
        guard let keyID = section["aws_access_key_id"] else {
            throw failure("\(section.place): aws_secret_access_key is set and aws_access_key_id is not", "set both")
        }
        guard let secret = section["aws_secret_access_key"] else {
            throw failure("\(section.place): aws_access_key_id is set and aws_secret_access_key is not", "set both")
        }
        return Credentials(
            accessKeyID: keyID, secretAccessKey: secret,
            sessionToken: section["aws_session_token"] ?? section["aws_security_token"])
    }

    // MARK: Roles

    private func role() throws(Failure) -> AssumableRole {
        guard let arn = profile["role_arn"] else {
            throw failure("it has a web_identity_token_file and no role_arn", "add role_arn")
        }
        var role = AssumableRole(
            arn: arn, externalID: profile["external_id"], mfaSerial: profile["mfa_serial"],
            sessionName: profile["role_session_name"])
        if let text = profile["duration_seconds"] {
            guard let seconds = Int(text), (900...43200).contains(seconds) else {
                throw failure("its duration_seconds is '\(text.quotable)'", "set it to a number from 900 to 43200")
            }
            role.durationSeconds = seconds
        }
        return role
    }

    /// Returns the credentials that assume the role.
    private func source(path: [String]) throws(Failure) -> any CredentialProvider {
        switch (profile["source_profile"], profile["credential_source"]) {
        case (_?, _?): throw failure("it has both a source_profile and a credential_source", "remove one of the two")
        case (nil, nil):
            throw failure("it has a role_arn, and nothing to assume it with", "add source_profile or credential_source")
        case (let name?, nil): return try sourceProfile(name, path: path)
        case (nil, let source?): return try credentialSource(source)
        }
    }

    private func sourceProfile(_ name: String, path: [String]) throws(Failure) -> any CredentialProvider {
        guard let found = context.shared.profiles[name] else {
            let known = context.shared.profileNames.joined(separator: ", ")
            throw failure("its source_profile '\(name.quotable)' is not there", "choose one of \(known)")
        }
        let source = ProfileCredentials(context: context, profile: found)
        // A profile can be its own source, for its own keys.
        if source.hasKeys, let provider = try source.provider(.keys, path: path + [name]) { return provider }
        guard !path.contains(name) else {
            throw failure(
                "its source_profile leads back to itself (\((path + [name]).joined(separator: " → ")))",
                "let one of them name its own credentials")
        }
        guard path.count < Self.longestChain else {
            throw failure(
                "its source_profile leads through more than \(Self.longestChain) profiles", "shorten the chain")
        }
        guard let provider = try source.provider(source.kind, path: path + [name]) else {
            throw failure("its source_profile '\(name)' names no credentials", "add some to it, or choose another")
        }
        return provider
    }

    private func credentialSource(_ source: String) throws(Failure) -> any CredentialProvider {
        switch source.lowercased() {
        case "environment": return EnvironmentCredentials(environment: context.environment)
        case "ec2instancemetadata": return context.instanceMetadata
        case "ecscontainer":
            return ContainerCredentials(environment: context.environment, transport: context.transport)
        default:
            throw failure(
                "its credential_source is '\(source.quotable)'",
                "choose one of Environment, Ec2InstanceMetadata, EcsContainer")
        }
    }

    private func failure(_ why: String, _ advice: String) -> Failure {
        Failure("the profile '\(profile.name)' cannot be used", why: why, advice: advice)
    }
}

extension ConfigurationSection {
    /// Whether the section has at least one half of an access key.
    fileprivate var hasKeys: Bool { self["aws_access_key_id"] != nil || self["aws_secret_access_key"] != nil }
}
