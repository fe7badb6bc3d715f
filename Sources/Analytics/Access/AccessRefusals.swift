internal import Basics

extension AccessLogAnalytics {
    /// Refused requests: bursts, enumeration of keys, refused and then allowed.
    func refusals(_ subject: AccessSubject, _ learnt: inout LearnedAccess) -> [Alert] {
        let refusals = subject.party.refusals
        guard refusals.count > 0 else { return [] }
        let known = known(before.refused, subject)
        let bins = refusals.bins.entries.map { LevelJudge.Volume(slot: $0.slot, amount: Double($0.count)) }
        // A steady trickle is a misconfigured client: the hours before tell, and the baseline.
        let judge = LevelJudge(
            floor: Double(settings.refusedBurst), growth: settings.refusedGrowth, gap: 12, window: 288)
        let verdict = judge.judge(bins, known: known.map { max(1, $0.median) }, unknown: 1)
        let hasManyKeys = refusals.keys.estimate >= settings.enumeratedKeys
        let isTold = hasManyKeys && !isTrickle(subject, known)
        var alerts: [Alert] = []
        if let burst = burst(subject, verdict) { alerts.append(burst) }
        if isTold { alerts.append(enumeration(subject)) }
        let letIn = subject.isSingle ? refusedThenAllowed(subject, known) : nil
        if let letIn { alerts.append(letIn) }
        learn(
            subject, known, verdict, keys: isTold ? settings.enumeratedKeys - 1 : .max,
            isTold: isTold || letIn != nil, &learnt)
        return alerts
    }

    private func burst(_ subject: AccessSubject, _ verdict: LevelJudge.Verdict) -> Alert? {
        guard let first = verdict.unusual.first, let last = verdict.unusual.last, let most = verdict.most else {
            return nil
        }
        let refusals = subject.party.refusals
        let shown = refusals.bins.entries.filter { $0.slot <= last.slot }.suffix(48)
        return alert(
            "access-refused-burst", "Many requests are refused at once", subject,
            subject.party.isAnonymous ? .medium : .high, from: Int(first.slot) * 300, to: Int(last.slot) * 300 + 299,
            [
                .init("observed", .int(Int(saturating: most.amount))), .init("expected", .double(most.usual)),
                .init("unit", "refused requests in 5 minutes"), .init("refused in all", .int(refusals.count)),
                .init("sparkline", .string(Sparkline.text(shown.map { Double($0.count) }))),
            ] + subject.evidence + refusals.evidence)
    }

    private func enumeration(_ subject: AccessSubject) -> Alert {
        let refusals = subject.party.refusals
        return alert(
            "access-key-enumeration", "Somebody tries many keys that are refused", subject, .high,
            from: refusals.first, to: refusals.last,
            [
                .init("distinct keys, about", .int(refusals.keys.estimate)),
                .init("refused in all", .int(refusals.count)),
            ] + subject.evidence + refusals.evidence)
    }

    /// A client that is refused day by day tries many keys too: it was known for it before, or was there from the
    /// beginning of the first logs on, and asks as steadily as it did then.
    private func isTrickle(_ subject: AccessSubject, _ known: LearnedAccess.UsualLevel?) -> Bool {
        let refusals = subject.party.refusals
        let bins = refusals.bins.entries
        guard bins.count >= 12, let first = bins.first else { return false }
        let usual: Double
        if let known {
            let isKnownForIt = known.keys.map { $0 >= settings.enumeratedKeys } ?? true
            guard isKnownForIt || (known.alertedSince != nil && isSettled(known, at: refusals.last)) else {
                return false
            }
            usual = known.median
        } else {
            let learning = settings.learningHours * 3_600
            guard before.isEmpty, refusals.first - tally.first <= learning / 12,
                refusals.last - refusals.first >= learning / 2
            else { return false }
            let early = bins.prefix { Int($0.slot - first.slot) * 300 < learning / 2 }
            usual = Robust.median(early.map { Double($0.count) }) ?? 1
        }
        return Double(bins.map(\.count).max() ?? 0) < settings.refusedGrowth * max(1, usual)
    }

    /// Whether alerts because of it, if there were any, go on for so long that it is a habit.
    private func isSettled(_ known: LearnedAccess.UsualLevel, at time: Int) -> Bool {
        known.alertedSince.map { time / 3_600 - $0 >= settings.settling } ?? true
    }

    private func refusedThenAllowed(_ subject: AccessSubject, _ known: LearnedAccess.UsualLevel?) -> Alert? {
        let party = subject.party
        guard party.refusals.count >= settings.refusedBeforeAllowed, party.allowed > 0, !party.isRest else {
            return nil
        }
        // Some clients are refused and let in all day long, each for another thing.
        let isMixed =
            (known.map { isSettled($0, at: party.refusals.last) } ?? false)
            && before.requesters["\(party.bucket)/\(party.requester)"] != nil
        let least = isMixed ? settings.refusedBurst : settings.refusedBeforeAllowed
        var earlier: [Double] = []
        for run in party.refusedRuns {
            let usual = earlier.count >= 3 ? Robust.median(earlier) ?? 0 : 0
            if run.count >= least, Double(run.count) > settings.refusedGrowth / 2 * usual {
                let time = run.allowed == party.firstAllowed / 60 ? party.firstAllowed : run.allowed * 60
                return alert(
                    "access-refused-then-allowed", "Somebody who was refused many times was then let in", subject,
                    .high, from: time, to: party.last,
                    [
                        .init("refused before", .int(run.count)),
                        .init("refused in all", .int(party.refusals.count)), .init("allowed", .int(party.allowed)),
                        .init("first refused", .string(Moment(nearestTo: run.first * 60).description)),
                    ] + party.refusals.evidence)
            }
            earlier.append(Double(run.count))
        }
        return nil
    }

    private func learn(
        _ subject: AccessSubject, _ known: LearnedAccess.UsualLevel?, _ verdict: LevelJudge.Verdict, keys: Int,
        isTold: Bool, _ learnt: inout LearnedAccess
    ) {
        let refusals = subject.party.refusals
        // What is little and short changes nothing of the next run.
        guard let median = verdict.learnt,
            refusals.bins.entries.count >= 6 || median > Double(settings.refusedBurst) / settings.refusedGrowth
        else { return }
        let hour = refusals.last / 3_600
        learnt.refused[subject.key]
            .update(
                LearnedAccess.UsualLevel(
                    median: median, hour: hour, keys: min(refusals.keys.estimate, keys),
                    alertedSince: isTold ? known?.alertedSince ?? hour : nil))
    }
}
