import AWSClient
import Basics
import Inventory
import Posture

/// Unusual transfers are visible only if accepted traffic is recorded and the records are delivered.
struct VPCFlowLogs: Check {
    let about = About(
        id: "vpc-flow-logs",
        title: "VPCs should have active flow logs for all traffic",
        practice: .flowLogs, severity: .high,
        risk: """
            Without flow logs, exfiltration, scans and connections to known attackers cannot be detected or \
            reconstructed.
            """,
        judges: """
            Flow logs on the VPC itself count; flow logs on single subnets or network interfaces do not. They must be \
            ACTIVE, deliver without errors, and record ALL traffic, or ACCEPT and REJECT with two flow logs. A flow \
            log that records REJECT only fails, because data transfers are ACCEPT records. A record format without \
            addresses, bytes, action or times also fails. A flow log that has not delivered yet is not determined, and \
            so is a VPC that is shared by another account, because only the owner can see its flow logs.
            """,
        remedy: """
            Create a flow log for ALL traffic on the VPC, to Amazon S3 or CloudWatch Logs. If delivery fails, fix the \
            role or the policy of the destination. A flow log cannot be edited: create the new one before deleting the \
            old one.
            """,
        references: [
            .prowler("vpc_flow_logs_enabled"), .securityHub("EC2.6"),
            .cis("1.4", "3.9"), .cis("3.0", "3.7"), .cis("5.0", "3.7"),
            .config("vpc-flow-logs-enabled"),
        ],
        sources: [
            "Amazon VPC User Guide: Logging IP traffic using VPC Flow Logs",
            "Amazon EC2 API Reference: FlowLog",
        ],
        reads: [.vpcs, .flowLogs])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.vpcs) { vpc, region throws(Unknown) in
            let flowLogs = try reading[.flowLogs][region].value.filter { $0.resourceID == vpc.vpcID }
            return try judge(flowLogs, isOwn: vpc.ownerID == nil || vpc.ownerID == reading.id)
        }
    }

    private func judge(_ flowLogs: [FlowLog], isOwn: Bool) throws(Unknown) -> Judgement {
        let evidence = [Evidence("FlowLogs", .array(flowLogs.map(\.evidence)), from: .describeFlowLogs)]
        let active = flowLogs.filter { $0.flowLogStatus == "ACTIVE" }
        if let (flowLog, lacking) = active.lazy.compactMap({ log in log.lackingFields.map { (log, $0) } }).first,
            active.allSatisfy({ $0.lackingFields != nil })
        {
            return .fail("The records of \(flowLog.flowLogID) do not include \(lacking)", evidence)
        }
        let delivering = active.filter { $0.deliverLogsStatus == "SUCCESS" && $0.lackingFields == nil }
        if delivering.recordAllTraffic {
            return .pass("All traffic is recorded and delivered by \(delivering.ids)", evidence)
        }
        guard isOwn else {
            throw Unknown(
                .anotherAccount, call: Operation.describeFlowLogs.description,
                detail: "the VPC is shared by another account, and only the owner can see its flow logs")
        }
        let pending = active.filter { $0.deliverLogsStatus == nil && $0.lackingFields == nil }
        if (delivering + pending).recordAllTraffic {
            throw Unknown(
                .notYet, call: Operation.describeFlowLogs.description,
                detail: "\(pending.ids) has not delivered yet")
        }
        return .fail(shortcoming(of: flowLogs, active: active), evidence)
    }

    /// Returns the reason why these flow logs are not sufficient, the simplest one first.
    private func shortcoming(of flowLogs: [FlowLog], active: [FlowLog]) -> String {
        if flowLogs.isEmpty {
            return "VPC has no flow log"
        }
        if active.isEmpty {
            return "No flow log is active: \(flowLogs.ids)"
        }
        if active.recordAllTraffic, let broken = active.first(where: \.failsToDeliver) {
            return
                "Flow log \(broken.flowLogID) fails to deliver: \(broken.deliverLogsErrorMessage ?? broken.deliverLogsStatus ?? "")"
        }
        return switch Set(active.compactMap(\.trafficType)) {
        case ["REJECT"]: "Only rejected traffic is logged; accepted traffic is not"
        case ["ACCEPT"]: "Only accepted traffic is logged; rejected traffic is not"
        default: "The active flow logs do not record all traffic"
        }
    }
}

extension [FlowLog] {
    fileprivate var recordAllTraffic: Bool {
        let types = Set(compactMap(\.trafficType))
        return types.contains("ALL") || types.isSuperset(of: ["ACCEPT", "REJECT"])
    }

    fileprivate var ids: String { map(\.flowLogID).joined(separator: ", ") }
}

extension FlowLog {
    fileprivate var failsToDeliver: Bool { deliverLogsStatus != nil && deliverLogsStatus != "SUCCESS" }

    fileprivate var evidence: JSON {
        .object([
            "FlowLogId": .string(flowLogID), "FlowLogStatus": .string(flowLogStatus),
            "TrafficType": JSON(trafficType), "DeliverLogsStatus": JSON(deliverLogsStatus),
            "DeliverLogsErrorMessage": JSON(deliverLogsErrorMessage),
            "LogDestination": JSON(logDestination ?? logGroupName), "LogFormat": JSON(logFormat),
        ])
    }

    /// Fields that an investigation needs and the records lack, as the end of a sentence; `nil` if none.
    ///
    /// Source: Amazon VPC User Guide, "Flow log records".
    fileprivate var lackingFields: String? {
        guard let logFormat, !logFormat.isEmpty else { return nil }
        let fields = Set(logFormat.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init))
        let needed: [(name: String, fields: Set<String>)] = [
            ("source address", ["srcaddr", "pkt-srcaddr"]), ("destination address", ["dstaddr", "pkt-dstaddr"]),
            ("number of bytes", ["bytes"]), ("action", ["action"]), ("time", ["start", "end"]),
        ]
        return needed.first { $0.fields.isDisjoint(with: fields) }?.name
    }
}
