import Basics
public import Sigma

/// The results of testing rule files with their example events.
public struct RuleTestReport {
    private var files: [(name: String, outcome: RuleTest.Outcome)] = []

    public init() {}

    public mutating func add(_ name: String, _ outcome: RuleTest.Outcome) {
        files.append((name, outcome))
    }

    /// Whether there is at least one file, and all files pass.
    public var passes: Bool { !files.isEmpty && files.allSatisfy(\.outcome.passes) }

    /// Whether a rule, or its examples, could not be understood.
    public var hasProblems: Bool { files.contains { !$0.outcome.problems.isEmpty } }

    /// A line for each file, and beneath it what fails, ending with a line feed.
    /// - Parameter isVerbose: whether examples that pass are listed too.
    public func rendered(_ text: TerminalText, isVerbose: Bool) -> String {
        var page = TerminalPage(text)
        for (name, outcome) in files {
            let mark = outcome.passes ? text.styled("✓", .green) : text.styled("✗", .red)
            let sum = outcome.cases.isEmpty ? "no examples" : Figures.count(outcome.cases.count, "example")
            page.line(styled: "\(mark) \(TerminalText.escaped(name)): \(sum)")
            for problem in outcome.problems { page.add("\(problem)", indent: 4) }
            for example in outcome.cases where isVerbose || !example.passes { page.add(example.words, indent: 4) }
        }
        let cases = files.flatMap(\.outcome.cases)
        let failed = cases.count { !$0.passes }
        let broken = files.reduce(0) { $0 + $1.outcome.problems.count }
        var parts = [
            Figures.count(files.count, "rule file"), "\(Figures.count(cases.count - failed, "example")) passed",
        ]
        if failed > 0 { parts.append("\(failed) fail") }
        if broken > 0 { parts.append("\(broken) invalid") }
        page.space()
        page.line(parts.joined(separator: " · "))
        return page.rendered
    }

    /// One document of schema `parapet.rules-test/1`, ending with a line feed.
    public var json: String {
        let files = files.map { name, outcome -> JSON in
            [
                "file": .string(name), "passes": .bool(outcome.passes),
                "problems": .texts(outcome.problems.map(\.description)), "cases": .array(outcome.cases.map(\.node)),
            ]
        }
        return JSONText.pretty(
            ["schema": "parapet.rules-test/1", "passes": .bool(passes), "files": .array(files)]) + "\n"
    }
}

extension RuleTest.Case {
    private var list: String { mustAlert ? "match" : "ignore" }

    fileprivate var words: String {
        let place = index.map { "\(list)[\($0)]" } ?? "the single records of \(list)"
        let found = alerts.isEmpty ? "no alert" : "an alert of " + alerts.joined(separator: ", ")
        return "\(place): \(found), "
            + (passes ? "as expected" : "expected \(mustAlert ? "one" : "none")")
    }

    fileprivate var node: JSON {
        .members([
            "list": .string(list), "index": index.map { .int($0) }, "passes": .bool(passes), "alerts": .texts(alerts),
        ])
    }
}
