/// The lines that a reader could not parse: their number, and the first few.
public struct DamagedLines: Sendable, Hashable {
    /// One line that could not be parsed.
    public struct Sample: Sendable, Hashable {
        /// The beginning of the line. It is untrusted: escape it before it is shown.
        public var text: String
        public var reason: String
    }

    /// Maximum number of samples that are kept.
    public static let kept = 3
    private static let longestText = 160

    public private(set) var count = 0
    public private(set) var samples: [Sample] = []

    public init() {}

    mutating func add(_ line: Bytes, _ reason: @autoclosure () -> String) {
        count += 1
        guard samples.count < Self.kept else { return }
        let text = String(decoding: line.prefix(Self.longestText), as: UTF8.self)
        samples.append(Sample(text: text, reason: reason()))
    }

    /// Adds the lines of another worker's reader.
    public mutating func merge(_ other: DamagedLines) {
        count += other.count
        samples.append(contentsOf: other.samples.prefix(Self.kept - samples.count))
    }
}
