import AWSClient
public import Basics

/// A value that evidence can show.
public protocol EvidenceValue: Sendable {
    /// The value as JSON.
    var evidenceValue: JSON { get }
}

extension EvidenceValue {
    /// The value in a sentence: `true`, `none`, `Suspended`.
    var evidenceText: String {
        switch evidenceValue {
        case .null: "none"
        case .bool(let flag): "\(flag)"
        case .number(let number): number.description
        case .string(let text): text
        case .array(let values): values.isEmpty ? "empty" : "not empty"
        case .object: "set"
        }
    }
}

extension Bool: EvidenceValue { public var evidenceValue: JSON { .bool(self) } }
extension Int: EvidenceValue { public var evidenceValue: JSON { .int(self) } }
extension String: EvidenceValue { public var evidenceValue: JSON { .string(self) } }
extension Array: EvidenceValue where Element: EvidenceValue {
    public var evidenceValue: JSON { .array(map(\.evidenceValue)) }
}
extension Optional: EvidenceValue where Wrapped: EvidenceValue {
    public var evidenceValue: JSON { self?.evidenceValue ?? .null }
}
extension EvidenceValue where Self: RawRepresentable<String> {
    public var evidenceValue: JSON { .string(rawValue) }
}
