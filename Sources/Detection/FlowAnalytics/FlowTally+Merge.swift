extension FlowTally {
    mutating func forgetPairs() {
        endHours()
        let numbers = pairs.forget(keeping: settings.rememberedPairs / 2)
        for row in volumes.rows.indices {
            for place in 0..<VolumeRow.peersKept where volumes.rows[row].peers[place] >= 0 {
                volumes.rows[row].peers[place] = numbers[Int(volumes.rows[row].peers[place])]
            }
        }
    }

    /// Adds what another worker saw. Both must have the same settings.
    public mutating func merge(_ other: FlowTally) {
        var other = other
        other.settle()
        settle()
        flows += other.flows
        withoutTime += other.withoutTime
        quietHours.formUnion(other.quietHours)
        let numbers = other.interfaces.entries.map { Int32(interfaces.number(of: $0)) }
        let pairNumbers = other.pairs.entries.map { entry in
            Int32(pairs.merge(entry.moved(to: numbers[Int(entry.interface)])))
        }
        pairs.addForgotten(other.pairs.forgotten)
        for row in other.volumes.rows {
            let place = volumes.row(Int(numbers[Int(row.interface)]), row.series, row.hour)
            volumes.rows[place].merge(row) { pairNumbers[Int($0)] }
        }
        sweeps.merge(other.sweeps)
        rejections.merge(other.rejections, numbers)
        logins.merge(other.logins.mapValues { $0.moved(to: Int(numbers[$0.interface])) }) { $0.merged(with: $1) }
        for (key, service) in other.services {
            let moved = ServiceKey(interface: numbers[Int(key.interface)], port: key.port)
            services[moved] = services[moved]?.merged(with: service) ?? service
        }
        if pairs.entries.count > settings.rememberedPairs { forgetPairs() }
    }
}

extension PairEntry {
    /// The same pair by another table's number of the interface.
    func moved(to interface: Int32) -> PairEntry {
        var pair = PairEntry(interface: interface, peer: peer, at: first)
        (pair.port, pair.interfaceServes, pair.isClear) = (port, interfaceServes, isClear)
        pair.merge(self)
        return pair
    }
}
