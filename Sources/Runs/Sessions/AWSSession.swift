import Basics
import AWSClient
import FoundationEssentials
import Logging

/// The credentials and endpoints to use. The environment provides what is not set here.
public struct SessionOptions: Sendable, Hashable {
    /// A profile of the shared config and credentials files.
    public var profile: String?
    /// A role to assume first, and the external ID and MFA device that its trust policy requires.
    public var roleARN: String?
    public var externalID: String?
    public var mfaSerial: String?
    /// The Regions to read; empty for every enabled one.
    public var regions: [String] = []
    /// The URL that every call goes to instead of AWS's endpoints.
    public var endpointURL: String?
    /// The account to work in, through a role there; `nil` for the account of the credentials.
    public var member: Member?

    /// An account, and the name of the role to assume there. If the credentials are of that account, none is assumed.
    public struct Member: Sendable, Hashable {
        public var account: String
        public var roleName: String

        public init(account: String, roleName: String) {
            self.account = account
            self.roleName = roleName
        }
    }

    public init() {}
}

/// The caller according to the options and the environment: its credentials, endpoints and account.
struct AWSSession: Sendable {
    let client: Client
    let partition: String
    let accountID: String
    /// The ARN of the caller, as in the answer to `GetCallerIdentity`.
    let callerARN: String
    /// The IDs of the access keys that sign, or that this machine's configuration contains for assuming roles.
    let accessKeyIDs: Set<String>
    /// The Region in which calls are made that belong to no particular Region.
    let baseRegion: String
    /// The name of the role that was assumed in ``SessionOptions/member``; `nil` if none was.
    let memberRole: String?
    private let clock: ServerClock
    private let makeRootProvider: @Sendable (RootSession) -> any CredentialProvider
    private let makeClient: @Sendable (any CredentialProvider) -> Client
    private let makeAccountProvider: @Sendable (AssumableRole) -> any CredentialProvider

    /// Finds credentials and asks AWS for the caller's identity.
    /// - Parameter deadline: the time at which unanswered calls of ``client`` fail.
    /// - Throws: ``Failure`` if there are no credentials, or AWS rejects them.
    init(
        _ options: SessionOptions, in surroundings: RunEnvironment, connectionsPerHost: Int = 16,
        deadline: ContinuousClock.Instant? = nil
    ) async throws(Failure) {
        let clock = ServerClock(surroundings.aws.now)
        var environment = surroundings.aws
        // Sessions and role credentials expire by AWS's clock.
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
        makeRootProvider = { [provider] root in
            RefreshingCredentials(AssumeRootProvider(root, source: provider, sts: sts), clock: clock)
        }

        // A Region from --region is not used, because it may not exist.
        let home =
            region ?? options.regions.first.map { Partition.of(region: $0).globalRegion }
            ?? Partition.aws.globalRegion
        var client = makeClient(provider)
        var caller = try await client.callerIdentity(in: home)
        keys.insert(try await provider.credentials().accessKeyID)
        if let member = options.member, member.account != caller.account {
            let partition = ARN(caller.arn).map { String($0.partition) } ?? Partition.aws.id
            let role = "arn:\(partition):iam::\(member.account):role/\(member.roleName)"
            provider = assuming(AssumableRole(arn: role), from: provider)
            client = makeClient(provider)
            do throws(Failure) {
                caller = try await client.callerIdentity(in: home)
            } catch {
                throw Failure(
                    "the role \(role) cannot be used", why: error.why,
                    advice: "check --account and --role-name, and that the role trusts \(caller.arn)", cause: error)
            }
            guard caller.account == member.account else {
                throw Failure(
                    "the role \(role) cannot be used", why: "its credentials belong to account \(caller.account)",
                    advice: "check --account, --role-name and --endpoint-url")
            }
            keys.insert(try await provider.credentials().accessKeyID)
            memberRole = member.roleName
        } else {
            memberRole = nil
        }
        self.client = client
        accountID = caller.account
        callerARN = caller.arn
        accessKeyIDs = keys
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

    /// The time by AWS's clock, so that a wrong clock of this machine does not make keys look younger.
    var now: Date { clock.now }

    /// Returns a client for another account, which assumes a role there.
    func client(inAccount id: String, roleName: String) -> Client {
        makeClient(makeAccountProvider(AssumableRole(arn: "arn:\(partition):iam::\(id):role/\(roleName)")))
    }

    /// Returns credentials of the root user of ``SessionOptions/member``, opened with the credentials that assume the
    /// role there.
    func rootProvider(for task: RootSession.Task) -> any CredentialProvider {
        makeRootProvider(
            RootSession(task, account: accountID, partition: Partition.named(partition) ?? Partition.aws))
    }

    /// Returns a session for fetching many small objects from S3.
    /// - Parameter timeout: the time limit for all calls to AWS together; `nil` for none.
    static func forObjects(
        _ options: SessionOptions, in environment: RunEnvironment, timeout: Duration?
    ) async throws(Failure) -> Self {
        try await Self(
            options, in: environment, connectionsPerHost: fetchesAtOnce,
            deadline: timeout.map { ContinuousClock.now + $0 })
    }

    /// The number of objects that are fetched at once. With files of 250 kB, fetched in 30 ms each, about this many
    /// keep two cores busy.
    static let fetchesAtOnce = 32
}

extension Client {
    /// - Throws: ``Failure`` if there are no credentials, AWS rejects them, or the answer is none of AWS's.
    fileprivate func callerIdentity(in region: String) async throws(Failure) -> GetCallerIdentityAnswer {
        let what = "cannot determine the caller identity (sts:GetCallerIdentity)"
        let caller: GetCallerIdentityAnswer
        do throws(AWSError) {
            caller = try await send(STS.getCallerIdentity(), in: region)
        } catch {
            throw Failure(what, error)
        }
        guard AccountID.isValid(caller.account) else {
            throw Failure(
                what, why: "'\(caller.account)' is not an account ID", advice: "check --endpoint-url")
        }
        return caller
    }
}
