import Basics

extension AccessLogAnalytics {
    /// Requesters, addresses and user agents that were never seen before; those alone who were let in.
    func newcomers(_ parties: [AccessParty]) -> [Alert] {
        guard !parties.isEmpty else { return [] }
        let learnt = before.isEmpty ? tally.first + settings.learningHours * 3_600 : 0
        // Services that write logs are there on any trail bucket, at addresses that change.
        let allowed = parties.filter {
            $0.allowed > 0 && !$0.isAnonymous && !LogDelivery.isRequester($0.requester)
        }.sorted { ($0.firstAllowed, $0.address) < ($1.firstAllowed, $1.address) }
        var earliest: [String: Int] = [:]
        for party in parties where party.allowed > 0 {
            for key in ["\(party.bucket)/\(party.requester)", "\(party.bucket)@\(party.address)"] {
                earliest[key] = min(earliest[key] ?? .max, party.firstAllowed)
            }
        }
        var alerts: [Alert] = []
        var told: Set<String> = []
        for party in allowed {
            let (name, place) = ("\(party.bucket)/\(party.requester)", "\(party.bucket)/\(party.address)")
            if before.requesters[name] == nil, (earliest[name] ?? 0) >= learnt, !settings.expects(party.requester),
                told.insert(name).inserted
            {
                alerts.append(newcomer("access-new-requester", "A requester who was never seen before", party, .medium))
            }
            let isNewPlace =
                party.address != "-" && !party.isRest && before.addresses[place] == nil
                && (earliest["\(party.bucket)@\(party.address)"] ?? 0) >= learnt
            // The address of somebody new is no news of its own.
            if isNewPlace, !told.contains(name), told.insert(place).inserted {
                alerts.append(newcomer("access-new-address", "A known requester at a new address", party, .low))
            }
        }
        for (agent, seen) in tally.agents.sights.sorted(by: { $0.key < $1.key })
        where before.agents[agent] == nil && seen.first >= learnt && agent != "-" && !LogDelivery.isService(agent) {
            alerts.append(
                Alert(
                    rule: "access-new-agent", title: "A user agent that was never seen before", time: seen.first,
                    severity: .informational, actor: agent, practice: "trail-access-logging",
                    fields: ["user_agent": agent], evidence: [.init("requests", .int(seen.count))]))
        }
        return alerts
    }

    private func newcomer(_ rule: String, _ title: String, _ party: AccessParty, _ severity: Severity) -> Alert {
        alert(
            rule, title, AccessSubject(party), severity, from: party.first, to: party.last,
            event: party.firstRecord?.event,
            [.init("requests", .int(party.requests)), .init("allowed", .int(party.allowed))] + beginning(party))
    }
}
