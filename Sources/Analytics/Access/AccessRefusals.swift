internal import Basics

extension AccessLogAnalytics {
    /// Evaluates denied requests: finds bursts, enumeration of keys, and access granted after denials.
    func refusals(_ subject: AccessSubject, _ learned: inout LearnedAccess) -> [Alert] {
        let refusals = subject.client.refusals
        guard refusals.count > 0 else { return missing(subject, &learned) }
        let known = known(before.refused, subject)
        let bins = refusals.bins.entries.map { LevelJudge.Volume(slot: $0.slot, amount: Double($0.count)) }
        // A misconfigured client causes a steady trickle of denials. The hours before and the baseline show it.
        let judge = LevelJudge(
            floor: Double(settings.refusedBurst), growth: settings.refusedGrowth, gap: 12, window: 288)
        let verdict = judge.judge(bins, known: known.map { max(1, $0.median) }, unknown: 1)
        let hasManyKeys = refusals.keys.count >= settings.enumeratedKeys
        let isReported = hasManyKeys && !isTrickle(refusals, known)
        var alerts: [Alert] = []
        if let burst = burst(subject, verdict) { alerts.append(burst) }
        if isReported { alerts.append(enumeration(subject)) }
        let letIn = subject.isSingle ? refusedThenAllowed(subject, known) : nil
        if let letIn { alerts.append(letIn) }
        learn(
            subject, known, verdict, keys: isReported ? settings.enumeratedKeys - 1 : .max,
            isReported: isReported || letIn != nil, &learned)
        return alerts + missing(subject, &learned)
    }

    /// Finds guessed object keys by requests for keys that do not exist. S3 answers 404 only if the requester is
    /// allowed to list the bucket; otherwise it denies the request. A client that writes objects often checks first
    /// whether they exist.
    private func missing(_ subject: AccessSubject, _ learned: inout LearnedAccess) -> [Alert] {
        let client = subject.client
        let missing = client.missing
        guard missing.count > 0 else { return [] }
        let key = "\(subject.key)#missing"
        let known = before.refused[key]
        let isGuess =
            missing.keys.count >= settings.enumeratedKeys && client.allowed * 4 <= missing.count
            && !(client.isAnonymous && settings.isPublic(client.bucket)) && !isTrickle(missing, known)
        if missing.bins.entries.count >= 6 || isGuess {
            let median = Robust.median(missing.bins.entries.map { Double($0.count) }) ?? 0
            let hour = missing.last / 3_600
            learned.refused[key].update(
                LearnedAccess.UsualLevel(
                    median: median, hour: hour,
                    keys: isGuess ? settings.enumeratedKeys - 1 : min(missing.keys.count, 1_000_000),
                    alertedSince: isGuess ? known?.alertedSince ?? hour : nil))
        }
        guard isGuess else { return [] }
        return [
            alert(
                "access-key-guessing", "Enumeration of missing object keys", subject,
                client.isAnonymous ? .low : holdsLogs(client.bucket) ? .high : .medium, from: missing.first,
                to: missing.last,
                [
                    .init("distinct_keys", .int(missing.keyCount)),
                    .init("missing", .int(missing.count)), .init("allowed", .int(client.allowed)),
                ] + subject.evidence + missing.evidence)
        ]
    }

    /// Finds requesters that were denied at a bucket with logs and are not known as its readers. Raises one alert for a
    /// requester, or for an account if several of its requesters were denied.
    /// - Parameter young: receives the requesters whose denials the logs do not go back far enough to call new.
    func refusedAtLogs(
        _ clients: [AccessClient], _ reported: [Set<String>], _ learned: inout LearnedAccess, _ young: inout Set<String>
    ) -> [Alert] {
        var parties: [String: (isReported: Bool, clients: [AccessClient])] = [:]
        // Other requests from the address of an attack belong to that attack.
        let attacked = Set(
            clients.indices.filter { !reported[$0].isEmpty && !clients[$0].isRest }
                .map { "\(clients[$0].bucket)/\(clients[$0].address)" })
        for (number, client) in clients.enumerated()
        where client.refusals.count > 0 && !client.isAnonymous && holdsLogs(client.bucket) {
            guard !client.requester.hasPrefix("svc:") else { continue }
            let party = "\(client.bucket)/\(client.requester)"
            parties[party, default: (false, [])].clients.append(client)
            if !reported[number].isEmpty || attacked.contains("\(client.bucket)/\(client.address)") {
                parties[party]?.isReported = true
            }
        }
        var strangers: [String: [AccessSubject]] = [:]
        for (party, found) in parties {
            let subject =
                found.clients.count == 1
                ? AccessSubject(found.clients[0])
                : AccessSubject(found.clients, sharing: .requester, exactlyUpTo: settings.enumeratedKeys)
            let refusals = subject.client.refusals
            let key = "\(party)#refused"
            // Known readers are denied now and then.
            let isReader = before.requesters[party] != nil || subject.client.firstAllowed < refusals.first
            let isKnown = isReader || before.refused[key] != nil
            learned.refused[key].update(
                LearnedAccess.UsualLevel(median: Double(refusals.count), hour: refusals.last / 3_600))
            guard !found.isReported, !isKnown else { continue }
            guard refusals.first >= self.learned else {
                young.insert("\(party): denied requests")
                continue
            }
            let account = Self.account(in: subject.requester) ?? subject.requester
            strangers["\(subject.client.bucket)/\(account)", default: []].append(subject)
        }
        return strangers.values.map { subjects in
            let sorted = subjects.sorted { left, right in
                (left.client.refusals.count, right.requester) > (right.client.refusals.count, left.requester)
            }
            let (subject, refusals) = (sorted[0], sorted[0].client.refusals)
            return alert(
                "access-log-refused", "First denied requester at a log bucket", subject, .medium,
                from: sorted.map(\.client.refusals.first).min() ?? refusals.first,
                to: sorted.map(\.client.refusals.last).max() ?? refusals.last,
                event: refusals.records.records.first?.event,
                [.init("denied", .int(refusals.count))]
                    + (sorted.count > 1
                        ? [
                            .init("requesters", .int(sorted.count)),
                            .init("top_requesters", .array(sorted.prefix(10).map { .string($0.requester) })),
                        ] : []) + subject.evidence + refusals.evidence)
        }
    }

