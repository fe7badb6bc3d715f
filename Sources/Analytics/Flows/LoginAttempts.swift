internal import Basics
internal import LogReaders

extension FlowAnalytics {
    /// A source that tries to log in to a host.
    private struct LoginTarget: Hashable {
        var source: FlowAddress
        var destination: FlowAddress
        var port: UInt16
        var sends: Bool

        init(_ key: LoginKey) {
            (source, destination, port, sends) = (key.source, key.destination, key.port, key.sends)
        }

        /// The same target as recorded by the interface of the other side.
        var mirrored: LoginTarget {
            var target = self
            target.sends.toggle()
            return target
        }
    }

    private struct Guesses {
        let target: LoginTarget
        /// The most attempts within an hour.
        let most: Int
        /// The counts from the first to the last hour with many attempts, and of the hour after it, in which a guess
        /// may succeed.
        let sum: LoginHour

        func precedes(_ other: Guesses) -> Bool {
            (sum.long > 0 ? 1 : 0, most, sum.attempts, other.target.source, other.target.destination)
                > (other.sum.long > 0 ? 1 : 0, other.most, other.sum.attempts, target.source, target.destination)
        }
    }

    /// Finds many short or rejected flows to SSH or RDP.
    func logins() -> [Alert] {
        // First finds the few targets with enough attempts and their hours, then adds up the counts.
        var busy: [LoginTarget: (most: Int, first: Int32, last: Int32)] = [:]
        for (key, hour) in tally.logins.entries where hour.attempts >= settings.loginAttempts {
            let known = busy[LoginTarget(key)] ?? (0, key.hour, key.hour)
            busy[LoginTarget(key)] = (
                max(known.most, hour.attempts), min(known.first, key.hour), max(known.last, key.hour)
            )
        }
        guard !busy.isEmpty else { return [] }
        var sums: [LoginTarget: LoginHour] = [:]
        for (key, hour) in tally.logins.entries {
            let target = LoginTarget(key)
            guard let known = busy[target], (known.first...(known.last + 1)).contains(key.hour) else { continue }
            sums[target] = sums[target]?.merged(with: hour) ?? hour
        }
        let found = busy.compactMap { target, known -> Guesses? in
            guard let sum = sums[target] else { return nil }
            // The interfaces of both sides record an internal flow, so the attempts are counted only once.
            let others = busy[target.mirrored]?.most ?? 0
            guard others < known.most || others == known.most && !target.sends else { return nil }
            guard !settings.expectedScanners.contains(target.source) else { return nil }
            return Guesses(target: target, most: known.most, sum: sum)
        }
        // One alert for an internal source, whatever hosts it tries. One alert for a host that external sources try.
        let groups = Dictionary(grouping: found) { guesses in
            let isInternal = settings.isInternal(guesses.target.source)
            return "\(isInternal ? guesses.target.source : guesses.target.destination) \(guesses.target.port)"
        }
        return groups.values.map { logins($0.sorted { $0.precedes($1) }) }
    }

    /// - Parameter group: the guesses of one source or at one host, the strongest first.
    private func logins(_ group: [Guesses]) -> Alert {
        let (target, sum) = (group[0].target, group[0].sum)
        let isExternal = !settings.isInternal(target.source)
        // A session after many attempts: a guess may have succeeded.
        let severity: Severity =
            sum.long > 0
            ? .high : group.allSatisfy { $0.sum.short == 0 } ? .informational : isExternal ? .medium : .low
        let first = group.map(\.sum.first).min() ?? sum.first
        let last = group.map(\.sum.last).max() ?? sum.last
        return alert(
            "flow-login-attempts", "\(ServicePorts.logins[target.port] ?? "") brute force",
            Int(sum.interface), severity, from: Int(first), to: Int(last),
            fields: [
                "source": "\(target.source)", "destination": "\(target.destination)", "port": "\(target.port)",
            ],
            [
                .init("most_attempts_per_hour", .int(group[0].most)),
                .init("short_sessions", .int(Int(sum.short))), .init("rejected", .int(Int(sum.rejected))),
                .init("long_sessions", .int(Int(sum.long))),
                .init("longest_session_bytes", .amount(sum.longestBytes)),
            ]
                + Self.others(
                    isExternal ? "sources" : "hosts",
                    group.map { ("\(isExternal ? $0.target.source : $0.target.destination)", $0.most) }, "attempts")
                + records(rows(Int(sum.interface), from: Int(sum.first), to: Int(sum.last))) {
                    $0.source == target.source && $0.destination == target.destination
                        && $0.destinationPort == target.port
                })
    }

