import Basics
import FoundationEssentials
import Gzip

/// The actions of one service and the types of resources that they take.
///
/// Source: AWS's Service Authorization Reference, as `Scripts/iam-actions` packs it.
struct ActionTable {
    /// A type of resource that a service's policies name.
    struct ResourceType {
        /// As the reference names it, such as `bucket`.
        let name: String
        /// Its ARN, mostly in one form, with `*` in each place that varies.
        let forms: [String]

        private func fitting(_ arn: String) -> [String] { forms.filter { WildcardPattern($0).matches(arn) } }

        /// How much the form says about the ARN, in bytes; `nil` if no form fits.
        fileprivate func closeness(to arn: String) -> Int? {
            fitting(arn).map { $0.utf8.count { $0 != UInt8(ascii: "*") } }.max()
        }

        /// Whether a form fits of which no varying place has to hold a slash, as a bucket's name would an object's key.
        fileprivate func fitsExactly(_ arn: String) -> Bool {
            func slashes(_ text: String) -> Int { text.utf8.count { $0 == UInt8(ascii: "/") } }
            return fitting(arn).contains { slashes($0) == slashes(arn) }
        }
    }

    private var types: [ResourceType] = []
    /// The numbers of the types that an action takes, by its name.
    private var actions: [String: [Int]] = [:]

    /// - Parameter service: the prefix of the actions. `nil` for a service that the table lacks.
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

    /// The types of resources that an action takes; `nil` if there is no such action. The case of its name does not matter.
    func types(of action: String) -> [ResourceType]? {
        let name = action.lowercased()
        return (actions[action] ?? actions.first { $0.key.lowercased() == name }?.value).map { $0.map { types[$0] } }
    }

    /// The types that an ARN can be of: those whose form says the most about it.
    func types(fitting arn: String) -> [ResourceType] {
        let closest = types.compactMap { $0.closeness(to: arn) }.max()
        return closest.map { closest in types.filter { $0.closeness(to: arn) == closest } } ?? []
    }

    /// Whether one of these types may be that of the ARN.
    func mayFit(_ arn: String, _ taken: [ResourceType]) -> Bool {
        let best = Set(types(fitting: arn).map(\.name))
        return taken.contains { best.contains($0.name) || $0.fitsExactly(arn) }
    }

    /// The lines about each service.
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
