import AWSClient
import Basics
import Inventory
import Posture

extension FlowLogs {
    /// Creates a flow log of all traffic with a record each minute, and then deletes flow logs that record only a part.
    /// A flow log cannot be edited, so the new one must be active before an old one is deleted.
    ///
    /// Source: Amazon VPC User Guide, "Work with flow logs".
    static let fix = Fix(
        "vpc-flow-logs", "Creates a flow log of all traffic of the VPC, then deletes those that record only a part.",
        checks: ["vpc-flow-logs"],
        calls: FixedBucket.creationCalls.union(LogGroupDestination.calls).union([.createFlowLogs, .deleteFlowLogs]),
        reads: [.flowLogs]
    ) { target, reading, _ in
        [flowLogs(of: target)] + destination(of: target, in: reading).observations
    } propose: { target, reading, observed throws(Unknown) in
        let present = try observed[flowLogs(of: target)].elements ?? []
        let destination = destination(of: target, in: reading)
        guard !present.contains(where: { destination.isThat(of: $0) }) else {
            return .declined(
                "a flow log of the VPC delivers to \(destination.words) already: name another in the settings")
        }
        let new = NewFlowLog(target, destination)
        var create = Step(
            "Create a flow log of all traffic of \(target.resource.id)", on: target.resource.arn, for: target.checks,
            state: new.state, before: .null, call: new.call, after: new.shown,
            undo: deletion(of: APICall.read("flowLogSet", new.match, "flowLogId"), in: target),
            notes: destination.notes, cost: destination.cost)
        if case .group = destination { create.permissions = Set(create.permissions + ["iam:PassRole"]).sorted() }
        let partial = present.filter { ["ACCEPT", "REJECT"].contains($0.memberIgnoringCase("trafficType")?.text) }
        return .steps(
            try destination.creation(for: target, in: reading, observed) + [create]
                + partial.compactMap { delete($0, of: target) })
    }

    /// The fields of a record: the standard ones, and the ones that hunts use in addition.
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

