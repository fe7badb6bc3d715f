/// What a reader of lines could not understand: how many, and what the first ones look like.
public struct DamagedLines: Sendable, Hashable {
    /// One such line.
    public struct Sample: Sendable, Hashable {
        /// The beginning of the line. It is what somebody wrote into a log: escape it before it is shown.
        public var text: String
        public var reason: String
    }

    /// How many samples are kept: enough to see what is wrong.
    public static let kept = 3
    private static let longestText = 160

    public private(set) var count = 0
    public private(set) var samples: [Sample] = []

    public init() {}

    mutating func note(_ line: Bytes, _ reason: @autoclosure () -> String) {
        count += 1
        guard samples.count < Self.kept else { return }
        let text = String(decoding: line.prefix(Self.longestText), as: UTF8.self)
        samples.append(Sample(text: text, reason: reason()))
    }

    /// Adds what another worker's reader found.
    public mutating func merge(_ other: DamagedLines) {
        count += other.count
        samples.append(contentsOf: other.samples.prefix(Self.kept - samples.count))
    }
}
