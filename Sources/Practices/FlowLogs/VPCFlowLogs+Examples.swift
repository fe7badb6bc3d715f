import AWSClient
import Inventory
import Posture

extension VPCFlowLogs {
    var examples: [Example] {
        [
            .passes("a flow log records all traffic and delivers") { $0.hold(vpcs: .sample, flowLogs: [.sample]) },
            .passes("one flow log records what is accepted, another what is rejected") {
                $0.hold(vpcs: .sample, flowLogs: [recording("ACCEPT"), recording("REJECT")])
            },
            .fails("the VPC has no flow log") { $0.hold(vpcs: .sample, flowLogs: []) },
            .fails("only rejected traffic is recorded") { $0.hold(vpcs: .sample, flowLogs: [recording("REJECT")]) },
            .fails("only accepted traffic is recorded") { $0.hold(vpcs: .sample, flowLogs: [recording("ACCEPT")]) },
            .fails("delivery fails") {
                $0.hold(
                    vpcs: .sample,
                    flowLogs: [
                        .sample {
                            $0.deliverLogsStatus = "FAILED"
                            $0.deliverLogsErrorMessage = "Access error"
                        }
                    ])
            },
            .passes("the records have the fields that an investigation needs") {
                $0.hold(
                    vpcs: .sample,
                    flowLogs: [.sample { $0.logFormat = "${pkt-srcaddr} ${pkt-dstaddr} ${bytes} ${action} ${start}" }])
            },
            .fails("the records do not say how many bytes were sent") {
                $0.hold(vpcs: .sample, flowLogs: [.sample { $0.logFormat = "${srcaddr} ${dstaddr} ${action} ${end}" }])
            },
            .fails("the flow log is not active") {
                $0.hold(vpcs: .sample, flowLogs: [.sample { $0.flowLogStatus = "INACTIVE" }])
            },
            .fails("the flow log records one subnet only") {
                $0.hold(vpcs: .sample, flowLogs: [.sample { $0.resourceID = "subnet-0a1b2c3d" }])
            },
            .unknown("nothing has been delivered yet") {
                $0.hold(vpcs: .sample, flowLogs: [.sample { $0.deliverLogsStatus = nil }])
            },
            .unknown("the VPC is shared by another account") {
                $0.hold(vpcs: .sample { $0.ownerID = "999999999999" }, flowLogs: [])
            },
            .unknown("the flow logs cannot be read") {
                $0.hold(vpcs: .sample, flowLogs: [])
                $0[.flowLogs]["us-east-1"] = .denied(.describeFlowLogs)
            },
            .unknown("the VPCs cannot be listed") { $0[.vpcs]["us-east-1"] = .denied(.describeVPCs) },
        ]
    }

    private func recording(_ trafficType: String) -> FlowLog {
        .sample {
            $0.flowLogID = "fl-\(trafficType.lowercased())"
            $0.trafficType = trafficType
        }
    }
}
