/// Finds what a user may have meant by a name that does not exist.
public enum NearestNames {
    /// Up to `count` of the names, those first that differ least from `name`; case does not matter.
    public static func nearest(to name: String, among names: some Sequence<String>, count: Int = 3) -> [String] {
        let wanted = name.lowercased()
        return names.map { (name: $0, distance: distance(wanted, $0.lowercased())) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(count).map(\.name)
    }

    /// The number of bytes to change, insert or delete (Levenshtein distance).
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, byte) in left.utf8.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substituted = previous + (byte == other ? 0 : 1)
                previous = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
