/// A value that all its holders share in memory. There are very many findings, and most of their content is the same
/// for many of them.
struct Shared<Value: Sendable & Hashable>: Sendable, Hashable {
    private var storage: Storage

    private final class Storage: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    init(_ value: Value) { storage = Storage(value) }

    /// Setting it does not change the other holders' value.
    var value: Value {
        get { storage.value }
        set { storage = Storage(newValue) }
    }

    /// The same for all holders.
    var identity: ObjectIdentifier { ObjectIdentifier(storage) }

    static func == (one: Self, other: Self) -> Bool { one.storage === other.storage || one.value == other.value }
    func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
