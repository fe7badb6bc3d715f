extension FlowTally {
    /// Drops entries that exceed the bounds.
    mutating func forgetTooMany() {
        if pairs.entries.count > settings.rememberedPairs { forgetPairs() }
        if pairHours.count > settings.rememberedPairHours {
            pairHours.combine(pairs: pairs.entries.count)
            // Parts that come later are listed separately, not added to these.
            if pairHours.count > settings.rememberedPairHours / 4 * 3 { listPeers() }
        }
        if rejectionTimes.count > 4 * settings.rememberedPairs {
            rejectionTimes.forget(keeping: 3 * settings.rememberedPairs, ofEach: settings.rejectedBeforeAccepted)
        }
        if possibleReplies.count > settings.rememberedPairs / 16 { countPossibleReplies() }
        if volumes.rows.count > settings.rememberedHours {
            // The hours count as hours with logs, although their rows are dropped.
            quietHours.formUnion(volumes.forget(beyond: settings.rememberedHours))
        }
    }

    private mutating func forgetPairs() {
        endHours()
        countPossibleReplies()
        let numbers = pairs.forget(keeping: settings.rememberedPairs / 2)
        pairHours.renumber(numbers)
        rejectionTimes.renumber(numbers)
        for row in volumes.rows.indices {
            for place in 0..<VolumeRow.peersKept where volumes.rows[row].peers[place] >= 0 {
                let number = numbers[Int(volumes.rows[row].peers[place])]
                volumes.rows[row].peers[place] = number
                // The place of a dropped pair becomes free for another one.
                if number < 0 { volumes.rows[row].weights[place] = 0 }
            }
        }
    }

    /// The number of pairs.
    public var size: Int { pairs.entries.count }

    /// Adds another worker's counts. Both must have the same settings. Amounts of single peers are exact only if
    /// neither tally was settled before.
    public mutating func merge(_ other: FlowTally) {
        var other = other
        other.endHours()
        endHours()
        flows += other.flows
        withoutTime += other.withoutTime
        ofImpossibleTimes += other.ofImpossibleTimes
        quietHours.formUnion(other.quietHours)
        let known = interfaces.entries.count
        let numbers = other.interfaces.entries.map { Int32(interfaces.number(of: $0)) }
        // If one worker had no room for an interface, the other counted only a part of its flows.
        if withoutInterface > 0 { volumes.leaveOut(Int32(known)..<Int32(interfaces.entries.count)) }
        if other.withoutInterface > 0 { volumes.leaveOut(Set(0..<Int32(known)).subtracting(numbers)) }
        withoutInterface += other.withoutInterface
        let pairNumbers = pairs.merge(other.pairs, numbers) { key, ports in
            for port in ports { scans.add(key, port, before: []) }
        }
        pairHours.merge(other.pairHours, pairNumbers)
        rejectionTimes.merge(other.rejectionTimes, pairNumbers)
        undecided += other.undecided.map {
            UndecidedFlow(record: $0.record, interface: numbers[Int($0.interface)])
        }
        undecidedSums += other.undecidedSums.map { sum in
            var sum = sum
            sum.interface = numbers[Int(sum.interface)]
            return sum
        }
        scans.merge(other.scans, numbers)
        volumes.merge(other.volumes, numbers) { pairNumbers[Int($0)] }
        sweeps.merge(other.sweeps)
        rejections.merge(other.rejections, numbers)
        logins.merge(other.logins, numbers)
        for (key, service) in other.services {
            let moved = ServiceKey(interface: numbers[Int(key.interface)], port: key.port)
            services[moved] = services[moved]?.merged(with: service) ?? service
        }
        for (reply, service) in other.possibleReplies {
            let moved = PossibleReply(
                service: ServiceKey(interface: numbers[Int(reply.service.interface)], port: reply.service.port),
                pair: pairNumbers[Int(reply.pair)], sourcePort: reply.sourcePort)
            possibleReplies[moved] = possibleReplies[moved]?.merged(with: service) ?? service
        }
        forgetTooMany()
    }
}
