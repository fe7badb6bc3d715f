/// The columns of a flow log.
public struct FlowFormat: Sendable, Hashable {
    /// The field of each column; `nil` if the field is not known.
    public let columns: [FlowField?]
    /// The names in the header line that are not fields. Their columns are not read.
    public let unknownNames: [String]
    /// The byte between two columns: a space, or a comma in tables that were exported as CSV.
    let separator: UInt8

    /// Columns by which AWS partitions tables of flow logs, and that are no fields: "Query flow logs using Amazon Athena",
    /// Amazon VPC User Guide, and the Hive-compatible prefixes of "Flow log files".
    private static let partitions: Set = [
        "date", "year", "month", "day", "hour", "awsaccountid", "awsservice", "awsregion",
    ]

    static let space = UInt8(ascii: " ")
    static let comma = UInt8(ascii: ",")

    public init(columns: [FlowField?]) { self.init(columns, unknownNames: [], separator: Self.space) }

    private init(_ columns: [FlowField?], unknownNames: [String], separator: UInt8) {
        self.columns = columns
        self.unknownNames = unknownNames
        self.separator = separator
    }

    /// - Parameter text: field names separated by spaces or commas, as in a header line, or in the API's notation for
    ///   custom formats: `${version} ${account-id}`. Capitals and underscores do not matter. Columns with unknown names
    ///   are not read.
    /// - Returns: `nil` if no column is known.
    public init?(_ text: String) {
        self.init(text, separator: Self.space)
    }

    private init?(_ text: String, separator: UInt8) {
        let names = Self.names(in: text)
        let columns = names.map { FlowField(named: $0) }
        guard columns.contains(where: { $0 != nil }) else { return nil }
        let unknown = names.filter {
            FlowField(named: $0) == nil && !Self.partitions.contains(FieldName.folded($0))
        }
        self.init(columns, unknownNames: unknown, separator: separator)
    }

    /// The names in such a text that are not names of fields.
    public static func unknownNames(in text: String) -> [String] {
        names(in: text).filter { FlowField(named: $0) == nil }
    }

    private static func names(in text: String) -> [String] {
        let separators: Set<Character> = [" ", ",", "\t", "\r", "\n"]
        return text.split { separators.contains($0) }.map { word in
            if word.hasPrefix("${"), word.hasSuffix("}") { return String(word.dropFirst(2).dropLast()) }
            return word.count > 2 && word.hasPrefix("\"") && word.hasSuffix("\"")
                ? String(word.dropFirst().dropLast()) : String(word)
        }
    }

    /// The fields that analytics need and the format has no column for. Transit gateways record no action.
    ///
    /// Source: Amazon VPC User Guide, "Flow log records"; Amazon VPC Transit Gateways, "Transit Gateway Flow Log
    /// records".
    public var lackingFields: [FlowField] {
        let needed: [[FlowField]] = [
            [.interfaceID, .resourceID, .attachmentID], [.source, .packetSource], [.destination, .packetDestination],
            [.sourcePort], [.destinationPort], [.transport], [.packets], [.bytes], [.start],
            [.action, .gatewayID, .attachmentID],
        ]
        return needed.filter { !$0.contains { columns.contains($0) } }.map { $0[0] }
    }

    /// The columns as the scanner decodes them. The addresses of the packets stand in for those of the interface if the
    /// format lacks these.
    var scanned: [FlowField?] {
        columns.map { field in
            switch field {
            case .packetSource where !columns.contains(.source): .source
            case .packetDestination where !columns.contains(.destination): .destination
            default: field
            }
        }
    }

    /// Parses a header line, in which most of the names are known.
    init?(header line: Bytes) {
        guard let first = line.first, line.count < 4_096,
            first == UInt8(ascii: "$") || first == UInt8(ascii: "\"") || (0x61...0x7A).contains(first | 0x20),
            let format = FlowFormat(
                String(decoding: line, as: UTF8.self), separator: line.contains(Self.comma) ? Self.comma : Self.space)
        else { return nil }
        // A record of a format that begins with a word, such as `type`, never consists of names alone.
        guard format.columns.count(where: { $0 != nil }) * 2 > format.columns.count else { return nil }
        self = format
    }

    /// Whether a line names the columns of those below it. It may end with a line end.
    public static func isHeader(_ line: Bytes) -> Bool {
        let end = line.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? line.endIndex
        return FlowFormat(header: Bytes(rebasing: line[..<end])) != nil
    }

    /// A column's text, without the quotes that exports put around it.
    static func unquoted(_ word: Bytes) -> Bytes {
        guard word.count >= 2, word[0] == UInt8(ascii: "\""), word[word.count - 1] == UInt8(ascii: "\"") else {
            return word
        }
        return Bytes(rebasing: word[1..<(word.count - 1)])
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
