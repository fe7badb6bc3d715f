import Analytics
import Testing

/// Transfers over IPv6, and as transit gateways see them.
@Suite struct FlowAddressingTests {
    /// How one world writes addresses.
    enum World: CaseIterable {
        case v4, v6, dualStack

        func own(_ number: Int) -> String {
            self == .v4 ? "10.0.0.\(10 + number)" : "2600:1f18:22:9a00::\(10 + number)"
        }
        func peer(_ number: Int) -> String { self == .v4 ? "203.0.113.\(number)" : "2a00:1450:4001:80b::\(number)" }
        var stranger: String { self == .v4 ? "198.51.100.9" : "2a03:2880:f10d:83::9" }
    }

    private func usual(_ world: World, hours: Range<Int>) -> Traffic {
        var traffic = Traffic()
        for bin in hours.lowerBound * 12..<hours.upperBound * 12 {
            for number in 0..<4 {
                let noise = (bin * 7_919 + number * 104_729) % 400
                let (own, peer) = (world.own(number), world.peer(1 + bin % 4))
                if world == .dualStack {
                    traffic.flow(
                        bin * 300, "eni-\(number)", from: "10.0.0.\(10 + number)", 40_000, to: "10.0.1.5", 443,
                        bytes: 2_000)
                }
                // Requests come from outside: the first record has the interface as its destination.
                traffic.flow(
                    bin * 300 + number, "eni-\(number)", from: peer, 40_000 + bin % 9_000, to: own, 443,
                    bytes: 20_000 + noise)
                traffic.flow(
                    bin * 300 + number, "eni-\(number)", from: own, 443, to: peer, 40_000 + bin % 9_000,
                    bytes: 800_000 + noise * 1_000)
            }
        }
        return traffic
    }

    @Test(arguments: World.allCases)
    func aTransferIsFoundWhateverTheAddressesAre(world: World) throws {
        var traffic = usual(world, hours: 0..<54)
        #expect(traffic.report().alerts == [])
        for part in 0..<4 {
            traffic.flow(
                172_800 + part * 150, "eni-3", from: world.own(3), 50_000, to: world.stranger, 443, bytes: 400_000_000)
        }
        let alerts = traffic.report().alerts
        #expect(Set(alerts.map(\.rule)) == ["flow-new-peer", "flow-unusual-transfer"])
        #expect(Set(alerts.map(\.actor)) == ["eni-3"])
        let transfer = try #require(alerts.first { $0.rule == "flow-unusual-transfer" })
        #expect(transfer.fields["series"] == "to external peers")
        let peer = try #require(alerts.first { $0.rule == "flow-new-peer" })
        #expect(peer.fields["peer"] == world.stranger)
    }

    @Test(arguments: World.allCases)
    func whatComesInIsNotTakenForWhatGoesOut(world: World) throws {
        var traffic = usual(world, hours: 0..<54)
        for part in 0..<4 {
            traffic.flow(
                172_800 + part * 150, "eni-3", from: world.stranger, 443, to: world.own(3), 50_000, bytes: 400_000_000)
        }
        let alerts = traffic.report().alerts
        #expect(alerts.map(\.rule) == ["flow-unusual-transfer"])
        #expect(alerts.first?.fields["series"] == "from external peers")
    }

    @Test(arguments: World.allCases)
    func aPortScanIsFoundWhateverTheAddressesAre(world: World) {
        var traffic = usual(world, hours: 0..<2)
        for port in 1...60 {
            traffic.flow(
                4_000 + port, "eni-1", from: world.stranger, 51_000, to: world.own(1), port, packets: 1, bytes: 44,
                action: "REJECT")
        }
        let scans = traffic.report().alerts.filter { $0.rule == "flow-port-scan" }
        #expect(scans.map { $0.fields["source"] } == [world.stranger])
        #expect(scans.map { $0.fields["destination"] } == [world.own(1)])
    }

    // MARK: transit gateways

    /// A flow as the gateway writes it on its way in by the attachment, and on its way out by another.
    private func pass(
        _ traffic: inout Traffic, _ time: Int, _ attachment: Int, from source: String, to destination: String,
        bytes: Int
    ) {
        let at = Traffic.start + time
        for (name, direction) in [("tgw-attach-\(attachment)", "ingress"), ("tgw-attach-9", "egress")] {
            traffic.lines.append(
                "6 TransitGateway 123456789012 tgw-1 \(name) 123456789012 210987654321 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 use1-az1 use1-az2 tgw-attach-9 \(source) \(destination) 40000 443 6 20 \(bytes) \(at) \(at + 59) OK IPv4 0 0 0 0 0 us-east-1 \(direction) - -"
            )
        }
    }

    @Test func aTransferThroughATransitGatewayIsFoundByItsAttachment() throws {
        var traffic = Traffic()
        for bin in 0..<54 * 12 {
            for number in 0..<3 {
                pass(
                    &traffic, bin * 300, number, from: "10.\(number).0.5", to: "10.200.0.\(1 + bin % 3)",
                    bytes: 800_000 + (bin * 7_919 + number * 104_729) % 400 * 1_000)
            }
        }
        #expect(traffic.report().alerts == [])
        for part in 0..<4 {
            pass(&traffic, 172_800 + part * 150, 1, from: "10.1.0.5", to: "10.200.0.2", bytes: 900_000_000)
        }
        let report = traffic.report()
        let alerts = report.alerts.filter { $0.rule == "flow-unusual-transfer" }
        #expect(Set(alerts.map(\.actor)) == ["tgw-attach-1", "tgw-attach-9"])
        let sender = try #require(alerts.first { $0.actor == "tgw-attach-1" })
        #expect(sender.fields["series"] == "to internal peers")
        #expect(sender.account == "123456789012")
        #expect(sender.region == "us-east-1")
        #expect(alerts.first { $0.actor == "tgw-attach-9" }?.fields["series"] == "from internal peers")
    }
}
