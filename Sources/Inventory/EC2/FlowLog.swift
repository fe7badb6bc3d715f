import AWSClient

/// A flow log of a VPC, a subnet, an interface or a transit gateway.
public struct FlowLog: Sendable, Codable, Hashable {
    public var id: String
    /// The VPC, subnet, interface or transit gateway that is recorded.
    public var resourceID: String
    /// `ACCEPT`, `REJECT` or `ALL`; absent for a transit gateway.
    public var trafficType: String?
    /// `ACTIVE` while the flow log exists.
    public var status: String
    /// `SUCCESS` or `FAILED`; absent before the first delivery.
    public var deliveryStatus: String?
    /// `Access error`, `Rate limited` or `Unknown error`, where delivery fails.
    public var deliveryError: String?
    /// `cloud-watch-logs`, `s3` or `kinesis-data-firehose`.
    public var destinationType: String?
    /// The log group's name, or the destination's ARN.
    public var destination: String?

    public init(
        id: String, resourceID: String, trafficType: String?, status: String, deliveryStatus: String?,
        deliveryError: String? = nil, destinationType: String? = nil, destination: String? = nil
    ) {
        self.id = id
        self.resourceID = resourceID
        self.trafficType = trafficType
        self.status = status
        self.deliveryStatus = deliveryStatus
        self.deliveryError = deliveryError
        self.destinationType = destinationType
        self.destination = destination
    }
}

extension Facet {
    public static let flowLogs = FacetOf.perRegion("flowLogs", EC2.describeFlowLogs(), by: \.id) {
        $0.flowLogSet.map(FlowLog.init)
    }
}

extension FlowLog {
    fileprivate init(_ answer: DescribeFlowLogsAnswer.FlowLog) {
        self.init(
            id: answer.flowLogID, resourceID: answer.resourceID, trafficType: answer.trafficType,
            status: answer.flowLogStatus, deliveryStatus: answer.deliverLogsStatus,
            deliveryError: answer.deliverLogsErrorMessage, destinationType: answer.logDestinationType,
            destination: answer.logDestination ?? answer.logGroupName)
    }
}

extension FlowLog: Sampled {
    /// Records all traffic of the sample VPC, and delivers it.
    public static var sample: FlowLog {
        FlowLog(
            id: "fl-0a1b2c3d", resourceID: VPC.sample.id, trafficType: "ALL", status: "ACTIVE",
            deliveryStatus: "SUCCESS", destinationType: "s3", destination: "arn:aws:s3:::example-flow-logs")
    }
}
