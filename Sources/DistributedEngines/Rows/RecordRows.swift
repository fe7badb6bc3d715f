public import Basics
import LogReaders

/// Makes records in the form of the log of the rows that an engine brings back, so that the log's own reader reads them.
///
/// A row of CloudTrail becomes a JSON object on a line, a row of the other logs an object with a member for each column,
/// or a line with the values in the order of the columns.
public struct RecordRows: Sendable {
    private let table: LogTable
    /// The place of the product among the values.
    private let product: Int?

    public init(_ table: LogTable) {
        self.table = table
        product = table.leaves.firstIndex { $0.form == .product }
    }

    /// What stands before the first record of each object.
    public var header: [UInt8] {
        guard table.source == .vpcFlow, table.recordColumn == nil else { return [] }
        return Array((table.leaves.filter { $0.form != .product }.map(\.field).joined(separator: " ") + "\n").utf8)
    }

    /// The record of a row, with a line end.
    /// - Parameter values: the record if the table has ``LogTable/recordColumn``, else the values of
    ///   ``LogTable/leaves``, in their order.
    /// - Returns: `nil` if the row has no value at all, as that of a line that the table's expression does not fit, or if it
    ///   is an event of another product than the log's service.
    /// - Throws: ``Failure`` if the row does not have as many values.
    public func record(_ values: [String?]) throws(Failure) -> [UInt8]? {
        let count = table.recordColumn == nil ? table.leaves.count : 1
        guard values.count == count else {
            throw Failure(
                "a row of the result cannot be read",
                why: "it has \(values.count) values instead of \(count)",
                advice: "run the hunt again; if it happens again, report it")
        }
        guard values.contains(where: { $0 != nil }) else { return nil }
        if let product, values[product] != SecurityLake.product(of: table.source) { return nil }
        if table.recordColumn != nil { return values[0].map { Array($0.utf8) + [0x0A] } }
        switch table.source {
        case .cloudTrail: return trailRecord(values).bytes() + [0x0A]
        case .s3Access:
            let members = zip(table.leaves, values).compactMap { leaf, value in
                value.map { JSON.Object.Member(leaf.field, .string($0)) }
            }
            return JSON.object(JSON.Object(members)).bytes() + [0x0A]
        case .vpcFlow:
            let texts = zip(table.leaves, values).filter { leaf, _ in leaf.form != .product }.map { leaf, value in
                value.flatMap { SecurityLake.seconds($0, leaf.form) }
            }
            let words = texts.map { $0.map { $0.isEmpty ? "-" : $0.replacing(" ", with: "%20") } ?? "-" }
            return Array((words.joined(separator: " ") + "\n").utf8)
        }
    }

    private func trailRecord(_ values: [String?]) -> JSON {
        var record = Branch()
        // The lists of structures are put together of their members' lists.
        var lists: [String: [Branch]] = [:]
        var order: [String] = []
        for (leaf, value) in zip(table.leaves, values) {
            if leaf.form != .plain {
                SecurityLake.members(leaf, value, of: self, values).forEach { record.set($0.path[...], $0.value) }
                continue
            }
            let names = leaf.field.split(separator: ".").map(String.init)
            if case .joined(_, _?) = leaf.value {
                guard let value, let elements = (try? JSON(parsing: value, .ofLogs))?.elements else { continue }
                let name = names.dropLast().joined(separator: ".")
                if lists[name] == nil { order.append(name) }
                var list = lists[name, default: []]
                for (place, element) in elements.enumerated() {
                    if list.count <= place { list.append(Branch()) }
                    if !element.isNull { list[place].set(names.suffix(1)[...], element) }
                }
                lists[name] = list
                continue
            }
            guard let value else {
                if LogTable.writtenAsNull.contains(leaf.field) { record.set(names[...], .null) }
                continue
            }
            record.set(names[...], json(value, leaf))
        }
        for name in order {
            record.set(
                name.split(separator: ".").map(String.init)[...], .array((lists[name] ?? []).map(\.json)))
        }
        return record.json
    }

    private func json(_ value: String, _ leaf: LogTable.Leaf) -> JSON {
        let isJSON: Bool =
            switch leaf.value {
            case .joined, .map: true
            default: leaf.kind == .json
            }
        if isJSON { return (try? JSON(parsing: value, .ofLogs)) ?? .string(value) }
        // Tables have the record's booleans as texts.
        return Self.booleans.contains(leaf.field) && (value == "true" || value == "false")
            ? .bool(value == "true") : .string(value)
    }

    /// The value of a field among those of a row.
    func value(of field: String, in values: [String?]) -> String? {
        zip(table.leaves, values).first { $0.0.field == field }?.1
    }

    static let booleans: Set = ["readOnly", "managementEvent", "sessionCredentialFromConsole"]
}

/// An object that is built member by member.
private struct Branch {
    private var members: [(name: String, value: Node)] = []

    private enum Node {
        case leaf(JSON)
        indirect case branch(Branch)
    }

    mutating func set(_ path: ArraySlice<String>, _ value: JSON) {
        guard let name = path.first else { return }
        let place = members.firstIndex { $0.name == name }
        guard path.count > 1 else {
            if let place { members[place].value = .leaf(value) } else { members.append((name, .leaf(value))) }
            return
        }
        var inner = Branch()
        if let place, case .branch(let branch) = members[place].value { inner = branch }
        inner.set(path.dropFirst(), value)
        if let place { members[place].value = .branch(inner) } else { members.append((name, .branch(inner))) }
    }

    var json: JSON {
        .members(
            members.map { member in
                switch member.value {
                case .leaf(let value): JSON.Object.Member(member.name, value)
                case .branch(let branch): JSON.Object.Member(member.name, branch.json)
                }
            })
    }
}
