internal import Basics
internal import LogReaders

extension FlowAnalytics {
    /// Finds many short or rejected flows to SSH or RDP.
    func logins() -> [Alert] {
        struct Target: Hashable {
            var source: FlowAddress
            var destination: FlowAddress
            var port: UInt16
            var sends: Bool

            init(_ key: LoginKey) {
                (source, destination, port, sends) = (key.source, key.destination, key.port, key.sends)
            }

            /// The same target, as the other side's interface records it.
            var mirrored: Target {
                var target = self
                target.sends.toggle()
                return target
            }
        }
        var worst: [Target: (attempts: Int, sum: LoginHour?)] = [:]
        // First the few sources with enough attempts, then the sums of these.
        for (key, hour) in tally.logins.entries where hour.attempts >= settings.loginAttempts {
            worst[Target(key), default: (0, nil)].attempts = max(worst[Target(key)]?.attempts ?? 0, hour.attempts)
        }
        guard !worst.isEmpty else { return [] }
        for (key, hour) in tally.logins.entries {
            guard let known = worst[Target(key)] else { continue }
            worst[Target(key)]?.sum = known.sum?.merged(with: hour) ?? hour
        }
        return worst.compactMap { target, found in
            guard let sum = found.sum else { return nil }
            // Both sides' interfaces record internal flows: it is one series of attempts.
            let others = worst[target.mirrored]?.attempts ?? 0
            guard others < found.attempts || others == found.attempts && !target.sends else { return nil }
            guard !settings.expectedScanners.contains(target.source) else { return nil }
            let isExternal = !settings.isInternal(target.source)
            // A session after many attempts: a guess may have succeeded.
            let succeeded = sum.long > 0
            let severity: Severity =
                succeeded ? .high : sum.short == 0 ? .informational : isExternal ? .medium : .low
            return alert(
                "flow-login-attempts", "Many attempts to log in by \(ServicePorts.logins[target.port] ?? "")",
                Int(sum.interface), severity, from: Int(sum.first), to: Int(sum.last),
                fields: [
                    "source": "\(target.source)", "destination": "\(target.destination)", "port": "\(target.port)",
                ],
                [
                    .init("most attempts in an hour", .int(found.attempts)),
                    .init("accepted and short", .int(Int(sum.short))), .init("rejected", .int(Int(sum.rejected))),
                    .init("long sessions", .int(Int(sum.long))),
                    .init("bytes of the longest session", .amount(sum.longestBytes)),
                ]
                    + records(rows(Int(sum.interface), from: Int(sum.first), to: Int(sum.last))) {
                        $0.source == target.source && $0.destination == target.destination
                            && $0.destinationPort == target.port
                    })
        }
    }

    /// Finds sources that were rejected many times and then accepted: the first time at all, or at the same port.
    func rejectedThenAccepted() -> [Alert] {
        var reported: Set<Int> = []
        var alerts: [Alert] = []
        for (number, pair) in tally.pairs.entries.enumerated() {
            guard pair.rejectedBefore >= settings.rejectedBeforeAccepted, pair.firstAccepted != .max else { continue }
            reported.insert(number)
            alerts += letIn(
                pair, at: pair.acceptedPort, pair.firstAccepted, rejected: Int(pair.rejectedBefore),
                since: pair.firstRejected)
        }
        for (key, rejections) in tally.rejections.entries where rejections.accepted != .max {
            let hash = tally.pairs.hash(key.interface, key.peer)
            guard let number = tally.pairs.find(key.interface, key.peer, hash), !reported.contains(number),
                tally.pairs.entries[number].rejected >= settings.rejectedBeforeAccepted
            else { continue }
            alerts += letIn(
                tally.pairs.entries[number], at: key.port, rejections.accepted, rejected: rejections.count,
                since: rejections.first)
        }
        return alerts
    }

    private func letIn(
        _ pair: PairEntry, at port: UInt16, _ time: UInt32, rejected: Int, since first: UInt32
    ) -> [Alert] {
        guard !settings.expectedScanners.contains(pair.peer) else { return [] }
        return [
            alert(
                "flow-rejected-then-accepted", "A source that was rejected many times was then accepted",
                Int(pair.interface), .medium, from: Int(time), to: max(Int(time), Int(pair.last)),
                fields: ["source": "\(pair.peer)", "port": "\(port)"],
                [
                    .init("rejected flows", .int(rejected)),
                    .init("first rejected", .string(Moment(nearestTo: Int(first)).description)),
                    .init("bytes received", .amount(pair.bytesIn)), .init("bytes sent", .amount(pair.bytesOut)),
                ]
                    + records(rows(Int(pair.interface), from: Int(first), to: Int(pair.last))) {
                        $0.source == pair.peer && $0.destinationPort == port
                    })
        ]
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
                    .init("flows", .int(service.flows)), .init("bytes received", .amount(service.bytes)),
                    .init("distinct sources, about", .int(service.sources.estimate)),
                    .init("sources", .array(service.samples.map { .string("\($0)") })),
                    .init("records", .array([.string(service.largest.text)])),
                ])
        }
    }
}
