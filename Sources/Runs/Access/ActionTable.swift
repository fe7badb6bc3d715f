import Basics
import FoundationEssentials
import Gzip

/// The actions of one service, and the resource types that they support.
///
/// Source: AWS's Service Authorization Reference, as `Scripts/iam-actions` packs it.
struct ActionTable {
    /// A resource type of a service, as policies use it.
    struct ResourceType {
        /// The name in the reference, such as `bucket`.
        let name: String
        /// The forms of its ARN, usually one, with `*` in each variable place.
        let forms: [String]

        private func fitting(_ arn: String) -> [String] { forms.filter { WildcardPattern($0).matches(arn) } }

        /// Returns the number of bytes of the ARN that the closest form determines; `nil` if no form matches.
        fileprivate func closeness(to arn: String) -> Int? {
            fitting(arn).map { $0.utf8.count { $0 != UInt8(ascii: "*") } }.max()
        }

        /// Whether a form matches without a slash in a variable place. The form of a bucket matches the ARN of an
        /// object only if the bucket's name contains a slash.
        fileprivate func fitsExactly(_ arn: String) -> Bool {
            func slashes(_ text: String) -> Int { text.utf8.count { $0 == UInt8(ascii: "/") } }
            return fitting(arn).contains { slashes($0) == slashes(arn) }
        }
    }

    private var types: [ResourceType] = []
    /// The indices in ``types`` of the types that an action supports, by the action's name.
    private var actions: [String: [Int]] = [:]

    /// Returns `nil` if the table does not contain the service.
    /// - Parameter service: the prefix of the service's actions.
    init?(service: String) {
        guard let lines = Self.services[Substring(service.lowercased())] else { return nil }
        for line in lines {
            if line.hasPrefix("  ") {
                let words = line.dropFirst(2).split(separator: " ", omittingEmptySubsequences: false)
                let numbers = words[0].split(separator: ",").compactMap { Int($0) }
                for name in words.dropFirst() { actions[String(name)] = numbers }
            } else {
                let words = line.split(separator: " ")
                types.append(ResourceType(name: String(words[0]), forms: words.dropFirst().map(String.init)))
            }
        }
    }

    var names: some Sequence<String> { actions.keys }

    /// Returns the resource types that an action supports; `nil` if there is no such action. Names are
    /// case-insensitive.
    func types(of action: String) -> [ResourceType]? {
        let name = action.lowercased()
        return (actions[action] ?? actions.first { $0.key.lowercased() == name }?.value).map { $0.map { types[$0] } }
    }

    /// Returns the types that match an ARN most closely.
    func types(fitting arn: String) -> [ResourceType] {
        let closest = types.compactMap { $0.closeness(to: arn) }.max()
        return closest.map { closest in types.filter { $0.closeness(to: arn) == closest } } ?? []
    }

    /// Whether the ARN can be of one of these types.
    func mayFit(_ arn: String, _ taken: [ResourceType]) -> Bool {
        let best = Set(types(fitting: arn).map(\.name))
        return taken.contains { best.contains($0.name) || $0.fitsExactly(arn) }
    }

    /// The lines of the packed table, by service.
    private static let services: [Substring: [Substring]] = {
        guard let bytes = Data(base64Encoded: packed).flatMap({ try? Gzip.decompress([UInt8]($0), bound: 4 << 20) })
        else {
            return [:]
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        var services: [Substring: [Substring]] = [:]
        var name: Substring = ""
        for line in lines {
            if line.hasPrefix(" ") { services[name]?.append(line) } else { (name, services[line]) = (line, []) }
        }
        return services
    }()
}
