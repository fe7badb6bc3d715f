/// An answer in three values, because a part of the request may not be known.
enum Truth: Sendable, Hashable {
    case yes
    case no
    case unknown

    init(_ holds: Bool) {
        self = holds ? .yes : .no
    }

    /// Whether all hold.
    static func all(_ truths: some Sequence<Truth>) -> Truth {
        var result = Truth.yes
        for truth in truths {
            if truth == .no { return .no }
            if truth == .unknown { result = .unknown }
        }
        return result
    }
}
