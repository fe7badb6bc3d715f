public import Analytics

/// The values that hunts learned from all kinds of logs. One file serves hunts over all of them.
public struct HuntBaseline: Sendable, Hashable, Codable {
    /// The file's format.
    public static let schema = "parapet.baseline/1"

    public var schema = HuntBaseline.schema
    public var flows: FlowBaseline?
    public var access: AccessBaseline?
    public var keys: KeyBaseline?
    var habits: Habits?

    public init() {}

    /// Whether this program knows the format.
    public var isReadable: Bool {
        schema == Self.schema && flows?.isReadable != false && access?.isReadable != false && keys?.isReadable != false
    }

    /// Whether a hunt can have written all values.
    public var isPossible: Bool {
        flows?.isPossible != false && access?.isPossible != false && keys?.isPossible != false
            && habits?.isPossible != false
    }
}
