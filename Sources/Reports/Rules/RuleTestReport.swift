public import FoundationEssentials
public import Sigma

/// How rule files did against their example events.
public struct RuleTestReport {
    private var files: [(name: String, outcome: RuleTest.Outcome)] = []

    public init() {}

    public mutating func add(_ name: String, _ outcome: RuleTest.Outcome) {
        files.append((name, outcome))
    }

    /// Whether there is something, and all of it passes.
    public var passes: Bool { !files.isEmpty && files.allSatisfy(\.outcome.passes) }

    /// A line for each file, and beneath it what fails, ending with a line feed.
    /// - Parameter isVerbose: whether examples that pass are told too.
    public func rendered(_ text: TerminalText, isVerbose: Bool) -> String {
        var lines: [String] = []
        for (name, outcome) in files {
            let mark = outcome.passes ? text.styled("✓", .green) : text.styled("✗", .red)
            let count = outcome.cases.count
            let sum = count == 0 ? "no examples" : "\(count) example\(count == 1 ? "" : "s")"
            lines.append("\(mark) \(TerminalText.escaped(name)): \(sum)")
            for problem in outcome.problems {
                lines += text.wrapped(TerminalText.escaped("\(problem)"), indent: 4)
            }
            for example in outcome.cases where isVerbose || !example.passes {
                lines += text.wrapped(TerminalText.escaped(Self.words(example)), indent: 4)
            }
        }
        let cases = files.flatMap(\.outcome.cases)
        let failed = cases.count { !$0.passes }
        let broken = files.reduce(0) { $0 + $1.outcome.problems.count }
        var parts = ["\(files.count) rule file\(files.count == 1 ? "" : "s")", "\(cases.count - failed) examples pass"]
        if failed > 0 { parts.append("\(failed) fail") }
        if broken > 0 { parts.append("\(broken) not understood") }
        return (lines + ["", parts.joined(separator: " · ")]).joined(separator: "\n") + "\n"
    }

    private static func words(_ example: RuleTest.Case) -> String {
        let list = example.mustAlert ? "match" : "ignore"
        let place = example.index.map { "\(list)[\($0)]" } ?? "the single records of \(list)"
        let found = example.alerts.isEmpty ? "no alert" : "an alert of " + example.alerts.joined(separator: ", ")
        return example.passes
            ? "\(place): \(found), as it should be"
            : "\(place): \(found), where there should be \(example.mustAlert ? "one" : "none")"
    }

    /// One document of schema `parapet.rules-test/1`, ending with a line feed.
    public func json() throws -> Data {
        struct Document: Encodable {
            var schema = "parapet.rules-test/1"
            var passes: Bool
            var files: [File]
        }
        struct File: Encodable {
            var file: String
            var passes: Bool
            var problems: [String]
            var cases: [Case]
        }
        struct Case: Encodable {
            var list: String
            var index: Int?
            var passes: Bool
            var alerts: [String]
        }
        return try RecordWriter.document(
            Document(
                passes: passes,
                files: files.map { name, outcome in
                    File(
                        file: name, passes: outcome.passes, problems: outcome.problems.map(\.description),
                        cases: outcome.cases.map {
                            Case(
                                list: $0.mustAlert ? "match" : "ignore", index: $0.index, passes: $0.passes,
                                alerts: $0.alerts)
                        })
                }))
    }
}
