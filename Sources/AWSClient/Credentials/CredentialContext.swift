/// The environment that all sources of credentials share.
struct CredentialContext: Sendable {
    var environment: AWSEnvironment
    var shared: SharedConfiguration
    /// The profile that the region and endpoint settings are read from.
    var profile: String
    var region: String?
    var endpoints: EndpointResolver
    var transport: any HTTPTransport
    var sign: RequestSigning

    var sts: SecurityTokenService {
        SecurityTokenService(
            endpoints: endpoints, region: region, environment: environment, transport: transport, sign: sign)
    }

    var instanceMetadata: InstanceMetadata {
        InstanceMetadata(environment, shared, profile: profile, transport: transport)
    }
}
