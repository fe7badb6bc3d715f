internal import Basics
internal import Foundation

/// Lines of flow and access logs in exports: in events of CloudWatch Logs (files, subscriptions, responses of its API),
/// and in tables. Access logs that S3 delivers to CloudWatch Logs are objects with a member for each field.
public final class ExportedLines {
    private let source: LogSource
    private let reader: CloudTrailReader
    private let message: FieldList.Number

    /// - Parameter source: a log with a record on each line.
    public init(of source: LogSource) {
        self.source = source
        var fields = FieldList()
        message = fields.number(of: "message")
        reader = CloudTrailReader(CloudTrailPlan(fields: fields))
    }

    /// Lines, each with its end, in the form that the log's reader expects.
    public struct Lines: Sendable {
        public var bytes: [UInt8] = []
        /// Number of records that yielded no line of the log, and of places at which records were lost.
        public var damaged = 0

        fileprivate mutating func append(_ line: some Sequence<UInt8>) {
            bytes += line.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
            bytes.append(0x0A)
        }
    }

    /// - Parameter isWhole: see ``CloudTrailReader/read(_:isWhole:isInRows:_:)``.
    public func lines(inJSON bytes: Bytes, isWhole: Bool) -> Lines {
        var lines = Lines()
        let account = reader.read(bytes, isWhole: isWhole) { event in
            if case .text(let text) = event.value(of: message) {
                lines.append(text)
            } else if let line = accessLine(Array(event.json)) {
                lines.append(line.utf8)
            } else {
                lines.damaged += 1
            }
        }
        lines.damaged += account.damaged
        return lines
    }

    /// - Parameters:
    ///   - bytes: whole rows of a table.
    ///   - header: the line with the columns' names; empty if `bytes` begin with it.
    public func lines(inTable bytes: Bytes, header: Bytes) -> Lines {
        var lines = Lines()
        var table = RecordTable(bytes, header: header)
        let message = table.columns.lastIndex(of: "message")
        if message == nil, source == .vpcFlow {
            lines.append(table.columns.map { FlowField(named: $0)?.rawValue ?? $0 }.joined(separator: " ").utf8)
        }
        while let row = table.next() {
            if let message {
                lines.append((accessLine(Array(row[message].utf8)) ?? row[message]).utf8)
            } else if source == .vpcFlow {
                lines.append(row.map { $0.isEmpty ? "-" : $0.replacing(" ", with: "%20") }.joined(separator: " ").utf8)
            } else if let line = Self.accessLine(Array(zip(table.columns, row))) {
                lines.append(line.utf8)
            } else {
                lines.damaged += 1
            }
        }
        lines.damaged += table.damaged
        return lines
    }

    /// Access log line from an object with a member for each field; `nil` if the text is not such an object.
    private func accessLine(_ text: [UInt8]) -> String? {
        guard source == .s3Access, text.first == UInt8(ascii: "{"), let record = try? JSON(parsing: text, .ofLogs)
        else {
            return nil
        }
        return Self.accessLine(record.object?.members.map { ($0.name, $0.value.shown) } ?? [])
    }

    /// Access log line in the form that S3 writes to buckets.
    /// - Returns: `nil` if the fields lack a bucket or an operation.
    private static func accessLine(_ fields: [(name: String, value: String)]) -> String? {
        var values = [String](repeating: "-", count: AccessField.allCases.count)
        for (name, value) in fields where !value.isEmpty {
            if let field = AccessField(named: name) { values[field.rawValue] = value }
        }
        guard values[AccessField.bucket.rawValue] != "-", values[AccessField.operation.rawValue] != "-" else {
            return nil
        }
        values[AccessField.time.rawValue] = "[\(time(values[AccessField.time.rawValue]))]"
        for field in [AccessField.requestURI, .referrer, .userAgent] where values[field.rawValue] != "-" {
            let value = values[field.rawValue]
            if !value.hasPrefix("\"") { values[field.rawValue] = "\"\(value)\"" }
        }
        return values.joined(separator: " ")
    }

    /// `06/Feb/2019:00:00:38 +0000`
    private static func time(_ text: String) -> String {
        guard let moment = Array(text.utf8).withUnsafeBufferPointer({ Moment(log: $0) }) else { return text }
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let civil = moment.civil
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(civil.day))/\(names[civil.month - 1])/\(civil.year):\(two(civil.hour)):\(two(civil.minute)):"
            + "\(two(civil.second)) +0000"
    }
}

extension JSON {
    /// The value as text; empty for null.
    var shown: String { text ?? (isNull ? "" : description) }
}
