import Basics
import Inventory
import Posture

/// A check that says the same whatever it reads.
struct Fixed: Check {
    let about: About
    var verdicts: [Verdict] = []
    var unknown: Unknown?
    var examples: [Example] { [] }

    init(
        _ id: String, practice: Practice = .auditTrail, references: [Reference] = [], _ verdicts: [Verdict] = [],
        unknown: Unknown? = nil
    ) {
        about = About(
            id: id, title: id, practice: practice, severity: .medium, risk: "", remedy: "", references: references)
        self.verdicts = verdicts
        self.unknown = unknown
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        if let unknown { throw unknown }
        return verdicts
    }
}

extension Verdict {
    /// A verdict on a bucket of that name.
    static func on(_ name: String, in region: String? = nil, _ judgement: Judgement) -> Verdict {
        Verdict(on: .bucket(name, in: .sample), in: region, judgement)
    }
}

extension Check {
    func findings(in account: Account, by criteria: Criteria = .sample) -> [Finding] {
        Evaluator(checks: [self], criteria: criteria).findings(in: account)
    }

    func findings(in example: Example) -> [Finding] { findings(in: example.account, by: example.criteria) }
}
