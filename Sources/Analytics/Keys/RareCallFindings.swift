internal import Basics

extension KeyHistory {
    /// The time from which the calls are known without a gap, in seconds since 1970.
    var callsKnownFrom: Int { max(span.from, min(tally.first, before.callsFrom ?? .max)) }

    /// Finds calls with a kind and subject that neither this run nor earlier ones saw before, after enough days of
    /// history.
    func judgeCalls(_ report: inout KeyReport, _ learned: inout LearnedKeys) {
        let known = before.calls ?? [:]
        var calls = known
        var young: [String] = []
        let usual = accountsOfInstanceTypes(known)
        for (number, entry) in tally.rareCalls.entries.enumerated() {
            let name = tally.rareCalls.names[number]
            let first = entry.first.time
            calls[name] = LearnedKeys.Call(
                first: min(known[name]?.first ?? first, first), last: max(known[name]?.last ?? 0, entry.last))
            guard !isUsual(entry, known[name]) else { continue }
            guard first - callsKnownFrom >= settings.learning else {
                young.append("\(subject(name)) in \(account(name))")
                continue
            }
            // In an account that has only just begun to run instances, every type is new.
            if entry.kind == .instanceType, (usual[account(name)] ?? .max) > first - settings.learning {
                continue
            }
            report.alerts.append(newCall(entry, name))
        }
        report.learning = young.sorted()
        learned.callsFrom = callsKnownFrom
        learned.calls = calls
    }

    /// Whether the calls raise no alert, because they are known, or because there are too few deletions.
    private func isUsual(_ entry: RareCalls, _ known: LearnedKeys.Call?) -> Bool {
        guard entry.kind == .deletion else { return known != nil }
        // A few deletions raise no alert, so they must not make many later ones look usual. Only older deletions do.
        return entry.count < settings.bulkDeletions
            || known.map { $0.first <= entry.first.time - settings.learning } ?? false
    }

    /// The time at which each account first ran an instance.
    private func accountsOfInstanceTypes(_ known: [String: LearnedKeys.Call]) -> [Substring: Int] {
        var first: [Substring: Int] = [:]
        for (name, call) in known where name.hasPrefix(RareCall.instanceType.rawValue) {
            first[account(name)] = min(first[account(name)] ?? .max, call.first)
        }
        for (number, entry) in tally.rareCalls.entries.enumerated() where entry.kind == .instanceType {
            let account = account(tally.rareCalls.names[number])
            first[account] = min(first[account] ?? .max, entry.first.time)
        }
        return first
    }

    /// The account in the name of calls (see ``RareCallTable``).
    private func account(_ name: String) -> Substring {
        name.split(separator: " ", maxSplits: 2).dropFirst().first ?? ""
    }

    /// The subject in the name of calls: an instance type, or a principal and, for deletions, a bucket.
    private func subject(_ name: String) -> String { name.split(separator: " ", maxSplits: 2).dropFirst(2).joined() }

    private func newCall(_ entry: RareCalls, _ name: String) -> Alert {
        let subject = subject(name)
        let rule = BuiltInAnalytics.keyRule(entry.kind.rawValue)
        var fields = ["subject": subject]
        fields["operation"] = tally.text(entry.first.operation)
        fields["address"] = tally.text(entry.first.address)
        return Alert(
            rule: rule.id, title: rule.title, event: entry.first.id.text, time: entry.first.time, lastTime: entry.last,
            severity: rule.severity, account: tally.text(entry.first.account), region: tally.text(entry.first.region),
            actor: tally.text(entry.first.actor) ?? subject, practice: rule.practice, fields: fields,
            evidence: [
                .init("calls", .int(entry.count)),
                .init("days_of_history_before", .int((entry.first.time - callsKnownFrom) / 86_400)),
            ])
    }
}
