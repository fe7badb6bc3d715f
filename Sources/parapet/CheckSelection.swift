public import ArgumentParser
public import Posture
import Practices

/// Which checks are made: all that are not made only on request, or those that every given option admits. A check that is
/// made on request must be named by its id: a practice or a framework does not bring it along.
struct CheckSelection: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A check, by its own id or another tool's (prowler:…, securityhub:CloudTrail.4, config:…, cis:3.0/3.2); may be repeated.",
            valueName: "id"))
    var check: [String] = []

    @Option(name: .long, help: ArgumentHelp("All checks of a practice; may be repeated.", valueName: "name"))
    var practice: [Practice] = []

    @Option(name: .long, help: "Only checks of at least this severity: low, medium, high or critical.")
    var severity: Severity?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only checks that a framework asks for: cis-1.4, cis-3.0, cis-5.0, securityhub, prowler or config.",
            valueName: "name"))
    var framework: String?

    func validate() throws {
        // A pipeline whose filters exclude each other would be green for ever.
        if try selected().isEmpty {
            throw ValidationError("no check is left by these options ('parapet checks' lists all)")
        }
    }

    /// In the catalogue's order.
    /// - Parameter onRequest: whether those that are made only on request are among them without being named.
    /// - Throws: a usage error for a name that no check answers to, with the nearest names.
    func selected(withOnRequest onRequest: Bool = false) throws -> [any Check] {
        let index = CheckIndex(Catalogue.checks)
        var named: Set<String> = []
        for name in check {
            do throws(UnknownCheck) {
                named.formUnion(try index.checks(named: name).map(\.about.id))
            } catch {
                throw ValidationError("\(error) ('parapet checks' lists all)")
            }
        }
        let all = index.checks.filter { each in
            (named.contains(each.about.id)
                || (onRequest || each.about.onRequest == nil)
                    && (check.isEmpty && practice.isEmpty || practice.contains(each.about.practice)))
                && (severity.map { each.about.severity >= $0 } ?? true)
        }
        guard let framework else { return all }
        let prefix = framework.hasPrefix("cis-") ? "cis:\(framework.dropFirst(4))/" : "\(framework):"
        guard index.checks.contains(where: { $0.about.isAsked(by: prefix) }) else {
            throw ValidationError(
                "unknown framework '\(framework)'; there are \(Self.frameworks(index).joined(separator: ", "))")
        }
        return all.filter { $0.about.isAsked(by: prefix) }
    }

    private static func frameworks(_ index: CheckIndex) -> [String] {
        Set(
            index.checks.flatMap(\.about.references).map { reference in
                reference.catalogue == "cis"
                    ? "cis-" + (reference.id.split(separator: "/").first ?? "") : reference.catalogue
            }
        ).sorted()
    }
}

extension About {
    fileprivate func isAsked(by prefix: String) -> Bool {
        references.contains { $0.description.hasPrefix(prefix) }
    }
}

extension Practice: ExpressibleByArgument {}
extension Severity: ExpressibleByArgument {}
