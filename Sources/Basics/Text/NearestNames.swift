/// Finds existing names that a user may have meant by an unknown name.
public enum NearestNames {
    /// The names nearest to `name`, at most `count`, sorted by their difference from it. Case does not matter. Names
    /// that begin with `name` or contain it come before all others. A name is not near if more than three fifths of it
    /// would have to change, so the result can be empty.
    public static func nearest(to name: String, among names: some Sequence<String>, count: Int = 3) -> [String] {
        let wanted = name.lowercased()
        guard !wanted.isEmpty else { return [] }
        return names.compactMap { candidate -> (name: String, rank: Int, distance: Int)? in
            let lowercased = candidate.lowercased()
            let distance = distance(wanted, lowercased)
            if wanted.utf8.count > 2 {
                if lowercased.hasPrefix(wanted) { return (candidate, 0, distance) }
                if lowercased.contains(wanted) { return (candidate, 1, distance) }
            }
            let length = max(wanted.utf8.count, lowercased.utf8.count)
            return distance <= max(2, length * 3 / 5) ? (candidate, distance <= 2 ? 0 : 2, distance) : nil
        }
        .sorted { ($0.rank, $0.distance, $0.name) < ($1.rank, $1.distance, $1.name) }
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
