import AWSClient
import Basics
public import Inventory

/// Applies checks to an account.
public struct Evaluator: Sendable {
    public var checks: [any Check]
    public var criteria: Criteria

    public init(checks: [any Check], criteria: Criteria) {
        self.checks = checks
        self.criteria = criteria
    }

    /// Every finding of every check, ordered by practice, check, account, region and resource, so that the same
    /// inventory always gives the same text.
    /// - Parameter peers: The other accounts of the run.
    public func findings(in account: Account, beside peers: [Account] = []) -> [Finding] {
        let reading = Reading(account, by: criteria, beside: peers)
        let ordered = checks.sorted {
            ($0.about.practice.number, $0.about.id) < ($1.about.practice.number, $1.about.id)
        }
        return ordered.concurrentMap { findings(of: $0, in: reading) }.flatMap(\.self)
    }

    /// Returns the names of the users whose failing findings name listed access keys, by the account's credential report:
    /// what a collector lists (``Inventory/Facet/accessKeys``).
    public func usersToName(in account: Account) -> Set<String> {
        let evaluator = Evaluator(checks: checks.filter { $0.about.reads.contains(.accessKeys) }, criteria: criteria)
        let source = Evidence.Source.call(Facet.accessKeys.source)
        return Set(
            evaluator.findings(in: account).filter { finding in
                finding.status == .fail && finding.evidence.contains { $0.source == source }
            }.map(\.resource.id))
    }

    private func findings(of check: any Check, in reading: Reading) -> [Finding] {
        var verdicts: [Verdict]
        do throws(Unknown) {
            verdicts = try check.evaluate(reading)
        } catch {
            verdicts = [Verdict(on: .account(reading.account), .unknown(error))]
        }
        // A check may walk several kinds of resources. It has nothing to evaluate only if none of them has any. Even
        // then it needs a finding, because no finding would look like a pass.
        let judged = verdicts.filter { $0.judgement.status != .notApplicable }
        verdicts = judged.isEmpty ? [verdicts.first ?? .nothing(in: reading)] : judged
        let origin = Shared(
            Finding.Origin(
                check: check.about.id, practice: check.about.practice, severity: check.about.severity,
                account: reading.account.id))
        let thresholds = check.about.settings.compactMap(reading.settings.threshold)
        return verdicts.inOrder.map { verdict in
            var finding = Finding(of: origin, on: verdict.resource, in: verdict.place, verdict.judgement)
            // A resource that was not evaluated was not compared with a threshold.
            if finding.unknown == nil, finding.status != .notApplicable {
                for threshold in thresholds { finding.name(threshold, beside: check.about.references) }
            }
            return finding
        }
    }
}

extension Finding {
    /// Adds the threshold of the evaluation, and the thresholds of other catalogues if they may change the verdict.
    fileprivate mutating func name(_ threshold: Threshold, beside references: [Reference]) {
        evidence.append(threshold.evidence)
        let others = threshold.differing(status, from: references)
        guard let first = others.first else { return }
        message += " (\(first.limit) in \(first.reference))"
        evidence += others.map { Evidence("\(threshold.name) of \($0.reference)", .int($0.limit), from: .derived) }
    }
}

extension Verdict {
    /// The verdict that a check had nothing to evaluate, if the check gives no reason.
    fileprivate static func nothing(in reading: Reading) -> Verdict {
        Verdict(
            on: .account(reading.account),
            .notApplicable(
                "The account has no resource that this check evaluates", Evidence("Judged", 0, from: .derived)))
    }
}

extension [Verdict] {
    /// The verdicts by place, resource and message. Mostly they are in this order already.
    fileprivate var inOrder: [Verdict] {
        func precedes(_ left: Int, _ right: Int) -> Bool {
            self[left].sortKey < self[right].sortKey
        }
        if indices.dropFirst().allSatisfy({ !precedes($0, $0 - 1) }) { return self }
        return indices.sorted(by: precedes).map { self[$0] }
    }
}

extension Verdict {
    fileprivate var place: String { region ?? "global" }
    fileprivate var sortKey: (String, String, String) { (place, resource.arn, judgement.message) }
}
