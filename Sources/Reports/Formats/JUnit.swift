import Basics
import Pages
import Analytics

extension Report {
    /// Writes JUnit's XML: a suite for each practice or kind of object, a test for each item. A failing item is a
    /// failure. An undetermined item is an error, since a skipped test looks like a pass to many readers. Items for
    /// manual review, accepted items, items for information, and a time that holds nothing to verify are skipped.
    func writeJUnit(to sink: Sink) throws {
        // The sums of a suite are written before its tests.
        var places: [[Int]] = Array(repeating: [], count: suites.count)
        var sums = suites.map { Sums(passes: $0.passes.count, errors: $0.errors.count, skipped: $0.skips.count) }
        for (place, item) in items.enumerated() {
            let suite = rules[item.rule].suite
            places[suite].append(place)
            sums[suite].count(item.status)
        }
        let all = sums.reduce(into: Sums()) { $0.add($1) }
        try sink.line(#"<?xml version="1.0" encoding="UTF-8"?>"#)
        try sink.line("<testsuites name=\"parapet \(verb)\"\(all.attributes)>")
        for (suite, (sums, places)) in zip(suites, zip(sums, places)) where sums.tests > 0 {
            let name = MarkupText.escaped(suite.name)
            try sink.line("  <testsuite name=\"\(name)\"\(sums.attributes)>")
            for test in suite.passes { try sink.line("    \(Self.testCase(suite.name, test))/>") }
            for (test, message) in suite.errors { try writeTest(suite.name, test, "error", message: message, to: sink) }
            for (test, message) in suite.skips {
                try writeTest(suite.name, test, "skipped", message: message, to: sink)
            }
            for place in places { try write(items[place], of: suite, to: sink) }
            try sink.line("  </testsuite>")
        }
        try sink.line("</testsuites>")
    }

    private func write(_ item: any ReportItem, of suite: Suite, to sink: Sink) throws {
        let rule = rules[item.rule]
        let place = [item.subject, item.region ?? "", item.account ?? ""].filter { !$0.isEmpty }.joined(
            separator: " · ")
        // The name of a check groups its tests; problems and alerts are named by their suite.
        let group = rule.kind == "check" ? rule.id : suite.name
        switch item.status {
        case .pass: try sink.line("    \(Self.testCase(group, place))/>")
        case .fail:
            let type = rule.kind == "check" ? item.severity.rawValue : rule.id
            try writeTest(group, place, "failure", type: type, message: item.failure, to: sink)
        case .unknown: try writeTest(group, place, "error", type: "unknown", message: item.message, to: sink)
        case .manual, .muted, .notApplicable:
            try writeTest(group, place, "skipped", message: "\(item.status.rawValue): \(item.message)", to: sink)
        case .information: try writeTest(group, place, "skipped", message: "\(rule.id): \(item.message)", to: sink)
        }
    }

    private func writeTest(
        _ group: String, _ name: String, _ element: String, type: String? = nil, message: String, to sink: Sink
    ) throws {
        let type = type.map { " type=\"\(MarkupText.escaped($0))\"" } ?? ""
        try sink.line("    \(Self.testCase(group, name))>")
        try sink.line("      <\(element)\(type) message=\"\(MarkupText.escaped(message))\"/>")
        try sink.line("    </testcase>")
    }

    private static func testCase(_ group: String, _ name: String) -> String {
        "<testcase classname=\"\(MarkupText.escaped(group))\" name=\"\(MarkupText.escaped(name))\""
    }

    private struct Sums {
        var passes = 0
        var failures = 0
        var errors = 0
        var skipped = 0

        var tests: Int { passes + failures + errors + skipped }

        var attributes: String {
            " tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\""
        }

        mutating func count(_ status: Status) {
            switch status {
            case .pass: passes += 1
            case .fail: failures += 1
            case .unknown: errors += 1
            case .manual, .muted, .notApplicable, .information: skipped += 1
            }
        }

        mutating func add(_ other: Sums) {
            passes += other.passes
            failures += other.failures
            errors += other.errors
            skipped += other.skipped
        }
    }
}

extension ReportItem {
    /// The message, or the whole sentence if there is none.
    fileprivate var failure: String { message.isEmpty ? sentence : message }
}