        init(_ target: Fix.Target, _ destination: Destination) {
            let format = FlowLogs.fields.split(separator: " ").map { "${\($0)}" }.joined(separator: " ")
            var shown: [String: JSON] = [
                "resourceId": .string(target.resource.id), "trafficType": "ALL", "flowLogStatus": "ACTIVE",
                "maxAggregationInterval": "60", "logFormat": .string(format),
            ]
            shown.merge(destination.shown) { _, new in new }
            self.shown = .object(JSON.Object(shown))
            var match: [String: JSON] = ["resourceId": .string(target.resource.id), "trafficType": "ALL"]
            match.merge(destination.match) { _, new in new }
            self.match = .first(match)
            state = Observation(
                FlowLogs.flowLogs(of: target).read, "flowLogSet", self.match, .members(shown.keys.sorted()))
            var parameters: [String: JSON] = [
                "ResourceIds": [.string(target.resource.id)], "ResourceType": "VPC", "TrafficType": "ALL",
                "MaxAggregationInterval": 60, "LogFormat": .string(format),
            ]
            parameters.merge(destination.parameters) { _, new in new }
            call = APICall(.createFlowLogs, in: target.region, .object(JSON.Object(parameters)))
        }
    }

    /// The destination of a new flow log.
    private enum Destination {
        /// The ARN of a bucket, optionally with a folder.
        case bucket(String)
        case newBucket(FixedBucket, arn: String)
        case group(LogGroupDestination)

        private var bucket: String? {
            switch self {
            case .bucket(let arn), .newBucket(_, let arn): arn
            case .group: nil
            }
        }

        var words: String {
            if case .group(let group) = self { "log group \(group.name)" } else { bucket ?? "" }
        }

        var observations: [Observation] {
            switch self {
            case .bucket: []
            case .newBucket(let bucket, _): [bucket.existence]
            case .group(let group): group.observations
            }
        }

        /// The members that distinguish the flow log from others of the VPC.
        var match: [String: JSON] {
            if case .group(let group) = self { return ["logGroupName": .string(group.name)] }
            return ["logDestination": JSON(bucket)]
        }

        var shown: [String: JSON] {
            guard case .group(let group) = self else { return match }
            return match.merging(["deliverLogsPermissionArn": .string(group.role)]) { one, _ in one }
        }

        var parameters: [String: JSON] {
            if case .group(let group) = self {
                return [
                    "LogDestinationType": "cloud-watch-logs", "LogGroupName": .string(group.name),
                    "DeliverLogsPermissionArn": .string(group.role),
                ]
            }
            return ["LogDestinationType": "s3", "LogDestination": JSON(bucket)]
        }

        var notes: [String] {
            if case .group = self {
                return [
                    "A role that was just made can take some seconds to work: apply the plan again if it does not yet."
                ]
            }
            return [
                "AWS adds a statement for the delivery of flow logs to the bucket's policy if it has none.",
                "Records that were delivered stay in the bucket if the step is undone.",
            ]
        }

        var cost: String {
            if case .group = self {
                return "Amazon CloudWatch charges for vended logs by volume and for their storage."
            }
            return "Amazon CloudWatch charges for vended logs by volume, Amazon S3 for their storage."
        }

        func isThat(of flowLog: JSON) -> Bool {
            match.allSatisfy { (flowLog.memberIgnoringCase($0.key) ?? .null).isSame(as: $0.value) }
        }

        func creation(
            for target: Fix.Target, in reading: Reading, _ observed: Observations
        ) throws(Unknown) -> [Step] {
            switch self {
            case .bucket: return []
            case .newBucket(let bucket, _):
                return try observed[bucket.existence].isNull ? bucket.creation(for: target, "flow logs") : []
            case .group(let group): return try group.creation(for: target, observed)
            }
        }
    }

    private static func flowLogs(of target: Fix.Target) -> Observation {
        Observation(
            APICall(
                .describeFlowLogs, in: target.region,
                ["Filters": [["Name": "resource-id", "Values": [.string(target.resource.id)]]], "MaxResults": 1000]),
            "flowLogSet")
    }

    /// Returns the log group or bucket in the settings; else the bucket, with its folder, that a flow log of the Region
    /// delivers to already; else a new bucket.
    private static func destination(of target: Fix.Target, in reading: Reading) -> Destination {
        if reading.settings.flowLogGroup != nil { return .group(LogGroupDestination(of: target, in: reading)) }
        if let bucket = reading.settings.flowLogBucket { return .bucket(bucket) }
        let present = (try? reading[.flowLogs][target.region].value) ?? []
        let known = present.filter { $0.logDestinationType == "s3" && $0.deliverLogsStatus == "SUCCESS" }
            .compactMap(\.logDestination).min()
        if let known { return .bucket(known) }
        let bucket = FixedBucket(
            "parapet-flow-logs-\(reading.id)-\(target.region)", in: target.region, owner: reading.id)
        return .newBucket(bucket, arn: bucket.arn(target))
    }

    /// Returns the options of a destination as the call takes them: the format of the files and two switches.
    private static func destinationOptions(_ answer: JSON) -> JSON {
        func isOn(_ name: String) -> JSON { .bool(answer.memberIgnoringCase(name)?.inWords == "true") }
        return [
            "FileFormat": answer.memberIgnoringCase("fileFormat") ?? "plain-text",
            "HiveCompatiblePartitions": isOn("hiveCompatiblePartitions"), "PerHourPartition": isOn("perHourPartition"),
        ]
    }

    private static func deletion(of id: JSON, in target: Fix.Target) -> APICall {
        APICall(.deleteFlowLogs, in: target.region, ["FlowLogIds": [id]])
    }

    /// Returns a step that deletes a flow log; `nil` if the flow log has no ID.
    private static func delete(_ flowLog: JSON, of target: Fix.Target) -> Step? {
        guard let id = flowLog.memberIgnoringCase("flowLogId")?.text else { return nil }
        let names = [
            "resourceId", "trafficType", "logDestinationType", "logDestination", "logGroupName",
            "deliverLogsPermissionArn", "deliverCrossAccountRole", "logFormat", "maxAggregationInterval",
            "destinationOptions", "tagSet",
        ]
        let before = JSON.members(names.map { .init($0, flowLog.memberIgnoringCase($0) ?? .null) })
        // Identifies the flow log by its settings, because one that undoing creates has another ID.
        let match = ["trafficType", "logDestination", "logGroupName"].reduce(into: [String: JSON]()) {
            $0[$1] = before[$1]
        }
        var again: [JSON.Object.Member] = [
            .init("ResourceIds", [.string(target.resource.id)]), .init("ResourceType", "VPC"),
        ]
        for name in names.dropFirst() {
            guard let value = before[name], !value.isNull, value != "" else { continue }
            // For a log group, the answer has the destination twice, but the call accepts it once.
            if name == "logDestination", before["logDestinationType"]?.text == "cloud-watch-logs" { continue }
            let parameter = name.prefix(1).uppercased() + name.dropFirst()
            switch name {
            case "maxAggregationInterval": again.append(.init(parameter, JSON(value.text.flatMap { Int($0) })))
            case "destinationOptions": again.append(.init(parameter, destinationOptions(value)))
            case "tagSet":
                let tags = value.elements ?? []
                guard !tags.isEmpty else { continue }
                again.append(.init("TagSpecifications", [["ResourceType": "vpc-flow-log", "Tags": .tags(tags)]]))
            default: again.append(.init(parameter, value))
            }
        }
        return Step(
            "Delete the flow log that records \(before["trafficType"]?.text ?? "a part") alone",
            on: target.resource.arn, for: target.checks,
            state: Observation(flowLogs(of: target).read, "flowLogSet", .first(match), .members(names)), before: before,
            call: deletion(of: .string(id), in: target), after: .null,
            undo: APICall(.createFlowLogs, in: target.region, .members(again)),
            redo: deletion(of: APICall.read("flowLogSet", .first(match), "flowLogId"), in: target),
            risk: .reversibleWithLoss,
            losses: ["The ID of the flow log: undoing creates one with the same settings and a new ID."])
    }
}

