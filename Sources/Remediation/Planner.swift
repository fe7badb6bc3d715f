public import AWSClient
import Basics
import Inventory
public import Posture

/// Makes a plan from failing findings. It sends only read calls.
public struct Planner: Sendable {
    private let fixes: [Fix]
    private let client: Client
    private let guards: Guards
    private let isForced: Bool
    /// The use of ports as flow logs show it.
    public var traffic: SeenTraffic?
    /// Whether the client can sign as the account's root user.
    public var rootAccess = RootAccess.unavailable(RootAccess.needsMember)

    /// - Parameter isForced: whether resources that CloudFormation or Terraform owns are changed as well.
    public init(_ fixes: [Fix], client: Client, guards: Guards, isForced: Bool = false) {
        self.fixes = fixes
        self.client = client
        self.guards = guards
        self.isForced = isForced
    }

    /// Returns the steps, and the reasons why failing findings have none, in the order of the fixes and the findings.
    /// - Parameters:
    ///   - earlier: the resources of completed steps whose later stages are to be planned.
    ///   - whyNot: returns the reason why a check has no fix.
    ///   - region: the Region in which global services are called.
    public func proposals(
        for findings: [Finding], continuing earlier: [Fix.Target] = [], in reading: Reading, region: String,
        whyNot: (String) -> String
    ) async -> (steps: [Step], leftOut: [Plan.LeftOut]) {
        var steps: [Step] = []
        var leftOut: [Plan.LeftOut] = []
        let failing = findings.filter { $0.status == .fail }
        let fixable = Set(fixes.flatMap(\.checks))
        for finding in failing where !fixable.contains(finding.check) {
            leftOut.append(
                Plan.LeftOut(check: finding.check, resource: finding.resource.arn, reason: whyNot(finding.check)))
        }
        for fix in fixes {
            let later = earlier.filter { $0.earlier?.step.later?.fix == fix.id }
            for target in targets(of: fix, failing, region: region) + later {
                var checks = target.checks
                func leaveOut(_ reason: String, _ byHand: [String] = []) {
                    leftOut += checks.map {
                        Plan.LeftOut(check: $0, resource: target.resource.arn, reason: reason, byHand: byHand)
                    }
                }
                do {
                    let observed = try await observations(of: fix, for: target, in: reading, after: steps)
                    let proposed: [Step]
                    switch try fix.propose(target, reading, observed) {
                    case .declined(let reason):
                        leaveOut(reason)
                        continue
                    case .byHand(let lines):
                        leaveOut("a person must do it", lines)
                        continue
                    case .partly(let steps, let reasons):
                        for check in checks {
                            guard let reason = reasons[check] else { continue }
                            leftOut.append(
                                Plan.LeftOut(check: check, resource: target.resource.arn, reason: reason))
                        }
                        checks.removeAll { reasons[$0] != nil }
                        proposed = steps
                    case .steps(let steps): proposed = steps
                    }
                    if let stranger = proposed.flatMap({ [$0.call, $0.undo].compactMap(\.self) })
                        .first(where: { call in !fix.calls.contains { $0.description == call.name } })
                    {
                        leaveOut("\(fix.id) does not declare \(stranger.name): report this")
                        continue
                    }
                    if let refusal = proposed.lazy.compactMap({ guards.refusal(of: $0) }).first {
                        leaveOut(refusal)
                        continue
                    }
                    let (owner, note) = await owner(of: proposed)
                    if let owner {
                        let patch = InfrastructureCode(proposed.map { ($0.title, $0.call) }, in: owner.language)
                        leaveOut("owned by \(owner): change it there, or plan with --force-owned", patch.lines)
                        continue
                    }
                    steps += proposed.map { step in
                        var step = step
                        step.findingsOn = target.resource.arn
                        step.notes += note
                        return step
                    }
                } catch let unknown as Unknown {
                    leaveOut("not determined: \(unknown.explanation)")
                } catch let failure as Failure {
                    leaveOut("not determined: \(failure.description)")
                } catch {
                    leaveOut("not determined: \(error)")
                }
            }
        }
        return (steps, leftOut)
    }

    /// Returns the tool that owns a resource that the steps change, and a note if the owner cannot be determined.
    private func owner(of steps: [Step]) async -> (ResourceOwner?, [String]) {
        guard !isForced else { return (nil, []) }
        let created = Set(steps.filter(\.call.createsResource).map(\.resource))
        // Of IAM's resources that steps change, the tagging API supports customer managed policies only.
        let changing = steps.filter {
            !created.contains($0.resource) && ($0.call.service != "iam" || $0.resource.contains(":policy/"))
        }
        for region in Set(changing.map(\.call.region)).sorted() {
            let arns = Set(changing.filter { $0.call.region == region }.map(\.resource)).sorted()
            do throws(Failure) {
                let owners = try await client.owners(of: arns, in: region)
                if let owner = arns.lazy.compactMap({ owners[$0] }).first { return (owner, []) }
            } catch {
                return (nil, ["Whether CloudFormation or Terraform owns the resource is not known: \(error.why)."])
            }
        }
        return (nil, [])
    }

    /// Returns the resources of the failing findings that the fix handles, each once.
    private func targets(of fix: Fix, _ failing: [Finding], region: String) -> [Fix.Target] {
        var targets: [Fix.Target] = []
        for finding in failing where fix.checks.contains(finding.check) {
            if let place = targets.firstIndex(where: { $0.resource.arn == finding.resource.arn }) {
                targets[place].findings.append(finding)
            } else {
                let place = finding.region == "global" ? region : finding.region
                targets.append(Fix.Target(finding.resource, region: place, findings: [finding]))
            }
        }
        return targets
    }

    /// Returns the observed facts as they will be after the earlier steps.
    private func observations(
        of fix: Fix, for target: Fix.Target, in reading: Reading, after steps: [Step]
    ) async throws -> Observations {
        var observed = Observations()
        (observed.steps, observed.traffic, observed.rootAccess) = (steps, traffic, rootAccess)
        while true {
            let wanted = try fix.observes(target, reading, observed).filter { observed.known($0) == nil }
            if wanted.isEmpty { return observed }
            for observation in wanted {
                if let step = steps.last(where: { $0.state == observation }) {
                    observed.values[observation] = step.after
                } else {
                    let answer = try await client.answer(to: observation.read)
                    observed.values[observation] = try observation.part(of: answer)
                }
            }
        }
    }
}

extension APICall {
    /// Whether the call creates or deletes a separate resource instead of changing the one that it names.
    fileprivate var createsResource: Bool {
        [
            "CreateBucket", "CreateTrail", "CreateFlowLogs", "DeleteFlowLogs", "CreateLogGroup", "CreateKey",
            "CreateSecret",
        ].contains(
            operation)
    }
}
