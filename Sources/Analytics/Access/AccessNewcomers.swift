import Basics

extension AccessLogAnalytics {
    /// Finds requesters, addresses and user agents that were never seen before. Only allowed requests count.
    func newcomers(_ clients: [AccessClient]) -> [Alert] {
        guard !clients.isEmpty else { return [] }
        // AWS services that write logs access every trail bucket, from changing addresses.
        let allowed = clients.filter {
            $0.allowed > 0 && !$0.isAnonymous && !LogDelivery.isRequester($0.requester)
        }.sorted { left, right in
            (left.firstAllowed, left.address, left.requester, left.bucket)
                < (right.firstAllowed, right.address, right.requester, right.bucket)
        }
        let crowded = crowdedRoles(clients)
        var earliest: [String: Int] = [:]
        for client in clients where client.allowed > 0 {
            for key in ["\(client.bucket)/\(party(client, crowded))", "\(client.bucket)@\(client.address)"] {
                earliest[key] = min(earliest[key] ?? .max, client.firstAllowed)
            }
        }
        var requesters: [String: [AccessClient]] = [:]
        var addresses: [String: [AccessClient]] = [:]
        var reported: Set<String> = []
        for client in allowed {
            let who = party(client, crowded)
            let (name, place) = ("\(client.bucket)/\(who)", "\(client.bucket)/\(client.address)")
            if before.requesters[name] == nil, (earliest[name] ?? 0) >= learned, !settings.expects(client.requester),
                reported.insert(name).inserted
            {
                requesters[who, default: []].append(client)
            }
            let isNewPlace =
                client.address != "-" && !client.isRest && before.addresses[place] == nil
                && (earliest["\(client.bucket)@\(client.address)"] ?? 0) >= learned
            // A new requester's address is not reported separately.
            if isNewPlace, !reported.contains(name), reported.insert(place).inserted {
                addresses[name, default: []].append(client)
            }
        }
        // Each requester or address is new once, on however many buckets or from however many addresses.
        let elsewhere = requesters.isEmpty ? [] : Set(before.requesters.keys.map(Self.requester))
        var alerts = requesters.values.map { clients in
            let first = clients.first { holdsLogs($0.bucket) } ?? clients[0]
            return newcomer(
                "access-new-requester",
                elsewhere.contains(first.requester)
                    ? "New requester on this bucket" : "New requester",
                first, .medium,
                clients.count > 1 ? [.init("buckets", .array(clients.prefix(10).map { .string($0.bucket) }))] : [])
        }
        alerts += addresses.values.map { clients in
            newcomer(
                "access-new-address", "Known requester from new IP address", clients[0], .low,
                clients.count > 1
                    ? [
                        .init("new_addresses", .int(clients.count)),
                        .init("addresses", .array(clients.prefix(10).map { .string($0.address) })),
                    ] : [])
        }
        for (agent, seen) in tally.agents.usages.sorted(by: { $0.key < $1.key })
        where before.agents[agent] == nil && seen.first >= learned && agent != "-" && !LogDelivery.isService(agent) {
            alerts.append(
                Alert(
                    rule: "access-new-agent", title: "New user agent", time: seen.first,
                    severity: .informational, actor: agent, practice: "trail-access-logging",
                    fields: ["user_agent": agent], evidence: [.init("requests", .int(seen.count))]))
        }
        return alerts
    }

    /// Roles with more sessions than people create. Programs give each session a new name, so the role is compared
    /// instead.
    private func crowdedRoles(_ clients: [AccessClient]) -> Set<String> {
        var sessions: [String: Set<String>] = [:]
        for client in clients where client.allowed > 0 {
            if let role = client.role { sessions[role, default: []].insert(client.requester) }
        }
        let many = sessions.filter { $0.value.count > Self.sessionsOfPeople }.map(\.key)
        let known = before.requesters.keys.filter { $0.hasSuffix("/*") && $0.contains(":assumed-role/") }
            .map(Self.requester)
        return Set(many + known)
    }

    private static let sessionsOfPeople = 20

    /// The requester in `bucket/requester`.
    private static func requester(_ name: String) -> String { String(name.drop { $0 != "/" }.dropFirst()) }

    private func party(_ client: AccessClient, _ crowded: Set<String>) -> String {
        client.role.flatMap { crowded.contains($0) ? $0 : nil } ?? client.requester
    }

    /// The crowded roles with allowed requests, by bucket. The baseline learns them beside their sessions.
    func crowdedRolesByBucket(_ clients: [AccessClient]) -> [String: Int] {
        let crowded = crowdedRoles(clients)
        var hours: [String: Int] = [:]
        for client in clients where client.allowed > 0 {
            guard let role = client.role, crowded.contains(role) else { continue }
            hours["\(client.bucket)/\(role)"] = max(hours["\(client.bucket)/\(role)"] ?? 0, client.last / 3_600)
        }
        return hours
    }

    private func newcomer(
        _ rule: String, _ title: String, _ client: AccessClient, _ severity: Severity,
        _ others: [JSON.Object.Member]
    ) -> Alert {
        alert(
            rule, title, AccessSubject(client), severity, from: client.firstAllowed, to: client.last,
            event: client.firstRecord?.event,
            [.init("requests", .int(client.requests)), .init("allowed", .int(client.allowed))] + others
                + beginning(client))
    }
}
