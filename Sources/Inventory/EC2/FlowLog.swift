import AWSClient

/// A flow log of a VPC, a subnet, an interface or a transit gateway, as `DescribeFlowLogs` lists it.
public struct FlowLog: Sendable, Codable, Hashable {
    public var flowLogID: String
    /// The VPC, subnet, interface or transit gateway that is recorded.
    public var resourceID: String
    /// `ACCEPT`, `REJECT` or `ALL`; absent for a transit gateway.
    public var trafficType: String?
    /// `ACTIVE` while the flow log exists.
    public var flowLogStatus: String
    /// `SUCCESS` or `FAILED`; absent before the first delivery.
    public var deliverLogsStatus: String?
    /// `Access error`, `Rate limited` or `Unknown error`, if delivery fails.
    public var deliverLogsErrorMessage: String?
    /// `cloud-watch-logs`, `s3` or `kinesis-data-firehose`.
    public var logDestinationType: String?
    public var logDestination: String?
    public var logGroupName: String?
    /// The fields of a record, such as `${version} ${srcaddr}`; the default format is written out too.
    public var logFormat: String?
}

extension Facet {
    public static let flowLogs = FacetOf<ByName<[FlowLog]>>.perRegion(
        "flowLogs", EC2.describeFlowLogs(), by: \.flowLogID
    ) {
        $0.flowLogSet
    }
}

extension FlowLog: Sampled {
    /// Records all traffic of the sample VPC, and delivers it.
    public static var sample: FlowLog {
        FlowLog(
            flowLogID: "fl-0a1b2c3d", resourceID: VPC.sample.vpcID, trafficType: "ALL", flowLogStatus: "ACTIVE",
            deliverLogsStatus: "SUCCESS", logDestinationType: "s3", logDestination: "arn:aws:s3:::example-flow-logs")
    }
}
