import AWSClient
import Basics
import FoundationEssentials
import Inventory
public import Posture
import Practices
public import Remediation

/// Reads the caller's account, evaluates the checks on it, and plans fixes for its failing findings. It sends only read
/// calls.
public struct FixPlanRun: Sendable {
    public var checks: [any Check]
    public var session: SessionOptions
    public var settings = Settings()
    /// The ARNs or IDs of the resources to plan for; empty for all.
    public var resources: [String] = []
    /// Whether resources that CloudFormation or Terraform owns are changed as well.
    public var isForced = false
    /// The run whose later stages are planned instead of failing findings, by its name or the beginning of it.
    public var continuing: String?
    /// The folder of the journals; `nil` for the standard one.
    public var journal: String?
    /// VPC flow logs that show the sources which used the ports that fixes close.
    public var flowLogs: LogPlaces?

    public init(_ checks: [any Check], session: SessionOptions = SessionOptions()) {
        self.checks = checks
        self.session = session
    }

    public struct Result: Sendable {
        public var file: PlanFile
        public var exitStatus: ExitStatus
        public var warnings: [String]
    }

    /// - Throws: ``Failure`` if there are no credentials; `CancellationError`.
    public func run(
        in environment: RunEnvironment = RunEnvironment(), progress: ProgressReport<ReadingProgress>? = nil
    ) async throws -> Result {
        let earlier = try continuing.map { try RecordedRuns.named($0, journal: journal, in: environment) }
        let options = earlier.map { self.session.reaching($0.plan) } ?? self.session
        let session = try await AWSSession(options, in: environment)
        let checks = earlier == nil ? self.checks : []
        let stages = try earlier?.waitingStages ?? []
        if let earlier, earlier.plan.account != session.accountID {
            throw Failure(
                "\(earlier.run) cannot be continued",
                why: "it is of account \(earlier.plan.account), and the credentials are of \(session.accountID)",
                advice: "use credentials of account \(earlier.plan.account)")
        }
        let ids = Set(checks.map(\.about.id))
        let fixes = Fixes.all.filter { fix in
            !ids.isDisjoint(with: fix.checks) || stages.contains { $0.earlier?.step.later?.fix == fix.id }
        }
        let facets = checks.reduce(into: Set<Facet>()) { $0.formUnion($1.about.reads) }
            .union(fixes.flatMap(\.reads)).union(Reading.administratorReads)
        let snapshot = try await AccountReading(
            AccountSelection(session: options), in: environment, facets: facets
        ).snapshot(progress: progress)
        guard let account = snapshot.accounts.first else {
            throw Failure("no plan can be made", why: "no account was read", advice: "check the credentials")
        }
        let criteria = Criteria(now: account.readAt, settings: settings)
        let judged = Evaluator(checks: checks, criteria: criteria).findings(in: account)
            .namingClosedRegionsOnce()
        let findings = judged.filter { finding in
            resources.isEmpty || resources.contains(finding.resource.arn) || resources.contains(finding.resource.id)
        }
        let reading = Reading(account, by: criteria)
        var client = session.client
        let failing = Set(findings.filter { $0.status == .fail }.map(\.check))
        let rootAccess =
            fixes.contains { $0.isSignedByRoot && !failing.isDisjoint(with: $0.checks) }
            ? await session.rootAccess(&client) : nil
        var planner = Planner(fixes, client: client, guards: session.guards(settings), isForced: isForced)
        if let rootAccess { planner.rootAccess = rootAccess }
        if let flowLogs {
            planner.traffic = try await SeenTraffic(flowLogs, toPorts: Fixes.ports, options, in: environment)
        }
        var proposals = await planner.proposals(
            for: findings, continuing: stages, in: reading, region: session.globalRegion, whyNot: Fixes.reasonForNone)
        try Task.checkCancellation()
        proposals = Self.leavingAnAdministrator(proposals, reading, session.guards(settings))
        let plan = Plan(
            parapet: Version.current, account: account.id, partition: account.partition, region: session.baseRegion,
            role: session.memberRole, caller: session.callerARN, scanned: Moment(account.readAt).description,
            settings: settings,
            continues: earlier?.run, steps: proposals.steps, leftOut: proposals.leftOut)
        let unknown = findings.filter { $0.status == .unknown }.count
        return Result(
            file: PlanFile(plan),
            exitStatus: ExitStatus(
                found: findings.contains { $0.status == .fail },
                undetermined: unknown > 0 || (findings.isEmpty && earlier == nil)),
            warnings: (unknown > 0
                ? [
                    "\(Figures.count(unknown, "finding")) could not be determined, and \(unknown == 1 ? "is" : "are") not "
                        + "in the plan ('parapet scan' says why)"
                ]
                : [])
                + (findings.isEmpty && !resources.isEmpty
                    ? ["no finding is about \(resources.joined(separator: ", "))"] : []))
    }

    /// Returns the sessions of the selected accounts, in the order of the accounts' IDs. Each account has its own plan.
    /// - Throws: ``Failure`` if the organization's accounts cannot be listed.
    public static func sessions(
        of selection: AccountSelection, in environment: RunEnvironment
    ) async throws -> [SessionOptions] {
        guard let roleName = selection.roleName else { return [selection.session] }
        return try await AccountReading(selection, in: environment, facets: []).accountIDs().map { id in
            var options = selection.session
            options.member = SessionOptions.Member(account: id, roleName: roleName)
            return options
        }
    }

    /// Returns the proposals without steps that would leave the account without an administrator, or lock a reader or
    /// the caller out of a bucket or key.
    private static func leavingAnAdministrator(
        _ proposals: (steps: [Step], leftOut: [Plan.LeftOut]), _ reading: Reading, _ guards: Guards
    ) -> (steps: [Step], leftOut: [Plan.LeftOut]) {
        var (steps, leftOut) = proposals
        var guards = guards
        let refusal: (Step) -> String?
        do throws(Unknown) {
            guards.lastAdministrators = try reading.lastAdministrators(hitBy: steps)
            refusal = { [guards] in guards.refusal(of: $0) }
        } catch {
            let why = "who administers the account is not known: \(error.explanation)"
            refusal = { $0.takesAccess ? why : nil }
        }
        var lockouts: [APICall: String] = [:]
        do throws(Unknown) {
            lockouts = try reading.lockouts(by: steps, caller: guards.caller)
        } catch {
            for step in steps where step.changesResourcePolicy {
                lockouts[step.call] = "who would be locked out is not known: \(error.explanation)"
            }
        }
        func objection(to step: Step) -> String? { lockouts[step.call] ?? refusal(step) }
        for step in steps {
            guard let reason = objection(to: step) else { continue }
            leftOut += step.checks.map { Plan.LeftOut(check: $0, resource: step.findingsOn, reason: reason) }
        }
        // What follows the change of a policy for the same finding depends on it.
        let locking = steps.filter { lockouts[$0.call] != nil }
        steps.removeAll { step in
            objection(to: step) != nil
                || locking.contains { $0.findingsOn == step.findingsOn && $0.checks == step.checks }
        }
        return (steps, leftOut)
    }
}

extension AWSSession {
    /// Opens a session in which the root user's credentials can be listed.
    /// - Parameter client: gets the session.
    fileprivate func rootAccess(_ client: inout Client) async -> RootAccess {
        guard memberRole != nil else { return .unavailable(RootAccess.needsMember) }
        let root = rootProvider(for: .auditCredentials)
        do throws(Failure) {
            _ = try await root.credentials()
        } catch {
            return .unavailable("Centralized root access cannot be used: \(error.description)")
        }
        client.root = root
        return .available
    }
}
