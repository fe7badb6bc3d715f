import Inventory
import Posture
import Testing
import TestSupport

@testable import Practices

/// Checks ask a group about many ports, which share their answers.
@Suite struct SecurityGroupExposureTests {
    @Test("an answer does not depend on what was asked before")
    func answersAreShared() {
        var random = SeededGenerator(seed: 7)
        let peers: [SecurityGroupRule.Peer] = [
            .ipv4("0.0.0.0/0"), .ipv4("0.0.0.0/1"), .ipv4("128.0.0.0/1"), .ipv4("10.0.0.0/8"), .ipv6("::/0"),
            .prefixList("pl-1"), .group("sg-2"),
        ]
        let edges = [0, 1, 22, 23, 80, 443, 1_023, 1_024, 3_389, 65_535]
        for _ in 0..<200 {
            let rules = (0..<Int.random(in: 0...5, using: &random)).map { number in
                let ends = [edges.randomElement(using: &random) ?? 0, edges.randomElement(using: &random) ?? 0].sorted()
                return SecurityGroupRule.admits(
                    peers.randomElement(using: &random) ?? .ipv4("0.0.0.0/0"), to: ends[0]...ends[1],
                    over: ["tcp", "udp", "-1"].randomElement(using: &random) ?? "tcp", id: "sgr-\(number)")
            }
            var criteria = Criteria.sample
            if Bool.random(using: &random) {
                criteria.settings.allowedIngress = [AllowedIngress(source: "0.0.0.0/1", ports: ["20-80"])]
            }
            let reading = Reading(.sample, by: criteria)
            func exposure() -> SecurityGroupExposure {
                SecurityGroupExposure(of: .sample(), by: rules, in: "us-east-1", of: reading)
            }
            let shared = exposure()
            for edge in edges.dropFirst() + edges.dropFirst().map({ $0 - 1 }) where edge > 0 {
                for transport in TransportPort.Transport.allCases {
                    let port = TransportPort(transport: transport, number: edge)
                    #expect(shared.isOpen(port) == exposure().isOpen(port), "\(port): \(rules)")
                }
            }
        }
    }
}
