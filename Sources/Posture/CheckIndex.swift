/// Finds checks by their own ids and by other catalogues' ids for the same condition.
public struct CheckIndex: Sendable {
    public let checks: [any Check]
    private let positions: [String: [Int]]

    public init(_ checks: [any Check]) {
        self.checks = checks
        var positions: [String: [Int]] = [:]
        for (position, check) in checks.enumerated() {
            for name in [check.about.id] + check.about.references.map(\.description) {
                positions[name.lowercased(), default: []].append(position)
            }
        }
        self.positions = positions
    }

    /// The checks that answer to the name, which may be several: Security Hub's `IAM.7` is about the whole password
    /// policy.
    /// - Throws: ``UnknownCheck``
    public func checks(named name: String) throws(UnknownCheck) -> [any Check] {
        guard let found = positions[name.lowercased()] else {
            throw UnknownCheck(name: name, nearest: nearest(to: name.lowercased()))
        }
        return found.map { checks[$0] }
    }

    /// Up to three known names that differ least from the one given.
    private func nearest(to name: String) -> [String] {
        let sameCatalogue = name.split(separator: ":").count > 1
        return positions.keys
            .filter { $0.contains(":") == sameCatalogue }
            .map { (name: $0, distance: Self.distance(name, $0)) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3)
            .map { entry in canonical(entry.name) }
    }

    private func canonical(_ lowercased: String) -> String {
        let about = positions[lowercased]?.first.map { checks[$0].about }
        let names = about.map { [$0.id] + $0.references.map(\.description) } ?? []
        return names.first { $0.lowercased() == lowercased } ?? lowercased
    }

    /// How many characters must be changed, put in or left out (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
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

/// No check answers to a name.
public struct UnknownCheck: Error, Sendable, Hashable, CustomStringConvertible {
    public var name: String
    public var nearest: [String]

    public var description: String {
        "unknown check '\(name)'" + (nearest.isEmpty ? "" : "; the nearest are \(nearest.joined(separator: ", "))")
    }
}
