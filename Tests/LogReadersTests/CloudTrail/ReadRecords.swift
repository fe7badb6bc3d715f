import LogReaders

/// What a reader made of a text: for each record its fields as text.
struct ReadRecords: Equatable {
    var rows: [[String]] = []
    /// The places in `rows` of light records.
    var lightRows: [Int] = []
    var account = RecordAccount()

    /// - Parameter fields: paths.
    init(_ bytes: [UInt8], fields: [String], filters: [RecordFilter]? = nil, light: LightRecords? = nil) {
        var list = FieldList()
        for field in fields { _ = list.number(of: field) }
        let reader = CloudTrailReader(CloudTrailPlan(fields: list, filters: filters, light: light))
        // A copy of its own, so that reading beyond the end is seen by the sanitizers.
        account = bytes.withUnsafeBufferPointer { buffer in
            reader.read(buffer) { event in
                rows.append(fields.indices.map { Self.text(event.value(of: $0)) })
                if event.isLight { lightRows.append(rows.count - 1) }
            }
        }
    }

    init(
        _ text: String, fields: [String] = ["eventName"], filters: [RecordFilter]? = nil, light: LightRecords? = nil
    ) {
        self.init(Array(text.utf8), fields: fields, filters: filters, light: light)
    }

    /// The first field of each record.
    var names: [String] { rows.compactMap(\.first) }

    static func text(_ value: FieldValue) -> String {
        switch value {
        case .absent: "-"
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let bytes): "#" + String(decoding: bytes, as: UTF8.self)
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .object(let json, let leaves):
            String(decoding: json, as: UTF8.self) + "(" + leaves.map(text).joined(separator: ",") + ")"
        case .list(let values): "[" + values.map(text).joined(separator: ",") + "]"
        }
    }
}
