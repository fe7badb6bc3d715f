import Basics

/// Finds checks by their own ids and by other catalogues' ids for the same condition.
public struct CheckIndex: Sendable {
    public let checks: [any Check]
    private let positions: [String: [Int]]
    /// The positions by other catalogues' ids without the catalogue, such as `cloudtrail.4`. The checks' own ids take
    /// precedence.
    private let bare: [String: [Int]]
    /// The positions by the identifiers of AWS Config's rules, with and without the catalogue.
    private let identifiers: [String: [Int]]

    public init(_ checks: [any Check]) {
        self.checks = checks
        var positions: [String: [Int]] = [:]
        var bare: [String: [Int]] = [:]
        var identifiers: [String: [Int]] = [:]
        for (position, check) in checks.enumerated() {
            positions[check.about.id.lowercased(), default: []].append(position)
            for reference in check.about.names {
                positions[reference.description.lowercased(), default: []].append(position)
                bare[reference.id.lowercased(), default: []].append(position)
                if let identifier = reference.ruleIdentifier?.lowercased() {
                    identifiers[identifier, default: []].append(position)
                    identifiers["config:\(identifier)", default: []].append(position)
                }
            }
        }
        self.positions = positions
        self.bare = bare
        self.identifiers = identifiers
    }

    /// The checks of that name. They may be several: Security Hub's `IAM.7` is about the whole password policy. Another
    /// catalogue's id may be given without the catalogue.
    /// - Throws: ``UnknownCheck``
    public func checks(named name: String) throws(UnknownCheck) -> [any Check] {
        let lowercased = name.lowercased()
        guard let found = positions[lowercased] ?? bare[lowercased] ?? identifiers[lowercased] else {
            throw UnknownCheck(name: name, nearest: nearest(to: lowercased))
        }
        return found.map { checks[$0] }
    }

    /// Up to three known names that differ least from the one given.
    private func nearest(to name: String) -> [String] {
        if name.hasPrefix("cis:"), !name.contains("/") {
            // The version of the benchmark is missing.
            let control = "/" + name.dropFirst("cis:".count)
            let versions = positions.keys.filter { $0.hasPrefix("cis:") && $0.hasSuffix(control) }.sorted()
            if !versions.isEmpty { return versions.suffix(3).map(canonical) }
        }
        // The ids of Security Hub and Prowler contain these characters. Those of Parapet and of AWS Config do not.
        func isOther(_ name: String) -> Bool { name.contains { $0 == "." || $0 == "_" } }
        let names =
            name.contains(":")
            ? positions.keys.filter { $0.contains(":") }
            : bare.keys.filter { isOther($0) == isOther(name) }
                + (isOther(name) ? [] : positions.keys.filter { !$0.contains(":") })
        return NearestNames.nearest(to: name, among: names).map(canonical)
    }

    /// The name as `--check` accepts it.
    private func canonical(_ lowercased: String) -> String {
        let about = (positions[lowercased] ?? bare[lowercased])?.first.map { checks[$0].about }
        let own = about.flatMap { $0.id.lowercased() == lowercased ? $0.id : nil }
        let reference = about?.names.first {
            $0.description.lowercased() == lowercased || $0.id.lowercased() == lowercased
        }
        return own ?? reference?.description ?? lowercased
    }
}

/// The error that no check has a given name.
public struct UnknownCheck: Error, Sendable, Hashable, CustomStringConvertible {
    public var name: String
    public var nearest: [String]

    public var description: String {
        "unknown check '\(name)'" + (nearest.isEmpty ? "" : "; similar: \(nearest.joined(separator: ", "))")
    }
}
