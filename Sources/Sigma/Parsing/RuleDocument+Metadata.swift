internal import RuleTree

extension RuleDocument {
    /// The rule's description of itself.
    func metadata() throws(RuleProblem) -> RuleMetadata {
        let name = try text("name")
        let id = try text("id")
        guard let title = try text("title") ?? name ?? id else { throw problem("the rule has no title") }
        var about = RuleMetadata(title: title, file: file, line: line(of: nil))
        about.id = id
        about.name = name
        about.status = try text("status")
        about.description = try text("description")
        about.author = try texts("author").joined(separator: ", ")
        if about.author == "" { about.author = nil }
        about.date = try text("date")
        about.modified = try text("modified")
        about.references = try texts("references")
        about.tags = try texts("tags")
        about.falsePositives = try texts("falsepositives")
        let response = try texts("response").joined(separator: " ")
        about.response = response.isEmpty ? nil : response
        about.fields = try texts("fields")
        if let word = try text("level") {
            guard let level = RuleLevel(rawValue: word.lowercased()) else {
                let known = RuleLevel.allCases.map(\.rawValue).joined(separator: ", ")
                throw problem("the level \(word) is not known; it is one of \(known)", at: root["level"])
            }
            about.level = level
        }
        return about
    }

    func logSource() throws(RuleProblem) -> LogSourceSelector {
        guard let mapping = try mapping("logsource") else { throw problem("the rule has no logsource") }
        func part(_ key: String) throws(RuleProblem) -> String? {
            guard let node = mapping[key], !node.isNullScalar else { return nil }
            guard let text = node.scalar?.string else { throw problem("logsource.\(key) must be text", at: node) }
            return text
        }
        let selector = LogSourceSelector(
            category: try part("category"), product: try part("product"), service: try part("service"))
        if selector == LogSourceSelector() {
            throw problem("logsource needs a category, a product or a service", at: root["logsource"])
        }
        return selector
    }
}
