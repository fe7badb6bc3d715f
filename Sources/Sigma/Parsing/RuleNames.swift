/// Resolves references from rule to rule.
///
/// A name is searched close to its reference: in the same file, then among the rules that were loaded with it, then
/// among the others. So other loaded files do not change the meaning of a reference to a rule in the same file.
struct RuleNames {
    enum Target: Hashable {
        /// The place in `RuleCollection.detections`.
        case detection(Int)
        /// The place in `RuleCollection.correlations`.
        case correlation(Int)
        /// The number of a correlation whose own references are not yet resolved.
        case draft(Int)
    }

    struct Entry {
        var target: Target
        var about: RuleMetadata
        /// The number of the file.
        var file: Int
    }

    /// The number of the first file of the user's rules. The files before it have lower priority.
    private let firstOwnFile: Int
    /// In lower case.
    private var byID: [String: [Entry]] = [:]
    private var byName: [String: [Entry]] = [:]

    init(firstOwnFile: Int) {
        self.firstOwnFile = firstOwnFile
    }

    mutating func add(_ target: Target, _ about: RuleMetadata, file: Int) {
        let entry = Entry(target: target, about: about, file: file)
        if let id = about.id { byID[id.lowercased(), default: []].append(entry) }
        // A rule whose name is its ID is added once.
        if let name = about.name, name.lowercased() != about.id?.lowercased() {
            byName[name, default: []].append(entry)
        }
    }

    /// The rules that a reference in a file means: several if it is ambiguous, none if there is no such rule.
    func meant(by reference: String, in file: Int) -> [Entry] {
        let all = (byID[reference.lowercased()] ?? []) + (byName[reference] ?? [])
        let inFile = all.filter { $0.file == file }
        if !inFile.isEmpty { return inFile }
        let together = all.filter { ($0.file < firstOwnFile) == (file < firstOwnFile) }
        return together.isEmpty ? all : together
    }

    static func ambiguity(of reference: String, _ entries: [Entry], _ referrer: String) -> ConditionError {
        let places = entries.prefix(5).map { "\($0.about.file):\($0.about.line)" }.joined(separator: ", ")
        return ConditionError(
            reason: "\(referrer) refers to \(reference), and \(entries.count) rules are called so: \(places)")
    }
}
