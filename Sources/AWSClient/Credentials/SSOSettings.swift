import Basics

/// The `sso_…` settings of a profile.
struct SSOSettings: Sendable {
    var profile: String
    /// `nil` for a profile in the legacy format, whose login cannot be renewed.
    var sessionName: String?
    var startURL: String
    var region: String
    var accountID: String
    var roleName: String

    var cacheKey: String { sessionName ?? startURL }

    /// Whether the profile uses SSO credentials: it names an account or a role. With a session alone it only uses a
    /// token.
    static func areConfigured(in profile: Profile) -> Bool {
        profile["sso_account_id"] != nil || profile["sso_role_name"] != nil
    }

    init(_ profile: Profile, _ shared: SharedConfiguration) throws(Failure) {
        let what = "the SSO settings of the profile '\(profile.name)' cannot be used"
        var session: ConfigurationSection?
        if let name = profile["sso_session"] {
            guard let found = shared.ssoSessions[name] else {
                let known = shared.ssoSessions.keys.sorted().joined(separator: ", ")
                throw Failure(
                    what, why: "there is no [sso-session \(name)]",
                    advice: known.isEmpty ? "run 'aws configure sso'" : "choose one of \(known)")
            }
            session = found
        }
        func value(_ key: String) throws(Failure) -> String {
            if let ours = profile[key], let theirs = session?[key], ours != theirs {
                throw Failure(
                    what, why: "\(key) differs between the profile and its sso-session",
                    advice: "remove it from the profile")
            }
            guard let value = session?[key] ?? profile[key] else {
                throw Failure(what, why: "\(key) is missing", advice: "add it, or run 'aws configure sso'")
            }
            return value
        }
        self.profile = profile.name
        sessionName = profile["sso_session"]
        startURL = try value("sso_start_url")
        region = try value("sso_region")
        accountID = try value("sso_account_id")
        roleName = try value("sso_role_name")
    }
}