/// A log group that receives flow logs, and the role that delivers them.
///
/// Source: Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs".
private struct LogGroupDestination {
    static let calls: Set<AWSClient.Operation> = [
        .createLogGroup, .deleteLogGroup, .createRole, .deleteRole, .putRolePolicy, .deleteRolePolicy,
    ]

    private static let policyName = "deliver-flow-logs"
    let name: String
    /// The ARN of the role.
    let role: String
    private let roleIsNamed: Bool
    private let account: String
    private let partition: String
    private let region: String
    /// The Region in which IAM is called.
    private let globalRegion: String

    init(of target: Fix.Target, in reading: Reading) {
        name = reading.settings.flowLogGroup ?? ""
        roleIsNamed = reading.settings.flowLogRole != nil
        role = reading.settings.flowLogRole ?? "arn:\(reading.partition):iam::\(reading.id):role/parapet-flow-logs"
        (account, partition, region) = (reading.id, reading.partition, target.region)
        globalRegion = Partition.named(reading.partition)?.globalRegion ?? target.region
    }

    private var roleName: JSON { .string(String(role.split(separator: "/").last ?? "")) }

    private var group: Observation {
        Observation(
            APICall(.describeLogGroups, in: region, ["logGroupNamePrefix": .string(name)]), "logGroups",
            .first(["logGroupName": .string(name)]), .members(["logGroupName"]))
    }

    private var present: Observation {
        Observation(APICall(.getRole, in: globalRegion, ["RoleName": roleName]), "Role", .members(["RoleName"]))
    }

    private var permissions: Observation {
        Observation(
            APICall(
                .getRolePolicy, in: globalRegion, ["RoleName": roleName, "PolicyName": .string(Self.policyName)]),
            .members(["PolicyName"]))
    }

    var observations: [Observation] { [group] + (roleIsNamed ? [] : [present, permissions]) }

    func creation(for target: Fix.Target, _ observed: Observations) throws(Unknown) -> [Step] {
        var steps: [Step] = []
        if try observed[group].isNull {
            let parameters: JSON = ["logGroupName": .string(name)]
            steps.append(
                Step(
                    "Create log group \(name)", on: "arn:\(partition):logs:\(region):\(account):log-group:\(name)",
                    for: target.checks, state: group, before: .null,
                    call: APICall(.createLogGroup, in: region, parameters), after: parameters,
                    undo: APICall(.deleteLogGroup, in: region, parameters), risk: .reversibleWithLoss,
                    losses: ["The flow logs in the log group: undoing deletes them with it."]))
        }
        guard !roleIsNamed else { return steps }
        if try observed[present].isNull {
            let trust: JSON = [
                "Version": "2012-10-17",
                "Statement": [
                    [
                        "Effect": "Allow", "Principal": ["Service": "vpc-flow-logs.amazonaws.com"],
                        "Action": "sts:AssumeRole",
                        "Condition": [
                            "StringEquals": ["aws:SourceAccount": .string(account)],
                            "ArnLike": [
                                "aws:SourceArn": .string("arn:\(partition):ec2:*:\(account):vpc-flow-log/*")
                            ],
                        ],
                    ]
                ],
            ]
            steps.append(
                Step(
                    "Create role \(roleName.text ?? "") for the delivery of flow logs", on: role, for: target.checks,
                    state: present, before: .null,
                    call: APICall(
                        .createRole, in: globalRegion,
                        ["RoleName": roleName, "AssumeRolePolicyDocument": .string(trust.written(.compact))]),
                    after: ["RoleName": roleName],
                    undo: APICall(.deleteRole, in: globalRegion, ["RoleName": roleName])))
        }
        if try observed[permissions].isNull {
            let group = "arn:\(partition):logs:*:\(account):log-group:\(name)"
            let policy: JSON = [
                "Version": "2012-10-17",
                "Statement": [
                    [
                        "Effect": "Allow",
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                        "Resource": [.string(group), .string("\(group):*")],
                    ],
                    ["Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"],
                ],
            ]
            let names: JSON = ["RoleName": roleName, "PolicyName": .string(Self.policyName)]
            steps.append(
                Step(
                    "Let role \(roleName.text ?? "") write into log group \(name)", on: role, for: target.checks,
                    state: permissions, before: .null,
                    call: APICall(
                        .putRolePolicy, in: globalRegion,
                        .members(
                            (names.object?.members ?? []) + [
                                .init("PolicyDocument", .string(policy.written(.compact)))
                            ])), after: ["PolicyName": .string(Self.policyName)],
                    undo: APICall(.deleteRolePolicy, in: globalRegion, names)))
        }
        return steps
    }
}
