/// Where references from rule to rule lead.
///
/// A name is looked for near the one who says it: in his own file, then among the rules that were loaded with it, then among
/// those beside them. What a file means so does not change with what else is loaded, where it has the rule itself.
struct RuleNames {
    enum Target: Hashable {
        /// The place in `RuleCollection.detections`.
        case detection(Int)
        /// The place in `RuleCollection.correlations`.
        case correlation(Int)
        /// A correlation whose own references are yet to be looked up, by its number.
        case draft(Int)
    }

    struct Entry {
        var target: Target
        var about: RuleMetadata
        /// The number of the file.
        var file: Int
    }

    /// The files before this number are beside the others.
    private let firstOwnFile: Int
    /// In small letters.
    private var byID: [String: [Entry]] = [:]
    private var byName: [String: [Entry]] = [:]

    init(firstOwnFile: Int) {
        self.firstOwnFile = firstOwnFile
    }

    mutating func add(_ target: Target, _ about: RuleMetadata, file: Int) {
        let entry = Entry(target: target, about: about, file: file)
        if let id = about.id { byID[id.lowercased(), default: []].append(entry) }
        // Who is called the same by both is there once.
        if let name = about.name, name.lowercased() != about.id?.lowercased() {
            byName[name, default: []].append(entry)
        }
    }

    /// The rules that are meant by a reference in a file: several where it is ambiguous, none if there is no such rule.
    func meant(by reference: String, in file: Int) -> [Entry] {
        let all = (byID[reference.lowercased()] ?? []) + (byName[reference] ?? [])
        let inFile = all.filter { $0.file == file }
        if !inFile.isEmpty { return inFile }
        let together = all.filter { ($0.file < firstOwnFile) == (file < firstOwnFile) }
        return together.isEmpty ? all : together
    }

    static func ambiguity(of reference: String, _ entries: [Entry], _ speaker: String) -> ConditionError {
        let places = entries.prefix(5).map { "\($0.about.file):\($0.about.line)" }.joined(separator: ", ")
        return ConditionError(
            reason: "\(speaker) refers to \(reference), and \(entries.count) rules are called so: \(places)")
    }
}
