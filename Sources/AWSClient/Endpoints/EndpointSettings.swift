public import Basics

/// The user's endpoint settings: FIPS, dual stack, and custom addresses in order of precedence.
///
/// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints", "Dual-stack and FIPS endpoints".
public struct EndpointSettings: Sendable {
    /// Use endpoints with FIPS-validated cryptography.
    public var useFIPS: Bool
    /// Use endpoints that support IPv4 and IPv6.
    public var useDualStack: Bool
    /// The address for all services, which wins over all configured ones (`--endpoint-url`).
    public var endpointURL: String?
    private var configured: [Configured] = []

    public init(useFIPS: Bool = false, useDualStack: Bool = false, endpointURL: String? = nil) {
        self.useFIPS = useFIPS
        self.useDualStack = useDualStack
        self.endpointURL = endpointURL
    }

    /// Reads environment and profile. The order of addresses is `AWS_ENDPOINT_URL_<SERVICE>`, the profile's `services`
    /// section, `AWS_ENDPOINT_URL`, the profile's `endpoint_url`. `AWS_USE_FIPS_ENDPOINT` and
    /// `AWS_USE_DUALSTACK_ENDPOINT` win over the profile's settings. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` disables all
    /// addresses except `endpointURL`.
    /// - Throws: if a boolean setting is neither `true` nor `false`, or the `services` section is missing.
    public init(
        _ environment: AWSEnvironment, _ shared: SharedConfiguration, profile name: String, endpointURL: String? = nil
    ) throws(Failure) {
        let profile = shared.profiles[name]
        func isOn(_ variable: String, _ key: String) throws(Failure) -> Bool {
            if let value = environment.variable(variable) { return try Self.boolean(value, from: variable) }
            if let value = profile?[key] { return try Self.boolean(value, from: "\(key) of the profile '\(name)'") }
            return false
        }
        useFIPS = try isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
        useDualStack = try isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
        self.endpointURL = endpointURL
        guard try !isOn("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") else { return }

        let prefix = "AWS_ENDPOINT_URL_"
        for variable in environment.variables.keys.sorted() where variable.hasPrefix(prefix) {
            guard let url = environment.variable(variable) else { continue }
            configured.append(Configured(service: String(variable.dropFirst(prefix.count)), url: url, source: variable))
        }
        if let section = profile?["services"] {
            guard let services = shared.services[section] else {
                throw Failure(
                    "the profile '\(name)' cannot be used", why: "it names [services \(section)], which is not there",
                    advice: "add the section to the config file, or remove the setting")
            }
            for block in services.blocks {
                guard let url = services[block, "endpoint_url"] else { continue }
                configured.append(
                    Configured(
                        service: block.uppercased(), url: url,
                        source: "endpoint_url of \(block) in [services \(section)]"))
            }
        }
        if let url = environment.variable("AWS_ENDPOINT_URL") {
            configured.append(Configured(service: nil, url: url, source: "AWS_ENDPOINT_URL"))
        }
        if let url = profile?["endpoint_url"] {
            configured.append(Configured(service: nil, url: url, source: "endpoint_url of the profile '\(name)'"))
        }
    }

    /// Returns the custom address of a service, if there is one.
    func customURL(of service: Service) throws(Failure) -> EndpointURL? {
        let first = configured.first { $0.service == nil || $0.service == service.environmentName }
        guard let (text, source) = endpointURL.map({ ($0, "--endpoint-url") }) ?? first.map({ ($0.url, $0.source) })
        else { return nil }
        let url = try EndpointURL(text, from: source)
        guard url.query == nil else {
            throw Failure(
                "\(source) is not an address that can be used", why: "it has a query (?)", advice: "leave the query out"
            )
        }
        guard !useFIPS, !useDualStack else {
            throw Failure(
                "there is no address for \(service.endpointPrefix)",
                why: "\(useFIPS ? "FIPS" : "dual-stack") is switched on and \(source) gives a custom address",
                advice: "use one of the two")
        }
        return url
    }

    private static func boolean(_ value: String, from source: String) throws(Failure) -> Bool {
        switch value.lowercased() {
        case "true": return true
        case "false": return false
        default:
            throw Failure(
                "\(source) cannot be understood", why: "it is '\(value.quotable)'", advice: "set it to true or false")
        }
    }

    /// A custom address from the configuration.
    private struct Configured: Sendable {
        /// The service in upper case, as in the variable; `nil` for all services.
        var service: String?
        var url: String
        /// The variable or the file that holds the setting.
        var source: String
    }
}
