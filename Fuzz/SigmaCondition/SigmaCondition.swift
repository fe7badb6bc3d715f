// Conditions of Sigma rules: whatever is read as one means the same when it is written out with brackets and read again.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let (condition, aggregation) = try? ConditionParser.parse(text) else { return 0 }
    guard let (again, noAggregation) = try? ConditionParser.parse(condition.written) else {
        // Written out, it may have more brackets than are read.
        precondition(condition.depth > 30, "cannot read again: \(condition.written)")
        return 0
    }
    precondition(again == condition && noAggregation == nil, "differs: \(condition.written)")
    let names = ["sel", "sel_a", "sel_b", "_hidden"].map { (name: $0, value: $0) }
    let resolved = try? condition.resolved(names: names) { (shape: ConditionShape<String>) -> String in
        switch shape {
        case .all(let parts), .any(let parts):
            precondition(!parts.isEmpty)
            return parts[0]
        case .not(let part): return part
        }
    }
    if case .near(let other)? = aggregation { _ = other.written }
    _ = resolved
    return 0
}

extension ConditionExpression {
    fileprivate var written: String {
        switch self {
        case .name(let name): name
        case .not(let part): "not (\(part.written))"
        case .all(let parts): parts.map { "(\($0.written))" }.joined(separator: " and ")
        case .any(let parts): parts.map { "(\($0.written))" }.joined(separator: " or ")
        case .some(let count, let pattern): "\(count.map(String.init) ?? "all") of \(pattern)"
        }
    }

    fileprivate var depth: Int {
        switch self {
        case .name, .some: 0
        case .not(let part): part.depth + 1
        case .all(let parts), .any(let parts): (parts.map(\.depth).max() ?? 0) + 1
        }
    }
}
