import AWSClient
import Basics
import Inventory
import Posture

extension NetworkExposure {
    /// Removes the rules that open a service's ports to the internet, each by its ID. Before that, adds a rule for each
    /// required entity in the settings. A rule that opens more than the ports of the failing checks is left for a
    /// person to split, and so are the findings of the checks that it fails; the others have steps.
    static let portFix = Fix(
        "security-group-ports",
        "Replaces a rule that opens a service's ports to the internet by rules for the required entities.",
        checks: SecurityGroupService.all.map(\.about.id),
        calls: [.authorizeSecurityGroupIngress, .revokeSecurityGroupIngress],
        reads: [.securityGroups, .securityGroupRules, .networkInterfaces]
    ) { target, _, _ in
        [rules(of: target)]
    } propose: { target, reading, observed throws(Unknown) in
        let failing = SecurityGroupService.all.filter { target.fails($0.about.id) }
        let ports = Set(failing.flatMap(\.ports))
        let inbound = (try observed[rules(of: target)].elements ?? []).compactMap(InboundRule.init)
        let wide = inbound.filter(\.isWide)
        func reaches(_ rule: InboundRule, _ service: SecurityGroupService) -> Bool {
            service.ports.contains { rule.reaches($0) }
        }
        var declined: [String: String] = [:]
        for service in failing {
            let rules = wide.filter { reaches($0, service) }
            if rules.isEmpty {
                declined[service.about.id] =
                    "no single rule with a CIDR opens the ports to the internet: several do together, or a prefix list does"
            } else if let far = rules.first(where: { !$0.isWithin(ports) }) {
                declined[service.about.id] =
                    "rule \(far.id) reaches more than the ports of failing checks: split it by hand, so that what else it "
                    + "admits stays"
            }
        }
        let fixed = failing.filter { declined[$0.about.id] == nil }
        var steps: [Step] = []
        for rule in wide {
            let checks = fixed.filter { reaches(rule, $0) }.map(\.about.id).sorted()
            if checks.isEmpty { continue }
            let entities = reading.settings.allowedIngress.filter {
                rule.isNeeded(by: $0, group: target.resource.id, named: target.resource.name)
            }
            for entity in entities {
                let narrow = rule.narrowed(to: entity)
                guard !inbound.contains(where: { $0.match == narrow.match }),
                    !steps.contains(where: { $0.state == narrow.state(target) })
                else { continue }
                steps.append(
                    Step(
                        "Admit \(entity.source) to \(rule.portText) of \(target.resource.id)", on: target.resource.arn,
                        for: checks, state: narrow.state(target), before: .null, call: narrow.authorize(target),
                        after: narrow.shown,
                        undo: narrow.revoke(target)))
            }
            steps.append(
                Step(
                    "Remove the rule that opens \(rule.portText) of \(target.resource.id) to \(rule.cidr)",
                    on: target.resource.arn, for: checks, state: rule.state(target), before: rule.shown,
                    call: rule.revoke(target, id: .string(rule.id)), after: .null, undo: rule.authorize(target),
                    redo: rule.revoke(target), risk: .reversibleWithLoss,
                    losses: ["The ID of the rule: undoing adds the same rule with a new ID."],
                    reach: [
                        entities.isEmpty
                            ? "Nothing replaces the rule: whoever connects through it loses access at once. Name who needs "
                                + "it under allowed-ingress in the settings."
                            : "Sources other than \(entities.map(\.source).joined(separator: ", ")) lose access at once."
                    ]))
            if let traffic = observed.traffic {
                let others = inbound.filter { !$0.isWide }
                let seen = use(of: rule, besides: others, entities.compactMap(\.block), in: traffic, target, reading)
                steps[steps.count - 1].reach.insert(contentsOf: seen.reach, at: 0)
                steps[steps.count - 1].notes += seen.proposal
            }
        }
        return .partly(steps, declined: declined)
    }

