import AWSClient
import Basics
import Inventory
import Posture

/// A commonly used service is not open to the internet: one check for each service of the table.
struct SecurityGroupService: Check {
    let about: About
    /// Common name: "SSH".
    private let name: String
    let ports: [TransportPort]
    /// Judgement for a group without a rule that reaches the ports.
    private let nothingOpen: Judgement

    init(
        _ id: String, _ name: String, tcp: [ClosedRange<Int>], udp: [ClosedRange<Int>] = [], risk: String,
        references: [Reference] = []
    ) {
        self.name = name
        nothingOpen = .pass("\(name) is not open to the internet", SecurityGroupExposure.noRules)
        ports =
            tcp.flatMap { $0 }.map { TransportPort(transport: .tcp, number: $0) }
            + udp.flatMap { $0 }.map { TransportPort(transport: .udp, number: $0) }
        about = About(
            id: "security-group-\(id)",
            title: "Security groups should not allow \(name) from the internet",
            practice: .networkExposure, severity: .high,
            risk: risk,
            judges: "Ports: \(ports.text). " + Internet.judges,
            remedy: """
                Limit the rule to the addresses, prefix list or security group that need \(name): add the narrow rule \
                first, then remove the wide rule. List intended public access under `allowed-ingress` in the \
                configuration file.
                """,
            references: references,
            sources: [
                "Amazon VPC User Guide: Control traffic to your AWS resources using security groups",
                "Amazon EC2 User Guide: Security group rules for different use cases",
            ],
            reads: [.securityGroups, .securityGroupRules, .prefixLists],
            settings: ["allowed-ingress"],
            impliedBy: ["security-group-all-ports"])
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.exposures, judge)
    }

    private func judge(_ exposure: SecurityGroupExposure) throws(Unknown) -> Judgement {
        guard exposure.concerns(ports) else { return nothingOpen }
        let evidence = exposure.evidence(for: ports)
        if let port = try exposure.firstOpen(of: ports) {
            return .fail("\(name) (\(port)) is open to \(exposure.openers(of: port))", evidence)
        }
        return ports.contains(where: exposure.isOpenToRequiredEntities)
            ? .pass("\(name) is open only to sources that the configuration allows", evidence)
            : .pass("\(name) is not open to the internet", evidence)
    }
}

extension [TransportPort] {
    /// `27017-27019/tcp`, `88, 464, 749/tcp and 88, 464, 749/udp`
    fileprivate var text: String {
        TransportPort.Transport.allCases.compactMap { transport in
            let numbers = filter { $0.transport == transport }.map(\.number)
            guard let first = numbers.first, let last = numbers.last else { return nil }
            let isRun = numbers.count > 1 && last - first == numbers.count - 1
            let list = isRun ? "\(first)-\(last)" : numbers.map(String.init).joined(separator: ", ")
            return "\(list)/\(transport)"
        }.joined(separator: " and ")
    }
}
