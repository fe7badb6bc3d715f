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
    private let clock: ServerClock
    private let makeClient: @Sendable (any CredentialProvider) -> Client
    private let makeAccountProvider: @Sendable (AssumableRole) -> any CredentialProvider

    /// Finds credentials and asks AWS whose they are.
    /// - Parameter deadline: when the calls of ``client`` end that have no answer yet.
    /// - Throws: ``Failure`` if there are none, or AWS refuses them.
    init(
        _ options: SessionOptions, in surroundings: RunEnvironment, connectionsPerHost: Int = 16,
        deadline: ContinuousClock.Instant? = nil
    ) async throws(Failure) {
        let clock = ServerClock(surroundings.aws.now)
        var environment = surroundings.aws
        // Logins and roles expire by AWS's time.
        environment.now = { clock.now }
        let sign: RequestSigning = { request, credentials, region, service, time in
            RequestSigner(credentials: credentials, region: region, service: service).sign(request, at: time)
        }
        let shared = try SharedConfiguration(environment)
        let profile = try shared.selectProfile(explicit: options.profile, environment)
        for name in options.regions { try Region.check(name, from: "--region") }
        let transport = surroundings.transport(
            connectionsPerHost, try NetworkSettings(environment, shared, profile: profile))
        let clocked = ClockedTransport(transport, clock: clock)
        let chain = DefaultCredentialChain(
            environment: environment, transport: clocked, sign: sign, profile: options.profile,
            region: options.regions.first, endpointURL: options.endpointURL)
        var keys = Set([environment.variables["AWS_ACCESS_KEY_ID"]].compactMap(\.self))
        keys.formUnion(shared.profileNames.compactMap { shared.setting("aws_access_key_id", ofProfile: $0) })
        let metadata =
            try chain.source() == .instanceMetadata
            ? InstanceMetadata(environment, shared, profile: profile, transport: clocked) : nil
        let region = try await Region.resolve(environment, shared, profile: profile, instanceMetadata: metadata)
        let endpoints = EndpointResolver(
            try EndpointSettings(environment, shared, profile: profile, endpointURL: options.endpointURL))

        let sts = SecurityTokenService(
            endpoints: endpoints, region: options.regions.first ?? region, environment: environment,
            transport: clocked, sign: sign)
        @Sendable func assuming(_ role: AssumableRole, from source: any CredentialProvider) -> any CredentialProvider {
            RefreshingCredentials(
                AssumeRoleProvider(role, source: source, sts: sts, promptMFA: surroundings.aws.promptMFA),
                clock: clock)
        }
        var provider: any CredentialProvider = RefreshingCredentials(chain, clock: clock)
        if let arn = options.roleARN {
            provider = assuming(
                AssumableRole(arn: arn, externalID: options.externalID, mfaSerial: options.mfaSerial), from: provider)
        }

        var configuration = ClientConfiguration()
        configuration.logger = surroundings.logger
        configuration.clock = clock
        let budget = RateBudget()
        let calls = surroundings.calls
        makeClient = { [configuration] credentials in
            var client = Client(
                credentials: credentials, endpoints: endpoints, transport: transport, configuration: configuration,
                budget: budget, calls: calls)
            client.deadline = deadline
            return client
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
        self.clock = clock
        let ahead = clock.ahead
        if ahead != 0 {
            surroundings.warn(
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
    var now: Date { clock.now }

    /// A client for another account, through a role there.
    func client(inAccount id: String, roleName: String) -> Client {
        makeClient(makeAccountProvider(AssumableRole(arn: "arn:\(partition):iam::\(id):role/\(roleName)")))
    }

    /// A session for many small objects in S3.
    /// - Parameter timeout: how long everything that is asked of AWS may take; `nil` for as long as it takes.
    static func forObjects(
        _ options: SessionOptions, in environment: RunEnvironment, timeout: Duration?
    ) async throws(Failure) -> Self {
        try await Self(
            options, in: environment, connectionsPerHost: fetchesAtOnce,
            deadline: timeout.map { ContinuousClock.now + $0 })
    }

    /// Files of a quarter of a megabyte, fetched in 30 ms each, keep two cores busy with about this many at once.
    static let fetchesAtOnce = 32
}
