extension AccessLogAnalytics {
    /// Refused requests: bursts, enumeration of keys, refused and then allowed.
    func refusals(_ party: AccessParty) -> [Alert] {
        guard party.refused > 0 else { return [] }
        var alerts: [Alert] = []
        let bins = party.refusedBins.sorted { $0.key < $1.key }
        // A steady trickle is a misconfigured client; the median of its own bins tells. A single bin has no history.
        let key = "\(party.bucket)/\(party.requester)/\(party.address)"
        let own = bins.count >= 6 ? Robust.median(bins.map { Double($0.value) }) : nil
        let usual = max(1, before.refused[key]?.median ?? own ?? 1)
        let full = bins.filter {
            $0.value >= settings.refusedBurst && Double($0.value) > settings.refusedGrowth * usual
        }
        if let first = full.first, let last = full.last {
            alerts.append(
                alert(
                    "access-refused-burst", "Many requests are refused at once", party,
                    party.requester == "-" ? .medium : .high, from: Int(first.key) * 300, to: Int(last.key) * 300 + 299,
                    [
                        .init("observed", .count(Int(full.map(\.value).max() ?? 0))), .init("expected", .number(usual)),
                        .init("unit", "refused requests in 5 minutes"), .init("refused in all", .count(party.refused)),
                        .init("sparkline", .text(Sparkline.text(bins.suffix(48).map { Double($0.value) }))),
                    ] + details(party)))
        }
        // A client that is refused day by day tries many keys too; it was there before.
        let isOld =
            before.refused[key] != nil || party.lastRefused - party.firstRefused >= settings.learningHours * 3_600
        let isTrickle =
            isOld && bins.count >= 12 && Double(bins.map(\.value).max() ?? 0) < settings.refusedGrowth * usual
        if party.refusedKeys.estimate >= settings.enumeratedKeys, !isTrickle {
            alerts.append(
                alert(
                    "access-key-enumeration", "Somebody tries many keys that are refused", party, .high,
                    from: party.firstRefused, to: party.lastRefused,
                    [
                        .init("distinct keys, about", .count(party.refusedKeys.estimate)),
                        .init("refused in all", .count(party.refused)),
                    ] + details(party)))
        }
        if party.refused >= settings.refusedBeforeAllowed, party.allowed > 0, party.firstAllowed > party.firstRefused {
            alerts.append(
                alert(
                    "access-refused-then-allowed", "Somebody who was refused many times was then let in", party, .high,
                    from: party.firstAllowed, to: party.last,
                    [
                        .init("refused in all", .count(party.refused)), .init("allowed", .count(party.allowed)),
                        .init("first refused", .text(Moments.text(party.firstRefused))),
                    ] + details(party)))
        }
        return alerts
    }

    private func details(_ party: AccessParty) -> [Alert.Evidence] {
        let operations = party.operations.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(5)
        return [
            .init("operations", .object(operations.map { .init($0.key, .count($0.value)) })),
            .init("keys", .list(party.sampleKeys.map { .text($0) })),
        ]
    }

    /// Much more than the requester usually reads.
    func reading(_ party: AccessParty) -> [Alert] {
        let hours = party.bytesByHour.sorted { $0.key < $1.key }
        guard let most = hours.max(by: { $0.value < $1.value }) else { return [] }
        let key = "\(party.bucket)/\(party.requester)/\(party.address)"
        let own = hours.count >= 6 ? Robust.median(hours.filter { $0.key < most.key }.map { Double($0.value) }) : nil
        let isExpected = settings.expects(party.requester)
        // Whoever reads much and has no history is unusual unless he is expected.
        guard let usual = before.reading[key]?.median ?? own ?? (isExpected ? nil : 0),
            Double(most.value) > max(settings.readFloor, usual * settings.readGrowth)
        else { return [] }
        return [
            alert(
                "access-unusual-reading", "Unusually much is read from the bucket", party, .high,
                from: Int(most.key) * 3_600, to: Int(most.key) * 3_600 + 3_599,
                [
                    .init("observed", .count(Int(most.value))), .init("expected", .count(Int(usual))),
                    .init("band", .list([0, .count(Int(max(settings.readFloor, usual * settings.readGrowth)))])),
                    .init("unit", "bytes in an hour"),
                    .init("history", .list(hours.suffix(48).map { .count(Int($0.value)) })),
                    .init("sparkline", .text(Sparkline.text(hours.suffix(48).map { Robust.log(Double($0.value)) }))),
                ])
        ]
    }

