import Basics

extension AccessLogAnalytics {
    /// Finds requesters that delete or copy many objects at once, as ransomware does. A copy can change the key with
    /// which an object is encrypted, but the log does not show the key.
    /// - Parameter young: receives the requester if the logs do not go back far enough to show what is usual for it.
    func changes(_ subject: AccessSubject, _ learned: inout LearnedAccess, _ young: inout Set<String>) -> [Alert] {
        [
            change(
                subject, "access-mass-deletion", "Bulk object deletion", "deleted", &learned, &young, \.deleted,
                \.deletion),
            change(
                subject, "access-mass-copy", "Bulk object copy or re-encryption", "copied", &learned, &young, \.copied,
                \.copying),
        ].compactMap(\.self)
    }

    private func change(
        _ subject: AccessSubject, _ rule: String, _ title: String, _ name: String, _ learned: inout LearnedAccess,
        _ young: inout Set<String>, _ count: KeyPath<AllowedHour, UInt32>, _ moments: KeyPath<AllowedHour, SlotMoments>
    ) -> Alert? {
        let client = subject.client
        let entries = client.hours.entries
        let hours = entries.filter { $0[keyPath: count] > 0 }
            .map { LevelJudge.Volume(slot: $0.slot, amount: Double($0[keyPath: count])) }
        guard let last = hours.last else { return nil }
        let judge = LevelJudge(
            floor: settings.changedObjects, growth: settings.changeGrowth, gap: 0, window: 168)
        let key = "\(subject.key)#\(name)"
        // A requester that never did this before is unusual if the logs go back far enough to show it.
        let begin = Int32(clamping: self.learned / 3_600)
        let late = hours.filter { $0.slot >= begin }
        let known = before.refused[key]?.median
        let isNew = hours.first.map { $0.slot >= begin } == true
        // Objects that are deleted after they were read may be held to ransom, so that needs no history.
        let isRansom = rule == "access-mass-deletion" && client.deletedKeys.isMostly(in: client.readKeys)
        let isEarly = known == nil && !isNew && hours.contains { $0.slot < begin && $0.amount >= judge.floor }
        let own = hours.count >= LevelJudge.least ? Robust.median(hours.map(\.amount)) ?? 0 : 0
        let verdict = judge.judge(
            known == nil && !isRansom ? late : hours, known: known, unknown: isNew ? 0 : isRansom ? own : nil)
        if isEarly, verdict.unusual.isEmpty {
            young.insert("\(client.bucket)/\(subject.requester): \(name) objects")
        }
        let median = verdict.learned ?? Robust.median(hours.map(\.amount)) ?? 0
        learned.refused[key].update(LearnedAccess.UsualLevel(median: median, hour: Int(last.slot)))
        guard let first = verdict.unusual.first, let end = verdict.unusual.last, let most = verdict.most else {
            return nil
        }
        let total = verdict.unusual.reduce(0) { $0 + $1.amount }
        // Objects that were read within the day before may have been exfiltrated.
        let reads = entries.filter { $0.slot >= first.slot - 24 && $0.slot <= end.slot }.reduce(0) {
            $0 + Double($1.reads)
        }
        let span = client.hours.span(from: first.slot, to: end.slot, length: AllowedHour.length) {
            $0[keyPath: moments]
        }
        let isTaken = rule == "access-mass-deletion" && reads * 2 >= total
        return alert(
            rule, title, subject, isTaken ? .critical : .high, from: span.first, to: span.last,
            [
                .init("observed", .int(Int(saturating: most.amount))),
                .init("expected", .int(Int(saturating: most.usual))), .init("unit", "objects in an hour"),
                .init("\(name)_objects", .int(Int(saturating: total))),
                .init("reads_since_day_before", .int(Int(saturating: reads))),
            ] + subject.evidence)
    }
}
