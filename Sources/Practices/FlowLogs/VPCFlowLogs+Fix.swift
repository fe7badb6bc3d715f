import AWSClient
import Basics
import Inventory
import Posture

extension FlowLogs {
    /// A flow log cannot be edited: the new one is made and seen to be active before one that records too little goes.
    ///
    /// Source: Amazon VPC User Guide, "Work with flow logs".
    static let fix = Fix(
        "vpc-flow-logs", "Creates a flow log of all traffic of the VPC, then deletes those that record only a part.",
        checks: ["vpc-flow-logs"], calls: [.createFlowLogs, .deleteFlowLogs], reads: [.flowLogs]
    ) { target, _, _ in
        [flowLogs(of: target)]
    } propose: { target, reading, observed throws(Unknown) in
        let present = try observed[flowLogs(of: target)].elements ?? []
        guard let bucket = destination(in: target.region, of: reading) else {
            return .declined(
                "no bucket for flow logs is known in \(target.region): name one as flow-log-bucket in the settings, as "
                    + "arn:aws:s3:::BUCKET/FOLDER/")
        }
        let new = NewFlowLog(target, bucket)
        guard !present.contains(where: { $0.memberIgnoringCase("logDestination")?.text == bucket }) else {
            return .declined("a flow log of the VPC delivers to \(bucket) already: name another bucket or folder")
        }
        let create = Step(
            "Create a flow log of all traffic of \(target.resource.id)", on: target.resource.arn, for: target.checks,
            state: new.state, before: .null, call: new.call, after: new.shown,
            undo: APICall(
                .deleteFlowLogs, in: target.region,
                ["FlowLogIds": [APICall.read("flowLogSet", new.match, "flowLogId")]]),
            notes: [
                "AWS adds a statement for the delivery of flow logs to the bucket's policy if it has none.",
                "Records that were delivered stay in the bucket if the step is undone.",
            ], cost: "Amazon CloudWatch charges for vended logs by volume, Amazon S3 for their storage.")
        let partial = present.filter { ["ACCEPT", "REJECT"].contains($0.memberIgnoringCase("trafficType")?.text) }
        return .steps([create] + partial.compactMap { delete($0, of: target) })
    }

    /// All traffic, a record each minute, with the fields that hunts use besides the standard ones.
    ///
    /// Source: Amazon VPC User Guide, "Flow log records".
    private static let fields = """
        version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status \
        vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id pkt-src-aws-service \
        pkt-dst-aws-service flow-direction traffic-path
        """

    private struct NewFlowLog {
        let match: Observation.Part
        let state: Observation
        let call: APICall
        let shown: JSON

        init(_ target: Fix.Target, _ bucket: String) {
            let format = FlowLogs.fields.split(separator: " ").map { "${\($0)}" }.joined(separator: " ")
            shown = [
                "resourceId": .string(target.resource.id), "trafficType": "ALL", "flowLogStatus": "ACTIVE",
                "logDestination": .string(bucket), "maxAggregationInterval": "60", "logFormat": .string(format),
            ]
            match = .first([
                "resourceId": .string(target.resource.id), "logDestination": .string(bucket), "trafficType": "ALL",
            ])
            state = Observation(
                FlowLogs.flowLogs(of: target).read, "flowLogSet", match, .members(shown.object?.names ?? []))
            call = APICall(
                .createFlowLogs, in: target.region,
                [
                    "ResourceIds": [.string(target.resource.id)], "ResourceType": "VPC", "TrafficType": "ALL",
                    "LogDestinationType": "s3", "LogDestination": .string(bucket), "MaxAggregationInterval": 60,
                    "LogFormat": .string(format),
                ])
        }
    }

    private static func flowLogs(of target: Fix.Target) -> Observation {
        Observation(
            APICall(
                .describeFlowLogs, in: target.region,
                ["Filters": [["Name": "resource-id", "Values": [.string(target.resource.id)]]], "MaxResults": 1000]),
            "flowLogSet")
    }

    /// The bucket that the settings name, else the one to which a flow log of the region delivers already, in the folder that
    /// it has there.
    private static func destination(in region: String, of reading: Reading) -> String? {
        if let bucket = reading.settings.flowLogBucket { return bucket }
        let present = (try? reading[.flowLogs][region].value) ?? []
        return present.filter { $0.logDestinationType == "s3" && $0.deliverLogsStatus == "SUCCESS" }
            .compactMap(\.logDestination).min()
    }

    /// `nil` if the flow log could not be made again.
    private static func delete(_ flowLog: JSON, of target: Fix.Target) -> Step? {
        guard let id = flowLog.memberIgnoringCase("flowLogId")?.text else { return nil }
        let names = [
            "resourceId", "trafficType", "logDestinationType", "logDestination", "logGroupName",
            "deliverLogsPermissionArn", "logFormat", "maxAggregationInterval",
        ]
        let before = JSON.members(names.map { .init($0, flowLog.memberIgnoringCase($0) ?? .null) })
        // What tells it from the others of the VPC, since one that is made again has another id.
        let match = ["trafficType", "logDestination", "logGroupName"].reduce(into: [String: JSON]()) {
            $0[$1] = before[$1]
        }
        var again: [JSON.Object.Member] = [
            .init("ResourceIds", [.string(target.resource.id)]), .init("ResourceType", "VPC"),
        ]
        for name in names.dropFirst() {
            guard let value = before[name], !value.isNull, value != "" else { continue }
            // A destination of a group is told twice, and taken once.
            if name == "logDestination", before["logDestinationType"]?.text == "cloud-watch-logs" { continue }
            let isNumber = name == "maxAggregationInterval"
            again.append(
                .init(
                    name.prefix(1).uppercased() + name.dropFirst(),
                    isNumber ? JSON(value.text.flatMap { Int($0) }) : value))
        }
        return Step(
            "Delete flow log \(id), which records \(before["trafficType"]?.text ?? "a part") alone",
            on: target.resource.arn, for: target.checks,
            state: Observation(flowLogs(of: target).read, "flowLogSet", .first(match), .members(names)), before: before,
            call: APICall(.deleteFlowLogs, in: target.region, ["FlowLogIds": [.string(id)]]), after: .null,
            undo: APICall(.createFlowLogs, in: target.region, .members(again)), risk: .reversibleWithLoss,
            notes: ["Undoing makes a flow log with the same settings and another id."])
    }
}
