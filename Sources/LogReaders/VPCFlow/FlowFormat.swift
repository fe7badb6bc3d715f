/// The columns of a flow log.
public struct FlowFormat: Sendable, Hashable {
    /// The field of each column; `nil` if the field is not known.
    public let columns: [FlowField?]

    public init(columns: [FlowField?]) { self.columns = columns }

    /// - Parameter text: field names separated by spaces or commas, as in a header line, or in the API's notation for
    ///   custom formats: `${version} ${account-id}`. Columns with unknown names are not read.
    /// - Returns: `nil` if no column is known.
    public init?(_ text: String) {
        let columns = Self.names(in: text).map(FlowField.init(rawValue:))
        guard columns.contains(where: { $0 != nil }) else { return nil }
        self.init(columns: columns)
    }

    /// The names in such a text that are not fields.
    public static func unknownNames(in text: String) -> [String] {
        names(in: text).filter { FlowField(rawValue: $0) == nil }
    }

    private static func names(in text: String) -> [String] {
        let separators: Set<Character> = [" ", ",", "\t", "\r", "\n"]
        return text.split { separators.contains($0) }.map { word in
            String(word.hasPrefix("${") && word.hasSuffix("}") ? word.dropFirst(2).dropLast() : word)
        }
    }

    /// Parses a header line: names, most of which are known.
    init?(header line: Bytes) {
        guard let first = line.first, first == UInt8(ascii: "$") || (0x61...0x7A).contains(first), line.count < 4_096,
            let format = FlowFormat(String(decoding: line, as: UTF8.self))
        else { return nil }
        // A record of a format that begins with a word, such as `type`, never consists of names alone.
        guard format.columns.count(where: { $0 != nil }) * 2 > format.columns.count else { return nil }
        self = format
    }

    /// The default format of VPC flow logs.
    public static let version2 = FlowFormat(columns: [
        .version, .accountID, .interfaceID, .source, .destination, .sourcePort, .destinationPort, .transport, .packets,
        .bytes, .start, .end, .action, .logStatus,
    ])

    /// The default format of Transit Gateway flow logs.
    public static let transitGateway = FlowFormat(columns: [
        .version, .resourceType, .accountID, .gatewayID, .attachmentID, .gatewaySourceAccount,
        .gatewayDestinationAccount, .gatewaySourceVPC, .gatewayDestinationVPC, .gatewaySourceSubnet,
        .gatewayDestinationSubnet, .gatewaySourceInterface, .gatewayDestinationInterface, .gatewaySourceZone,
        .gatewayDestinationZone, .pairAttachmentID, .source, .destination, .sourcePort, .destinationPort, .transport,
        .packets, .bytes, .start, .end, .logStatus, .type, .lostNoRoute, .lostBlackhole, .lostTooLong, .lostTimeToLive,
        .tcpFlags, .region, .flowDirection, .packetSourceService, .packetDestinationService,
    ])
}
