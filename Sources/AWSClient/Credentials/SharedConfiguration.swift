public import Basics

/// The contents of `~/.aws/config` and `~/.aws/credentials`.
///
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files" and "File format".
public struct SharedConfiguration: Sendable {
    private(set) var profiles: [String: Profile] = [:]
    /// `[sso-session NAME]` by name.
    private(set) var ssoSessions: [String: ConfigurationSection] = [:]
    /// `[services NAME]` by name.
    private(set) var services: [String: ConfigurationSection] = [:]
    /// Headings of sections that no profile uses: `[prod]` in the config file, `[profile prod]` in the other.
    private(set) var misnamed: [String: ConfigurationSection] = [:]
    let configPath: String?
    let credentialsPath: String?

    /// Reads both files; one that does not exist is an empty one.
    /// - Throws: if a file cannot be read or is not in the format, with the file and the line.
    public init(_ environment: AWSEnvironment) throws(Failure) {
        configPath =
            environment.variable("AWS_CONFIG_FILE").map(environment.expand) ?? environment.sharedFile("config")
        credentialsPath =
            environment.variable("AWS_SHARED_CREDENTIALS_FILE").map(environment.expand)
            ?? environment.sharedFile("credentials")
        if let configPath {
            let sections = try ConfigurationFile.read(configPath, in: environment)
            // `[profile default]` wins over `[default]`, wherever they stand.
            for section in sections where section.heading == "default" { addConfig(section) }
            for section in sections where section.heading != "default" { addConfig(section) }
        }
        if let credentialsPath {
            for section in try ConfigurationFile.read(credentialsPath, in: environment) { addCredentials(section) }
        }
    }

    /// The names of all profiles, in order.
    public var profileNames: [String] { profiles.keys.sorted() }

    /// A profile's setting; the credentials file's wins over the config file's.
    public func setting(_ key: String, ofProfile name: String) -> String? {
        profiles[name]?[key]
    }

    /// The profile of that name.
    /// - Throws: if there is no such profile, with the names of those that exist.
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

/// One profile: its sections of both files.
struct Profile: Sendable {
    let name: String
    var config: ConfigurationSection
    var credentials: ConfigurationSection

    init(_ name: String) {
        self.name = name
        config = ConfigurationSection(name: name)
        credentials = ConfigurationSection(name: name)
    }

    /// The value of a setting that is there and not empty.
    subscript(key: String) -> String? { credentials[key] ?? config[key] }

    /// The file and the line that a setting comes from.
    func place(of key: String) -> String { (credentials[key] != nil ? credentials : config).place }
}

extension SharedConfiguration {
    /// The profile to use: the explicit one, else `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`.
    ///
    /// A `default` profile need not exist; one that is named must.
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
