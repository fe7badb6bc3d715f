import Basics
import AWSClient
import FoundationEssentials
import Logging

/// Whose credentials sign, and where calls go. What is not said here, the environment says.
public struct SessionOptions: Sendable, Hashable {
    /// A profile of the shared config and credentials files.
    public var profile: String?
    /// A role to assume first, with what its trust policy demands.
    public var roleARN: String?
    public var externalID: String?
    public var mfaSerial: String?
    /// The regions that are read; empty for every enabled one.
    public var regions: [String] = []
    /// The address that every call goes to instead of AWS's.
    public var endpointURL: String?

    public init() {}
}

/// The caller, as the options and the environment say: who signs, where calls go, whose account it is.
struct AWSSession: Sendable {
    let client: Client
    let partition: String
    let accountID: String
    /// As `GetCallerIdentity` says it.
    let callerARN: String
    /// The ids of the access keys that sign, or that this machine's configuration holds to assume roles with.
    let accessKeyIDs: Set<String>
    /// Where calls go that concern no region in particular.
    let baseRegion: String
    private let clock: @Sendable () -> Date
    private let makeClient: @Sendable (any CredentialProvider) -> Client
    private let makeAccountProvider: @Sendable (AssumableRole) -> any CredentialProvider

    /// Finds credentials and asks AWS whose they are.
    /// - Throws: ``Failure`` if there are none, or AWS refuses them.
    init(
        _ options: SessionOptions, in surroundings: RunEnvironment, connectionsPerHost: Int = 16
    ) async throws(Failure) {
        let environment = surroundings.aws
        let transport = surroundings.transport(connectionsPerHost)
        let sign: RequestSigning = { request, credentials, region, service, time in
            RequestSigner(credentials: credentials, region: region, service: service).sign(request, at: time)
        }
        let chain = DefaultCredentialChain(
            environment: environment, transport: transport, sign: sign, profile: options.profile,
            region: options.regions.first, endpointURL: options.endpointURL)
        let endpoints: EndpointResolver
        var keys = Set([environment.variable("AWS_ACCESS_KEY_ID")].compactMap(\.self))
        let region: String?
        do {
            let shared = try SharedConfiguration(environment)
            let profile = try shared.selectProfile(explicit: options.profile, environment)
            keys.formUnion(shared.profileNames.compactMap { shared.setting("aws_access_key_id", ofProfile: $0) })
            for name in options.regions { try Region.check(name, from: "--region") }
            let metadata =
                try chain.source() == .instanceMetadata
                ? InstanceMetadata(environment, shared, profile: profile, transport: transport) : nil
            region = try await Region.resolve(environment, shared, profile: profile, instanceMetadata: metadata)
            endpoints = EndpointResolver(
                try EndpointSettings(environment, shared, profile: profile, endpointURL: options.endpointURL))
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure("the AWS configuration cannot be read", why: "\(error)", advice: "fix the files")
        }

        let sts = SecurityTokenService(
            endpoints: endpoints, region: options.regions.first ?? region, environment: environment,
            transport: transport, sign: sign)
        @Sendable func assuming(_ role: AssumableRole, from source: any CredentialProvider) -> any CredentialProvider {
            RefreshingCredentials(
                AssumeRoleProvider(role, source: source, sts: sts, promptMFA: environment.promptMFA),
                now: environment.now)
        }
        var provider: any CredentialProvider = RefreshingCredentials(chain, now: environment.now)
        if let arn = options.roleARN {
            provider = assuming(
                AssumableRole(arn: arn, externalID: options.externalID, mfaSerial: options.mfaSerial), from: provider)
        }

        var configuration = ClientConfiguration()
        configuration.logger = surroundings.logger
        configuration.now = environment.now
        let budget = RateBudget()
        let calls = surroundings.calls
        makeClient = { [configuration] credentials in
            Client(
                credentials: credentials, endpoints: endpoints, transport: transport, configuration: configuration,
                budget: budget, calls: calls)
        }
        makeAccountProvider = { [provider] role in assuming(role, from: provider) }
        client = makeClient(provider)

        // Not one that --region names: whether that exists is yet to be asked.
        let home =
            region ?? options.regions.first.map { Partition.of(region: $0).globalRegion }
            ?? Partition.aws.globalRegion
        let caller: GetCallerIdentityAnswer
        do throws(AWSError) {
            caller = try await client.send(STS.getCallerIdentity(), in: home)
        } catch {
            throw Failure("cannot determine the caller identity (sts:GetCallerIdentity)", error)
        }
        guard AccountID.isValid(caller.account) else {
            throw Failure(
                "cannot determine the caller identity (sts:GetCallerIdentity)",
                why: "'\(caller.account)' is not an account ID",
                advice: "check --endpoint-url")
        }
        accountID = caller.account
        callerARN = caller.arn
        accessKeyIDs = keys.union([try await provider.credentials().accessKeyID])
        clock = environment.now
        let ahead = client.clockOffset
        if ahead != 0 {
            surroundings.logger.warning(
                """
                the clock of this host is \(Int(abs(ahead))) s \(ahead > 0 ? "behind" : "ahead of") AWS; ages are \
                evaluated by the clock of AWS
                """
            )
        }
        partition = ARN(caller.arn).map { String($0.partition) } ?? Partition.aws.id
        baseRegion =
            Partition.of(region: home).id == partition
            ? home : Partition.named(partition)?.globalRegion ?? home
    }

    /// The time as AWS has it: a wrong clock of this machine must make no key young.
    var now: Date { clock().addingTimeInterval(client.clockOffset) }

    /// A client for another account, through a role there.
    func client(inAccount id: String, roleName: String) -> Client {
        makeClient(makeAccountProvider(AssumableRole(arn: "arn:\(partition):iam::\(id):role/\(roleName)")))
    }

    /// A session for many small objects in S3.
    static func forObjects(_ options: SessionOptions, in environment: RunEnvironment) async throws(Failure) -> Self {
        try await Self(options, in: environment, connectionsPerHost: fetchesAtOnce)
    }

    /// Files of a quarter of a megabyte, fetched in 30 ms each, keep two cores busy with about this many at once.
    static let fetchesAtOnce = 32
}
