import Basics
import Analytics
import Pages

/// The evidence of an alert in words.
struct HuntEvidence {
    let alert: Alert

    private var evidence: AlertEvidence {
        AlertEvidence(alert.evidence, rule: alert.rule, lastTime: alert.hasTime ? alert.lastTime : nil)
    }

    /// See ``AlertEvidence/comparison``.
    var comparison: String? { evidence.comparison }

    var picture: HistoryPicture? { evidence.picture(named: comparison ?? "") }

    var sparkline: String? {
        guard let marks = alert.evidence("sparkline")?.text, !marks.isEmpty else { return nil }
        return marks
    }

    /// The events of a correlation, each in a sentence.
    var steps: [String] { HuntStep.all(of: alert).map(\.words) }

    /// The evidence that is not part of ``comparison``, ``sparkline``, ``picture`` and ``steps``.
    var others: [JSON.Object.Member] { evidence.others }

    /// One short line: the comparison, else the first simple facts.
    var short: String? {
        if let comparison { return comparison }
        let facts = others.compactMap { fact -> String? in
            switch fact.value {
            case .array, .object: nil
            default: "\(EvidenceWords.label(fact.name)) \(EvidenceWords.value(fact.value))"
            }
        }
        return facts.isEmpty ? nil : facts.prefix(4).joined(separator: ", ")
    }
}