    private func burst(_ subject: AccessSubject, _ verdict: LevelJudge.Verdict) -> Alert? {
        guard let first = verdict.unusual.first, let last = verdict.unusual.last, let most = verdict.most else {
            return nil
        }
        let refusals = subject.client.refusals
        let shown = refusals.bins.entries.filter { $0.slot <= last.slot }.suffix(48)
        let span = refusals.bins.span(from: first.slot, to: last.slot, length: RefusedBin.length, \.moments)
        return alert(
            "access-refused-burst", "Burst of denied requests", subject,
            subject.client.isAnonymous ? .medium : .high, from: span.first, to: span.last,
            [
                .init("observed", .int(Int(saturating: most.amount))), .init("expected", .double(most.usual)),
                .init("unit", "denied requests in 5 minutes"), .init("denied", .int(refusals.count)),
                .init("sparkline", .string(Sparkline.text(shown.map { Double($0.count) }))),
            ] + subject.evidence + refusals.evidence)
    }

    private func enumeration(_ subject: AccessSubject) -> Alert {
        let refusals = subject.client.refusals
        return alert(
            "access-key-enumeration", "Object key enumeration", subject, .high,
            from: refusals.first, to: refusals.last,
            [
                .init("distinct_keys", .int(refusals.keyCount)),
                .init("denied", .int(refusals.count)),
            ] + subject.evidence + refusals.evidence)
    }

    /// Whether a client is denied as steadily as before. Such a client also tries many keys. The baseline knows it, or
    /// it was denied from the beginning of the first logs.
    private func isTrickle(_ refusals: Refusals, _ known: LearnedAccess.UsualLevel?) -> Bool {
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

    /// Whether its alerts have gone on for so long that the behavior counts as usual.
    private func isSettled(_ known: LearnedAccess.UsualLevel, at time: Int) -> Bool {
        known.alertedSince.map { time / 3_600 - $0 >= settings.settling } ?? true
    }

    private func refusedThenAllowed(_ subject: AccessSubject, _ known: LearnedAccess.UsualLevel?) -> Alert? {
        let client = subject.client
        guard client.refusals.count >= settings.refusedBeforeAllowed, client.allowed > 0, !client.isRest else {
            return nil
        }
        // Some clients are denied and allowed all day long, for different objects.
        let isMixed =
            (known.map { isSettled($0, at: client.refusals.last) } ?? false)
            && before.requesters["\(client.bucket)/\(client.requester)"] != nil
        let least = isMixed ? settings.refusedBurst : settings.refusedBeforeAllowed
        var earlier: [Double] = []
        for run in client.refusedRuns {
            let usual = earlier.count >= 3 ? Robust.median(earlier) ?? 0 : 0
            if run.count >= least, Double(run.count) > settings.refusedGrowth / 2 * usual {
                let time = run.allowed == client.firstAllowed / 60 ? client.firstAllowed : run.allowed * 60
                return alert(
                    "access-refused-then-allowed", "Access granted after repeated denials", subject,
                    .high, from: time, to: time,
                    [
                        .init("denied_before", .int(run.count)),
                        .init("denied", .int(client.refusals.count)), .init("allowed", .int(client.allowed)),
                        .init(
                            "first_denied",
                            .string(Moment(nearestTo: client.refusals.moment(inMinute: run.first)).description)),
                    ] + client.refusals.evidence)
            }
            earlier.append(Double(run.count))
        }
        return nil
    }

    private func learn(
        _ subject: AccessSubject, _ known: LearnedAccess.UsualLevel?, _ verdict: LevelJudge.Verdict, keys: Int,
        isReported: Bool, _ learned: inout LearnedAccess
    ) {
        let refusals = subject.client.refusals
        // A few denied requests within a short time are not learned.
        guard let median = verdict.learned,
            refusals.bins.entries.count >= 6 || median > Double(settings.refusedBurst) / settings.refusedGrowth
        else { return }
        let hour = refusals.last / 3_600
        learned.refused[subject.key]
            .update(
                LearnedAccess.UsualLevel(
                    median: median, hour: hour, keys: min(refusals.keys.count, keys),
                    alertedSince: isReported ? known?.alertedSince ?? hour : nil))
    }
}
