public import AWSClient
public import Inventory

/// A value that evidence can show.
public protocol EvidenceValue: Sendable {
    /// As JSON shows it.
    var evidenceValue: JSONValue { get }
}

extension EvidenceValue {
    /// As a sentence shows it: `true`, `none`, `Suspended`.
    var evidenceText: String {
        switch evidenceValue {
        case .null: "none"
        case .bool(let flag): "\(flag)"
        case .int(let number): "\(number)"
        case .string(let text): text
        case .array(let values): values.isEmpty ? "empty" : "not empty"
        case .double, .object: "set"
        }
    }
}

extension Bool: EvidenceValue { public var evidenceValue: JSONValue { .bool(self) } }
extension Int: EvidenceValue { public var evidenceValue: JSONValue { .int(self) } }
extension String: EvidenceValue { public var evidenceValue: JSONValue { .string(self) } }
extension Array: EvidenceValue where Element: EvidenceValue {
    public var evidenceValue: JSONValue { .array(map(\.evidenceValue)) }
}
extension Optional: EvidenceValue where Wrapped: EvidenceValue {
    public var evidenceValue: JSONValue { self?.evidenceValue ?? .null }
}
extension EvidenceValue where Self: RawRepresentable<String> {
    public var evidenceValue: JSONValue { .string(rawValue) }
}
extension BucketVersioning.Status: EvidenceValue {}
