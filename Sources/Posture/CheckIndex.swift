import Basics

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
        let names = positions.keys.filter { $0.contains(":") == sameCatalogue }
        return NearestNames.nearest(to: name, among: names).map(canonical)
    }

    private func canonical(_ lowercased: String) -> String {
        let about = positions[lowercased]?.first.map { checks[$0].about }
        let names = about.map { [$0.id] + $0.references.map(\.description) } ?? []
        return names.first { $0.lowercased() == lowercased } ?? lowercased
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
