/// An object that a notification announces.
public struct NotifiedObject: Sendable, Hashable {
    public var address: ObjectAddress
    /// In bytes; `nil` if the notification does not say it.
    public var size: Int?
    /// Without quotes; empty if the notification does not say it.
    public var eTag: String
    /// Orders the notifications of one key: hexadecimal digits. Empty if the notification does not say it.
    public var sequencer: String
    /// The time of the upload, as the notification writes it.
    public var time: String?

    public init(
        _ address: ObjectAddress, size: Int? = nil, eTag: String = "", sequencer: String = "", time: String? = nil
    ) {
        self.address = address
        self.size = size
        self.eTag = eTag
        self.sequencer = sequencer
        self.time = time
    }

    /// Whether this notification was made before another one of the same key.
    ///
    /// The shorter of two sequencers is padded with zeros on the right.
    /// Source: Amazon S3 User Guide, "Event message structure".
    public func precedes(_ other: NotifiedObject) -> Bool {
        let count = max(sequencer.utf8.count, other.sequencer.utf8.count)
        func padded(_ text: String) -> String {
            text.uppercased() + String(repeating: "0", count: count - text.utf8.count)
        }
        return padded(sequencer).isBefore(padded(other.sequencer))
    }

    /// The objects, each once, with its latest notification. The order of the first ones is kept.
    public static func latest(_ objects: some Sequence<NotifiedObject>) -> [NotifiedObject] {
        var places: [ObjectAddress: Int] = [:]
        var latest: [NotifiedObject] = []
        for object in objects {
            if let place = places[object.address] {
                if latest[place].precedes(object) { latest[place] = object }
            } else {
                places[object.address] = latest.count
                latest.append(object)
            }
        }
        return latest
    }
}