    func anonymous(_ party: AccessParty) -> [Alert] {
        guard party.requester == "-" else { return [] }
        return [
            alert(
                "access-anonymous", "Requests without credentials", party, party.allowed > 0 ? .critical : .low,
                from: party.first, to: party.last, event: party.sampleEvent,
                [
                    .init("requests", .count(party.requests)), .init("allowed", .count(party.allowed)),
                    .init("refused", .count(party.refused)),
                ])
        ]
    }

    func insecure(_ party: AccessParty) -> [Alert] {
        guard party.insecure > 0 else { return [] }
        return [
            alert(
                "access-plain-http", "Requests without encryption on the way", party, .medium, from: party.first,
                to: party.last, [.init("requests", .count(party.insecure))])
        ]
    }

    /// Requesters, addresses and user agents that were never seen before; those alone who were let in.
    func newcomers() -> [Alert] {
        guard !tally.parties.isEmpty else { return [] }
        let learnt = before.isEmpty ? tally.first + settings.learningHours * 3_600 : 0
        var earliest: [String: Int] = [:]
        for party in tally.parties {
            for key in ["\(party.bucket)/\(party.requester)", "\(party.bucket)@\(party.address)"] {
                earliest[key] = min(earliest[key] ?? .max, party.first)
            }
        }
        var alerts: [Alert] = []
        var told: Set<String> = []
        // Services that write logs are there on any trail bucket, at addresses that change.
        for party in tally.parties
        where party.allowed > 0 && party.requester != "-" && !LogDelivery.isRequester(party.requester) {
            let (name, place) = ("\(party.bucket)/\(party.requester)", "\(party.bucket)/\(party.address)")
            if before.requesters[name] == nil, (earliest[name] ?? 0) >= learnt, !settings.expects(party.requester),
                told.insert(name).inserted
            {
                alerts.append(newcomer("access-new-requester", "A requester who was never seen before", party, .medium))
            }
            let isNewPlace =
                party.address != "-" && before.addresses[place] == nil
                && (earliest["\(party.bucket)@\(party.address)"] ?? 0) >= learnt
            // The address of somebody new is no news of its own.
            if isNewPlace, !told.contains(name), told.insert(place).inserted {
                alerts.append(newcomer("access-new-address", "A known requester at a new address", party, .low))
            }
        }
        for (agent, seen) in tally.agents.sorted(by: { $0.key < $1.key })
        where before.agents[agent] == nil && seen.first >= learnt && agent != "-" && !LogDelivery.isService(agent) {
            alerts.append(
                Alert(
                    rule: "access-new-agent", title: "A user agent that was never seen before", time: seen.first,
                    severity: .informational, actor: agent, practice: "trail-access-logging",
                    fields: ["user_agent": agent]))
        }
        return alerts
    }

    private func newcomer(_ rule: String, _ title: String, _ party: AccessParty, _ severity: Alert.Severity) -> Alert {
        alert(
            rule, title, party, severity, from: party.first, to: party.last, event: party.sampleEvent,
            [.init("requests", .count(party.requests)), .init("allowed", .count(party.allowed))])
    }

    func sensitive(_ found: SensitiveRequests) -> Alert {
        let party = tally.parties[found.party]
        let severity: Alert.Severity =
            switch found.kind {
            case .delete: found.allowed > 0 ? .critical : .high
            case .policyChange: found.allowed > 0 ? .high : .medium
            case .policyRead: settings.expects(party.requester) ? .informational : .low
            }
        let rule =
            switch found.kind {
            case .delete: "access-log-deleted"
            case .policyChange: "access-policy-changed"
            case .policyRead: "access-policy-read"
            }
        return alert(
            rule, found.kind.title, party, severity, from: found.first, to: found.last, event: found.event,
            [
                .init("requests", .count(found.count)), .init("allowed", .count(found.allowed)),
                .init("operations", .list(found.operations.sorted().map { .text($0) })),
                .init("keys", .list(found.keys.map { .text($0) })),
            ])
    }
}
