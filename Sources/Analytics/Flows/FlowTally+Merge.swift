extension FlowTally {
    /// Drops what exceeds the bounds.
    mutating func forgetTooMany() {
        if pairs.entries.count > settings.rememberedPairs { forgetPairs() }
        if volumes.rows.count > settings.rememberedHours {
            endHours()
            // There were logs of those hours, although they are dropped.
            quietHours.formUnion(volumes.forget(beyond: settings.rememberedHours))
        }
    }

    private mutating func forgetPairs() {
        endHours()
        let numbers = pairs.forget(keeping: settings.rememberedPairs / 2)
        for row in volumes.rows.indices {
            for place in 0..<VolumeRow.peersKept where volumes.rows[row].peers[place] >= 0 {
                let number = numbers[Int(volumes.rows[row].peers[place])]
                volumes.rows[row].peers[place] = number
                // The place of a dropped pair is free for another.
                if number < 0 { volumes.rows[row].weights[place] = 0 }
            }
        }
    }

    /// The number of pairs.
    public var size: Int { pairs.entries.count }

    /// Adds another worker's counts. Both must have the same settings.
    public mutating func merge(_ other: FlowTally) {
        var other = other
        other.settle()
        settle()
        flows += other.flows
        withoutTime += other.withoutTime
        quietHours.formUnion(other.quietHours)
        let known = interfaces.entries.count
        let numbers = other.interfaces.entries.map { Int32(interfaces.number(of: $0)) }
        // Of interfaces that one worker had no room for, the other counted only a part.
        if withoutInterface > 0 { volumes.leaveOut(Int32(known)..<Int32(interfaces.entries.count)) }
        if other.withoutInterface > 0 { volumes.leaveOut(Set(0..<Int32(known)).subtracting(numbers)) }
        withoutInterface += other.withoutInterface
        let pairNumbers = pairs.merge(other.pairs, numbers) { key, ports in
            for port in ports { _ = scans.add(key, port, before: []) }
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
        forgetTooMany()
    }
}
