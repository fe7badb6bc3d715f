public import Analytics

/// What was learned from logs, of every kind: one file serves hunts over all of them.
public struct HuntBaseline: Sendable, Hashable, Codable {
    /// Of the file's format.
    public static let schema = "parapet.baseline/1"

    public var schema = HuntBaseline.schema
    public var flows: FlowBaseline?
    public var access: AccessBaseline?
    public var keys: KeyBaseline?

    public init() {}

    /// Whether this program can read it.
    public var isReadable: Bool {
        let parts: [(any Baseline)?] = [flows, access, keys]
        return schema == Self.schema && parts.allSatisfy { $0?.isReadable != false }
    }

    /// Whether every value in it is one that a hunt can have written.
    public var isPossible: Bool { flows?.isPossible != false }
}
