import Basics

extension AccessLogAnalytics {
    /// Finds requesters, addresses and user agents that were never seen before. Only allowed requests count.
    func newcomers(_ clients: [AccessClient]) -> [Alert] {
        guard !clients.isEmpty else { return [] }
        let learned = before.isEmpty ? tally.first + settings.learningHours * 3_600 : 0
        // Services that write logs access every trail bucket, from changing addresses.
        let allowed = clients.filter {
            $0.allowed > 0 && !$0.isAnonymous && !LogDelivery.isRequester($0.requester)
        }.sorted { ($0.firstAllowed, $0.address) < ($1.firstAllowed, $1.address) }
        var earliest: [String: Int] = [:]
        for client in clients where client.allowed > 0 {
            for key in ["\(client.bucket)/\(client.requester)", "\(client.bucket)@\(client.address)"] {
                earliest[key] = min(earliest[key] ?? .max, client.firstAllowed)
            }
        }
        var alerts: [Alert] = []
        var reported: Set<String> = []
        for client in allowed {
            let (name, place) = ("\(client.bucket)/\(client.requester)", "\(client.bucket)/\(client.address)")
            if before.requesters[name] == nil, (earliest[name] ?? 0) >= learned, !settings.expects(client.requester),
                reported.insert(name).inserted
            {
                alerts.append(
                    newcomer("access-new-requester", "A requester who was never seen before", client, .medium))
            }
            let isNewPlace =
                client.address != "-" && !client.isRest && before.addresses[place] == nil
                && (earliest["\(client.bucket)@\(client.address)"] ?? 0) >= learned
            // A new requester's address is not reported separately.
            if isNewPlace, !reported.contains(name), reported.insert(place).inserted {
                alerts.append(newcomer("access-new-address", "A known requester at a new address", client, .low))
            }
        }
        for (agent, seen) in tally.agents.usages.sorted(by: { $0.key < $1.key })
        where before.agents[agent] == nil && seen.first >= learned && agent != "-" && !LogDelivery.isService(agent) {
            alerts.append(
                Alert(
                    rule: "access-new-agent", title: "A user agent that was never seen before", time: seen.first,
                    severity: .informational, actor: agent, practice: "trail-access-logging",
                    fields: ["user_agent": agent], evidence: [.init("requests", .int(seen.count))]))
        }
        return alerts
    }

    private func newcomer(_ rule: String, _ title: String, _ client: AccessClient, _ severity: Severity) -> Alert {
        alert(
            rule, title, AccessSubject(client), severity, from: client.first, to: client.last,
            event: client.firstRecord?.event,
            [.init("requests", .int(client.requests)), .init("allowed", .int(client.allowed))] + beginning(client))
    }
}
