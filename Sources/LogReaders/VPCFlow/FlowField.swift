/// The fields of VPC flow logs (versions 2 to 11) and Transit Gateway flow logs (version 6), by AWS's names
/// (Amazon VPC User Guide: Flow log records; Amazon VPC Transit Gateways: Transit Gateway Flow Log records).
public enum FlowField: String, Sendable, Hashable, CaseIterable {
    // Version 2, which is the default format.
    case version
    case accountID = "account-id"
    case interfaceID = "interface-id"
    case source = "srcaddr"
    case destination = "dstaddr"
    case sourcePort = "srcport"
    case destinationPort = "dstport"
    case transport = "protocol"
    case packets, bytes, start, end, action
    case logStatus = "log-status"
    // Version 3.
    case vpcID = "vpc-id"
    case subnetID = "subnet-id"
    case instanceID = "instance-id"
    case tcpFlags = "tcp-flags"
    case type
    case packetSource = "pkt-srcaddr"
    case packetDestination = "pkt-dstaddr"
    // Version 4.
    case region
    case zoneID = "az-id"
    case sublocationType = "sublocation-type"
    case sublocationID = "sublocation-id"
    // Version 5.
    case packetSourceService = "pkt-src-aws-service"
    case packetDestinationService = "pkt-dst-aws-service"
    case flowDirection = "flow-direction"
    case trafficPath = "traffic-path"
    // Version 7.
    case ecsClusterARN = "ecs-cluster-arn"
    case ecsClusterName = "ecs-cluster-name"
    case ecsContainerInstanceARN = "ecs-container-instance-arn"
    case ecsContainerInstanceID = "ecs-container-instance-id"
    case ecsContainerID = "ecs-container-id"
    case ecsSecondContainerID = "ecs-second-container-id"
    case ecsServiceName = "ecs-service-name"
    case ecsTaskDefinitionARN = "ecs-task-definition-arn"
    case ecsTaskARN = "ecs-task-arn"
    case ecsTaskID = "ecs-task-id"
    // Versions 8, 9 and 10.
    case rejectReason = "reject-reason"
    case resourceID = "resource-id"
    case encryptionStatus = "encryption-status"
    // Version 11.
    case instanceTag = "instance-tag"
    case secondInstanceTag = "instance-tag-2"
    case interfaceTag = "interface-tag"
    case secondInterfaceTag = "interface-tag-2"
    case groupTag = "asg-tag"
    case secondGroupTag = "asg-tag-2"
    case interfaceType = "interface-type"
    case nextHopInterfaceID = "next-hop-interface-id"
    case nextHopSubnetID = "next-hop-subnet-id"
    case nextHopZoneID = "next-hop-az-id"
    case nextHopVPCID = "next-hop-vpc-id"
    case nextHopInterfaceType = "next-hop-interface-type"
    // Transit gateways.
    case resourceType = "resource-type"
    case gatewayID = "tgw-id"
    case attachmentID = "tgw-attachment-id"
    case gatewaySourceAccount = "tgw-src-vpc-account-id"
    case gatewayDestinationAccount = "tgw-dst-vpc-account-id"
    case gatewaySourceVPC = "tgw-src-vpc-id"
    case gatewayDestinationVPC = "tgw-dst-vpc-id"
    case gatewaySourceSubnet = "tgw-src-subnet-id"
    case gatewayDestinationSubnet = "tgw-dst-subnet-id"
    case gatewaySourceInterface = "tgw-src-eni"
    case gatewayDestinationInterface = "tgw-dst-eni"
    case gatewaySourceZone = "tgw-src-az-id"
    case gatewayDestinationZone = "tgw-dst-az-id"
    case pairAttachmentID = "tgw-pair-attachment-id"
    case lostNoRoute = "packets-lost-no-route"
    case lostBlackhole = "packets-lost-blackhole"
    case lostTooLong = "packets-lost-mtu-exceeded"
    case lostTimeToLive = "packets-lost-ttl-expired"

    /// Whether the field holds a number.
    public var isNumber: Bool {
        switch self {
        case .version, .sourcePort, .destinationPort, .transport, .packets, .bytes, .start, .end, .tcpFlags,
            .trafficPath,
            .lostNoRoute, .lostBlackhole, .lostTooLong, .lostTimeToLive:
            true
        default: false
        }
    }

    /// Whether AWS writes the field's text percent-encoded: tags may have spaces.
    public var isEncoded: Bool {
        switch self {
        case .instanceTag, .secondInstanceTag, .interfaceTag, .secondInterfaceTag, .groupTag, .secondGroupTag: true
        default: false
        }
    }

    /// The field with that name in any notation: `dst-port`, `dstport`, `DstPort`, or as in AWS's Athena tables and in
    /// common rules for network traffic.
    public init?(named name: String) {
        guard let field = Self.names[FieldName.folded(name)] else { return nil }
        self = field
    }

    private static let names: [String: FlowField] = {
        var names = Dictionary(uniqueKeysWithValues: allCases.map { (FieldName.folded($0.rawValue), $0) })
        let others: [String: FlowField] = [
            "account": .accountID, "interface": .interfaceID, "sourceaddress": .source, "srcip": .source,
            "sourceip": .source, "destinationaddress": .destination, "dstip": .destination,
            "destinationip": .destination, "sourceport": .sourcePort, "destinationport": .destinationPort,
            "numpackets": .packets, "numbytes": .bytes, "starttime": .start, "endtime": .end,
            "direction": .flowDirection,
        ]
        names.merge(others) { aws, _ in aws }
        return names
    }()
}