    /// Returns the sources that used the rule and would lose access, and the setting that would keep their access.
    ///
    /// An accepted source is not necessarily an intended one: scanners are accepted, too. So a person decides which
    /// entries to add.
    private static func use(
        of rule: InboundRule, besides others: [InboundRule], _ needed: [CIDR], in traffic: SeenTraffic,
        _ target: Fix.Target, _ reading: Reading
    ) -> (reach: [String], proposal: [String]) {
        let interfaces: Set<String>
        do throws(Unknown) {
            let all = try reading[.networkInterfaces][target.region].value
            interfaces = Set(
                all.filter { $0.securityGroupIDs.contains(target.resource.id) }.map(\.networkInterfaceID))
        } catch {
            return (["The interfaces of the group are not known, so flow logs tell nothing: \(error.explanation)"], [])
        }
        var counts: [IPAddress: Int] = [:]
        for (flow, count) in traffic.counts
        where interfaces.contains(flow.interface) && rule.admits(flow)
            && !others.contains(where: { $0.admits(flow) }) && !needed.contains(where: { $0.contains(flow.source) })
        {
            counts[flow.source, default: 0] += count
        }
        let name = traffic.name
        guard !counts.isEmpty else { return (["In \(name) no source used the rule alone."], []) }
        let sources = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = sources.prefix(shownSources)
        let list = shown.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        let rest = sources.count > shown.count ? " and \(sources.count - shown.count) more" : ""
        return (
            [
                "In \(name) \(sources.count == 1 ? "1 source" : "\(sources.count) sources") used the rule alone "
                    + "(records): \(list)\(rest)."
            ],
            ["To keep those that are meant, put of these into allowed-ingress, and plan again:"]
                + shown.map { "{source: \(CIDR($0.key)), ports: [\(rule.ports)], groups: [\(target.resource.id)]}" }
        )
    }

    /// The greatest number of sources that a plan lists.
    private static let shownSources = 20

    fileprivate static func rules(of target: Fix.Target) -> Observation {
        Observation(
            APICall(
                .describeSecurityGroupRules, in: target.region,
                ["Filters": [["Name": "group-id", "Values": [.string(target.resource.id)]]], "MaxResults": 1000]),
            "securityGroupRuleSet")
    }
}

extension AllowedIngress {
    fileprivate var block: CIDR? { CIDR(source, allowingAddress: false) }
}

/// An inbound rule for a CIDR, with all that is needed to create it again.
private struct InboundRule {
    var id: String
    var cidr: String
    private let isIPv6: Bool
    private let ipProtocol: String
    private let fromPort: Int
    private let toPort: Int
    private var description: String?
    private var tags: [JSON]

    /// Returns `nil` for an outbound rule, and for a rule without a CIDR or ports.
    init?(_ rule: JSON) {
        func text(_ name: String) -> String? { rule.memberIgnoringCase(name)?.text.flatMap { $0.isEmpty ? nil : $0 } }
        guard rule.memberIgnoringCase("isEgress") == false, let id = text("securityGroupRuleId"),
            let cidr = text("cidrIpv4") ?? text("cidrIpv6"), let ipProtocol = text("ipProtocol"),
            let fromPort = text("fromPort").flatMap({ Int($0) }), let toPort = text("toPort").flatMap({ Int($0) })
        else { return nil }
        (self.id, self.cidr, isIPv6, self.ipProtocol) = (id, cidr, text("cidrIpv4") == nil, ipProtocol)
        (self.fromPort, self.toPort, description) = (fromPort, toPort, text("description"))
        tags = rule.memberIgnoringCase("tagSet")?.elements ?? []
    }

    var portText: String { "\(fromPort == toPort ? "port \(fromPort)" : "ports \(fromPort)-\(toPort)")/\(ipProtocol)" }

    /// The ports as the settings spell them: `22` or `8000-8099`.
    var ports: String { fromPort == toPort ? "\(fromPort)" : "\(fromPort)-\(toPort)" }

    func admits(_ flow: SeenTraffic.Flow) -> Bool {
        guard let transport = [6: TransportPort.Transport.tcp, 17: .udp][flow.transport],
            let block = CIDR(cidr, allowingAddress: false)
        else { return false }
        return reaches(TransportPort(transport: transport, number: flow.port)) && block.contains(flow.source)
    }