    /// A source that was rejected and then accepted.
    private struct LetIn {
        let pair: PairEntry
        let port: UInt16
        let time: UInt32
        let rejected: Int
        let first: UInt32

        func precedes(_ other: LetIn) -> Bool {
            (rejected, pair.bytesIn, other.pair.peer) > (other.rejected, other.pair.bytesIn, pair.peer)
        }
    }

    /// Finds sources that were accepted after many rejections: for the first time at all, or at the same port.
    func rejectedThenAccepted() -> [Alert] {
        var reported: Set<Int> = []
        var found: [LetIn] = []
        let rejections = tally.rejectionTimes.before { number in
            let pair = tally.pairs.entries[number]
            return pair.rejected >= settings.rejectedBeforeAccepted && pair.firstAccepted != .max
                ? pair.firstAccepted : nil
        }
        for (number, rejected) in rejections where rejected.count >= settings.rejectedBeforeAccepted {
            let pair = tally.pairs.entries[number]
            reported.insert(number)
            found.append(
                LetIn(
                    pair: pair, port: pair.acceptedPort, time: pair.firstAccepted, rejected: rejected.count,
                    first: rejected.first))
        }
        for (key, rejections) in tally.rejections.entries where rejections.accepted != .max {
            let hash = tally.pairs.hash(key.interface, key.peer)
            guard let number = tally.pairs.find(key.interface, key.peer, hash), !reported.contains(number),
                tally.pairs.entries[number].rejected >= settings.rejectedBeforeAccepted
            else { continue }
            found.append(
                LetIn(
                    pair: tally.pairs.entries[number], port: key.port, time: rejections.accepted,
                    rejected: rejections.count, first: rejections.first))
        }
        // One alert for all external sources that were accepted at the same port of an interface.
        let groups = Dictionary(grouping: found.filter { !settings.expectedScanners.contains($0.pair.peer) }) { found in
            let isInternal = settings.isInternal(found.pair.peer)
            return "\(found.pair.interface) \(found.port) \(isInternal ? "\(found.pair.peer)" : "")"
        }
        return groups.values.map { letIn($0.sorted { $0.precedes($1) }) }
    }

    /// - Parameter group: the sources at one port of one interface, the strongest first.
    private func letIn(_ group: [LetIn]) -> Alert {
        let found = group[0]
        let pair = found.pair
        let first = group.map(\.time).min() ?? found.time
        let last = group.map(\.time).max() ?? found.time
        return alert(
            "flow-rejected-then-accepted", "Connection accepted after repeated rejects",
            Int(pair.interface), .medium, from: Int(first), to: Int(last),
            fields: ["source": "\(pair.peer)", "port": "\(found.port)"],
            [
                .init("rejected_flows", .int(found.rejected)),
                .init("first_rejected", .string(Moment(nearestTo: Int(found.first)).description)),
                .init("bytes_received", .amount(pair.bytesIn)), .init("bytes_sent", .amount(pair.bytesOut)),
            ] + Self.others("sources", group.map { ("\($0.pair.peer)", $0.rejected) }, "rejected")
                + records(rows(Int(pair.interface), from: Int(found.first), to: Int(pair.last))) {
                    $0.source == pair.peer && $0.destinationPort == found.port
                })
    }

    /// Finds accepted flows from external addresses to ports that should not be exposed.
    func exposedServices() -> [Alert] {
        tally.services.map { key, service in
            let name = settings.exposedPorts[key.port] ?? "\(key.port)"
            return alert(
                "flow-exposed-service", "\(name) is reached from outside", Int(key.interface),
                .high, from: Int(service.first), to: Int(service.last), practice: "network-exposure",
                fields: ["port": "\(key.port)", "service": name],
                [
                    .init("flows", .int(service.flows)), .init("bytes_received", .amount(service.bytes)),
                    .init("distinct_sources", .int(service.sources.count(among: service.flows))),
                    .init("sources", .array(sources(of: service, key).prefix(5).map { .string("\($0)") })),
                    .init("records", .array([.string(service.largest.text)])),
                ])
        }
    }

    /// The sources of a service with the most flows. If there are too many to count, the sources with the most bytes
    /// among those that were first accepted at this port.
    private func sources(of service: ExposedService, _ key: ServiceKey) -> [FlowAddress] {
        if service.busiest.isComplete { return service.busiest.sorted.map(\.name) }
        return tally.pairs.entries.filter {
            $0.interface == key.interface && $0.firstAccepted != .max && $0.acceptedPort == key.port
                && !settings.isInternal($0.peer)
        }
        .sorted { ($0.bytesIn, $1.peer) > ($1.bytesIn, $0.peer) }.map(\.peer)
    }
}
