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
    public func findings(in account: Account) -> [Finding] {
        let reading = Reading(account, by: criteria)
        return checks.flatMap { findings(of: $0, in: reading) }.sorted { $0.sortKey < $1.sortKey }
    }

    private func findings(of check: any Check, in reading: Reading) -> [Finding] {
        var verdicts: [Verdict]
        do throws(Unknown) {
            verdicts = try check.evaluate(reading)
        } catch {
            verdicts = [Verdict(on: .account(reading.account), .unknown(error))]
        }
        // One walk of several may have met nothing. Only if all have is there nothing to judge, and silence would look
        // like a pass.
        let judged = verdicts.filter { $0.judgement.status != .notApplicable }
        verdicts = judged.isEmpty ? [verdicts.first ?? .nothing(in: reading)] : judged
        return verdicts.map { verdict in
            Finding(
                check: check.about.id, practice: check.about.practice, severity: check.about.severity,
                status: verdict.judgement.status, account: reading.account.id, region: verdict.region ?? "global",
                resource: verdict.resource, message: verdict.judgement.message,
                evidence: verdict.judgement.evidence, unknown: verdict.judgement.unknown)
        }
    }
}

extension Verdict {
    /// That a check judged nothing, without a word of why.
    fileprivate static func nothing(in reading: Reading) -> Verdict {
        Verdict(
            on: .account(reading.account),
            .notApplicable("The account has nothing that this check judges", Evidence("Judged", 0, from: .derived)))
    }
}

extension Finding {
    /// Practice first, then check, and within it the place and the resource.
    fileprivate var sortKey: SortKey {
        SortKey(practice: practice.number, rest: [check, account, region, resource.arn, message])
    }

    fileprivate struct SortKey: Comparable {
        var practice: Int
        var rest: [String]

        static func < (left: SortKey, right: SortKey) -> Bool {
            left.practice == right.practice
                ? left.rest.lexicographicallyPrecedes(right.rest) : left.practice < right.practice
        }
    }
}
