/// The parsed rules of files, before their references to each other are resolved.
struct ParsedRuleFiles {
    struct Piece {
        var rule: ParsedRule
        /// The number of the file.
        var file: Int
    }

    private(set) var pieces: [Piece] = []
    private(set) var unusable: [UnusableCorrelation] = []
    private(set) var problems: [RuleProblem] = []

    /// - Parameter number: the file's.
    mutating func read(_ file: (name: String, text: String), number: Int, _ placeholders: Placeholders) {
        let (documents, broken) = RuleDocument.all(in: file.text, file: file.name)
        let (rules, misplaced) = RuleDocument.applyActions(documents)
        problems += broken + misplaced
        let isBuiltIn = BuiltInRules.holds(file.name, file.text)
        for document in rules {
            let parser = RuleParser(document: document, placeholders: placeholders)
            do {
                var rule = try parser.parse()
                if isBuiltIn, case .detection(var detection) = rule {
                    detection.isBuiltIn = true
                    rule = .detection(detection)
                }
                pieces.append(Piece(rule: rule, file: number))
            } catch {
                problems += parser.problems(besides: error)
                guard document["correlation"] != nil else { continue }
                let correlation = CorrelationParser(document: document)
                unusable.append(
                    UnusableCorrelation(
                        references: correlation.apparentReferences, generates: correlation.apparentlyGenerates,
                        fileName: file.name, file: number))
            }
        }
    }

    /// Keeps one of the rules that have the same ID in different files, so that none alerts twice. The first wins; user
    /// rules win over built-in ones. Rules within a file may share an ID, as documents after a global one do.
    mutating func dropRepeated(firstOwnFile: Int) {
        let own = pieces.indices.filter { pieces[$0].file >= firstOwnFile }
        let beside = pieces.indices.filter { pieces[$0].file < firstOwnFile }
        var holders: [String: Int] = [:]
        var dropped: Set<Int> = []
        for index in own + beside {
            guard let about = pieces[index].rule.about, let id = about.id, !id.isEmpty else { continue }
            guard let holder = holders[id.lowercased()], pieces[holder].file != pieces[index].file,
                let known = pieces[holder].rule.about
            else {
                holders[id.lowercased()] = holders[id.lowercased()] ?? index
                continue
            }
            dropped.insert(index)
            problems.append(
                RuleProblem(
                    file: about.file, line: about.line,
                    reason: "the rule has the id \(id) of \(known.file):\(known.line), and does not run beside it"))
            if case .correlation(let draft) = pieces[index].rule {
                unusable.append(UnusableCorrelation(draft, file: pieces[index].file))
            }
        }
        pieces = pieces.indices.filter { !dropped.contains($0) }.map { pieces[$0] }
    }
}

/// A correlation that does not run. The rules that it counts do not alert by themselves.
struct UnusableCorrelation {
    var references: [String]
    /// Whether its rules alert by themselves anyway (`generate`).
    var generates: Bool
    var fileName: String
    /// The number of the file.
    var file: Int

    init(references: [String], generates: Bool, fileName: String, file: Int) {
        self.references = references
        self.generates = generates
        self.fileName = fileName
        self.file = file
    }

    init(_ draft: CorrelationDraft, file: Int) {
        self.init(
            references: draft.references, generates: draft.rule.generates, fileName: draft.rule.about.file, file: file)
    }
}

extension ParsedRule {
    /// `nil` for a filter, which is no rule.
    fileprivate var about: RuleMetadata? {
        switch self {
        case .detection(let rule): rule.about
        case .aggregated(_, let correlation): correlation.about
        case .correlation(let draft): draft.rule.about
        case .filter: nil
        }
    }
}
