public import Basics

/// The contents of `~/.aws/config` and `~/.aws/credentials`.
///
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files" and "File format".
public struct SharedConfiguration: Sendable {
    private(set) var profiles: [String: Profile] = [:]
    /// `[sso-session NAME]` sections by name.
    private(set) var ssoSessions: [String: ConfigurationSection] = [:]
    /// `[services NAME]` sections by name.
    private(set) var services: [String: ConfigurationSection] = [:]
    /// Sections whose heading is wrong for their file, so that no profile uses them: `[prod]` in the config file,
    /// `[profile prod]` in the credentials file.
    private(set) var misnamed: [String: ConfigurationSection] = [:]
    let configPath: String?
    let credentialsPath: String?

    /// Reads both files; a missing file counts as empty.
    /// - Throws: if a file cannot be read or has a wrong format; the error names the file and the line.
    public init(_ environment: AWSEnvironment) throws(Failure) {
        configPath =
            environment.variable("AWS_CONFIG_FILE").map(environment.expand) ?? environment.sharedFile("config")
        credentialsPath =
            environment.variable("AWS_SHARED_CREDENTIALS_FILE").map(environment.expand)
            ?? environment.sharedFile("credentials")
        if let configPath {
            let sections = try ConfigurationFile.read(configPath, in: environment)
            // `[profile default]` wins over `[default]`, whatever their order.
            for section in sections where section.heading == "default" { addConfig(section) }
            for section in sections where section.heading != "default" { addConfig(section) }
        }
        if let credentialsPath {
            for section in try ConfigurationFile.read(credentialsPath, in: environment) { addCredentials(section) }
        }
    }

    /// The names of all profiles, sorted.
    public var profileNames: [String] { profiles.keys.sorted() }

    /// Returns a profile's setting; the credentials file wins over the config file.
    public func setting(_ key: String, ofProfile name: String) -> String? {
        profiles[name]?[key]
    }

    /// Returns the profile of that name.
    /// - Throws: if there is no such profile; the error names the existing ones.
    func profile(_ name: String) throws(Failure) -> Profile {
        if let profile = profiles[name] { return profile }
        let what = "the profile '\(name.quotable)' cannot be used"
        if let section = misnamed[name] {
            throw Failure(
                what, why: "\(section.place) has the heading [\(name)]",
                advice: "in the config file write [profile \(name)]")
        }
        if let section = misnamed["profile \(name)"] {
            throw Failure(
                what, why: "\(section.place) has the heading [profile \(name)]",
                advice: "in the credentials file write [\(name)]")
        }
        let files = [configPath, credentialsPath].compactMap(\.self).joined(separator: " nor in ")
        let advice =
            profiles.isEmpty
            ? "there are no profiles; make one with 'aws configure'"
            : "choose one of \(profileNames.prefix(20).joined(separator: ", "))\(profiles.count > 20 ? ", …" : "")"
        throw Failure(
            what, why: files.isEmpty ? "there are no shared config files" : "it is neither in \(files)", advice: advice)
    }

    private mutating func addConfig(_ section: ConfigurationSection) {
        switch (section.kind, section.name) {
        case (nil, "default"), ("profile", _):
            let name = section.name
            profiles[name, default: Profile(name)].config.merge(section)
        case ("sso-session", let name): ssoSessions[name, default: ConfigurationSection(section)].merge(section)
        case ("services", let name): services[name, default: ConfigurationSection(section)].merge(section)
        default: misnamed[section.heading] = section
        }
    }

    private mutating func addCredentials(_ section: ConfigurationSection) {
        guard section.kind == nil else {
            misnamed[section.heading] = section
            return
        }
        profiles[section.name, default: Profile(section.name)].credentials.merge(section)
    }
}

/// A profile with its sections of both files.
struct Profile: Sendable {
    let name: String
    var config: ConfigurationSection
    var credentials: ConfigurationSection

    init(_ name: String) {
        self.name = name
        config = ConfigurationSection(name: name)
        credentials = ConfigurationSection(name: name)
    }

    /// The value of a setting; `nil` if it is missing or empty.
    subscript(key: String) -> String? { credentials[key] ?? config[key] }

    /// Returns the file and the line of a setting.
    func place(of key: String) -> String { (credentials[key] != nil ? credentials : config).place }
}

extension SharedConfiguration {
    /// The profile to use: the explicit one, else `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`.
    ///
    /// The `default` profile can be missing; a profile that the user names cannot.
    public func selectProfile(
        explicit: String?, _ environment: AWSEnvironment
    ) throws(Failure) -> String {
        guard
            let name = explicit ?? environment.variable("AWS_PROFILE") ?? environment.variable("AWS_DEFAULT_PROFILE")
        else { return "default" }
        if name != "default" || explicit != nil { _ = try profile(name) }
        return name
    }
}
