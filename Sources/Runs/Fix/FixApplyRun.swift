import AWSClient
import Basics
import FoundationEssentials
import Inventory
public import Posture
import Practices
public import Remediation
import Reports

/// Applies a plan: exactly its steps, each after a check of the current state.
public struct FixApplyRun: Sendable {
    public var file: PlanFile
    public var session: SessionOptions
    /// The folder of the journals; `nil` for the standard one.
    public var journal: String?
    /// The greatest number of steps in a plan that is applied.
    public var maximumChanges = FixApplyRun.standardMaximumChanges
    /// Patterns of break-glass principals, in addition to those in the plan's settings.
    public var breakGlass: [String] = []

    public static let standardMaximumChanges = 50

    public init(_ file: PlanFile, session: SessionOptions = SessionOptions(), journal: String? = nil) {
        self.file = file
        self.session = session
        self.journal = journal
    }

    public struct Result: Sendable {
        /// The name of the run, which is needed to undo it.
        public var run: String
        public var plan: Plan
        public var progress: FixProgress
        /// The findings that the plan should have fixed but that still fail or are unknown.
        public var remaining: [Finding]
        public var exitStatus: ExitStatus
    }

    /// - Parameter progress: receives the index and the new state of a step whenever that changes.
    /// - Throws: ``Failure`` if the plan cannot be applied, or the journal cannot be written; `CancellationError`.
    public func run(
        in environment: RunEnvironment = RunEnvironment(),
        progress: @escaping @Sendable (Int, StepState) -> Void = { _, _ in }
    ) async throws -> Result {
        let plan = file.plan
        guard !plan.steps.isEmpty || plan.undoes != nil else {
            throw Failure(
                "there is nothing to apply", why: "the plan has no steps",
                advice: "'parapet scan' shows what fails and what could not be determined")
        }
        guard plan.steps.count <= maximumChanges else {
            throw Failure(
                "the plan cannot be applied",
                why: "it has \(Figures.count(plan.steps.count, "step")), and \(maximumChanges) are admitted",
                advice: "raise --max-changes, or plan for fewer checks or resources")
        }
        let session = try await AWSSession.forFixes(self.session, of: plan, in: environment)
        guard session.accountID == plan.account else {
            throw Failure(
                "the plan cannot be applied",
                why: "it is for account \(plan.account), and the credentials are of account \(session.accountID)",
                advice: "use credentials of account \(plan.account)")
        }
        let folder = try JournalFolder(journal ?? JournalFolder.standardPath(environment.aws.variables))
        let lock = try folder.locked()
        defer { withExtendedLifetime(lock) {} }
        var settings = plan.settings
        settings.breakGlass += breakGlass
        let guards = try await guards(session, settings, in: environment)
        let executor = Executor(
            session.fixClient, guards: guards, allowed: Fixes.calls, now: session.timestamp)

        let (run, start, log) = try begin(in: folder, at: session.timestamp())
        let end = try await executor.run(plan, from: start, journal: log, progress: progress)
        guard end.next == nil else {
            return Result(run: run, plan: plan, progress: end, remaining: [], exitStatus: .failed)
        }
        let remaining = plan.undoes == nil ? try await findingsLeft(environment) : []
        return Result(
            run: run, plan: plan, progress: end, remaining: remaining,
            exitStatus: ExitStatus(
                found: remaining.contains { $0.status == .fail } || plan.undoes != nil && !plan.leftOut.isEmpty
                    || end.steps.contains { $0.state == .stays },
                undetermined: !remaining.isEmpty))
    }

    /// Returns the unfinished run of this plan, which was killed or failed, or begins a new one.
    private func begin(
        in folder: JournalFolder, at time: String
    ) throws(Failure) -> (run: String, FixProgress, Journal) {
        let runs = try folder.runs()
        if let open = runs.last(where: { $0.file.hash == file.hash }), !open.progress.hasEnded,
            !runs.contains(where: { $0.plan.undoes == open.run })
        {
            return (open.run, open.progress, try Journal(goingOnWith: open))
        }
        let run = folder.newRun(of: file, at: time)
        return (run, FixProgress(of: file.plan), try Journal(of: file, run: run, in: folder, at: time))
    }

    /// Returns the guards, with the lockouts and the last administrators that follow from the account after the steps.
    private func guards(
        _ session: AWSSession, _ settings: Settings, in environment: RunEnvironment
    ) async throws -> Guards {
        let steps = file.plan.steps
        var guards = session.guards(settings)
        guard steps.contains(where: { $0.takesAccess || $0.changesResourcePolicy }) else { return guards }
        let account = try await AccountReading(
            AccountSelection(session: self.session.reaching(file.plan)), in: environment,
            facets: Reading.administratorReads
        ).snapshot(progress: nil).accounts.first
        guard let account else { return guards }
        let reading = Reading(account, by: Criteria(now: account.readAt, settings: settings))
        do throws(Unknown) {
            guards.lastAdministrators = try reading.lastAdministrators(hitBy: steps)
            guards.lockouts = try reading.lockouts(by: steps, caller: session.callerARN)
            return guards
        } catch {
            throw Failure(
                "the plan cannot be applied", why: "who would be locked out is not known: \(error.explanation)",
                advice: "allow the reading", cause: error)
        }
    }

    /// Returns the findings on the plan's resources that still fail or are unknown.
    private func findingsLeft(_ environment: RunEnvironment) async throws -> [Finding] {
        let wanted = Set(file.plan.steps.flatMap { step in step.checks.map { Pair($0, step.findingsOn) } })
        let checks = Catalogue.checks.filter { check in wanted.contains { $0.check == check.about.id } }
        guard !checks.isEmpty else { return [] }
        var scan = ScanRun(checks, of: AccountSelection(session: session.reaching(file.plan)))
        scan.settings = file.plan.settings
        let findings = try await scan.run(in: environment).report.findings
        return findings.filter { finding in
            [.fail, .unknown].contains(finding.status) && wanted.contains(Pair(finding.check, finding.resource.arn))
        }
    }

    private struct Pair: Hashable {
        var check: String
        var resource: String

        init(_ check: String, _ resource: String) {
            self.check = check
            self.resource = resource
        }
    }
}