    func reaches(_ port: TransportPort) -> Bool {
        port.transport.isMeant(by: ipProtocol) && (fromPort < 0 || fromPort...max(fromPort, toPort) ~= port.number)
    }

    /// Whether the given ports include every port that the rule opens.
    func isWithin(_ ports: Set<TransportPort>) -> Bool {
        guard ["tcp", "udp", "6", "17"].contains(ipProtocol), fromPort >= 0, fromPort <= toPort else { return false }
        let transports = TransportPort.Transport.allCases.filter { $0.isMeant(by: ipProtocol) }
        return transports.allSatisfy { transport in
            (fromPort...toPort).allSatisfy { ports.contains(TransportPort(transport: transport, number: $0)) }
        }
    }

    var isWide: Bool {
        CIDR(cidr, allowingAddress: false).map { Internet.isAmong(AddressSet([$0])) } ?? false
    }

    /// Whether an entity in the settings that is narrower than the rule needs some of its ports.
    func isNeeded(by entity: AllowedIngress, group: String, named name: String?) -> Bool {
        guard entity.groups.isEmpty || entity.groups.contains(group) || name.map(entity.groups.contains) ?? false,
            let source = CIDR(entity.source, allowingAddress: false),
            !Internet.isAmong(AddressSet([source])), entity.source.contains(":") == isIPv6
        else { return false }
        return entity.ports.isEmpty
            || entity.ports.contains { text in
                let ends = text.split(separator: "-").compactMap { Int($0) }
                guard let first = ends.first, let last = ends.last else { return false }
                return first <= toPort && fromPort <= last
            }
    }

    func narrowed(to entity: AllowedIngress) -> InboundRule {
        var rule = self
        rule.cidr = entity.source
        rule.description = entity.reason ?? description
        rule.tags = []
        return rule
    }

    /// The members that identify the rule within its group: AWS does not allow two rules that agree in all of them.
    var match: [String: JSON] {
        [
            "isEgress": false, "ipProtocol": .string(ipProtocol), "fromPort": .int(fromPort), "toPort": .int(toPort),
            isIPv6 ? "cidrIpv6" : "cidrIpv4": .string(cidr),
        ]
    }

    var shown: JSON {
        var members = match.mapValues(\.inWords)
        members["isEgress"] = false
        members["description"] = JSON(description)
        return .object(JSON.Object(members))
    }

    func state(_ target: Fix.Target) -> Observation {
        Observation(
            NetworkExposure.rules(of: target).read, "securityGroupRuleSet", .first(match),
            .members((Array(match.keys) + ["description"]).sorted()))
    }

    /// - Parameter id: the rule's ID; `nil` for a placeholder, because AWS gives a rule that is added again another one.
    func revoke(_ target: Fix.Target, id: JSON? = nil) -> APICall {
        let found = APICall.read("securityGroupRuleSet", .first(match), "securityGroupRuleId")
        return APICall(
            .revokeSecurityGroupIngress, in: target.region,
            ["GroupId": .string(target.resource.id), "SecurityGroupRuleIds": [id ?? found]])
    }

    func authorize(_ target: Fix.Target) -> APICall {
        let range = JSON.members([
            isIPv6 ? "CidrIpv6" : "CidrIp": .string(cidr), "Description": description.map(JSON.string),
        ])
        let permission: JSON = [
            "IpProtocol": .string(ipProtocol), "FromPort": .int(fromPort), "ToPort": .int(toPort),
            isIPv6 ? "Ipv6Ranges" : "IpRanges": [range],
        ]
        let specification: JSON = [["ResourceType": "security-group-rule", "Tags": .tags(tags)]]
        return APICall(
            .authorizeSecurityGroupIngress, in: target.region,
            JSON.members([
                "GroupId": .string(target.resource.id), "IpPermissions": [permission],
                "TagSpecifications": tags.isEmpty ? nil : specification,
            ]))
    }
}

extension JSON {
    /// The tags of an EC2 answer as calls take them.
    static func tags(_ answer: [JSON]) -> JSON {
        .array(
            answer.map {
                ["Key": $0.memberIgnoringCase("key") ?? "", "Value": $0.memberIgnoringCase("value") ?? ""]
            })
    }
}
