public import FoundationEssentials
import TrailIntegrity

extension VerifyReport {
    /// JUnit's XML: a suite for each kind of file. Valid files are not named one by one: there may be millions.
    public func junit() -> Data {
        let suites = [
            suite("digest files", verification.digests, verification.problems.filter(\.kind.isOfDigest)),
            suite(
                "log files", verification.logs,
                verification.problems.filter { !$0.kind.isOfDigest && !$0.kind.isInformation }),
            informationSuite(verification.problems.filter(\.kind.isInformation)),
        ]
        let failures = verification.problems.count { !$0.kind.isInformation }
        let tests = suites.reduce(0) { $0 + $1.tests }
        let lines =
            [
                #"<?xml version="1.0" encoding="UTF-8"?>"#,
                #"<testsuites name="parapet verify" tests="\#(tests)" failures="\#(failures)" errors="0">"#,
            ] + suites.flatMap(\.lines) + ["</testsuites>", ""]
        return Data(lines.joined(separator: "\n").utf8)
    }

    private typealias Suite = (tests: Int, lines: [String])

    private func suite(_ name: String, _ count: Verification.Count, _ problems: [Problem]) -> Suite {
        let tests = problems.count + 1
        var lines = [
            #"  <testsuite name="\#(name)" tests="\#(tests)" failures="\#(problems.count)" errors="0" skipped="0">"#
        ]
        lines.append(#"    <testcase classname="\#(name)" name="\#(count.valid) of \#(count.total) valid"/>"#)
        for problem in problems {
            lines += [
                #"    <testcase classname="\#(name)" name="\#(MarkupText.escaped(problem.object))">"#,
                #"      <failure type="\#(problem.kind.rawValue)" message="\#(MarkupText.escaped(problem.message))"/>"#,
                "    </testcase>",
            ]
        }
        return (tests, lines + ["  </testsuite>"])
    }

    private func informationSuite(_ problems: [Problem]) -> Suite {
        guard !problems.isEmpty else { return (0, []) }
        let name = "for information"
        var lines = [
            #"  <testsuite name="\#(name)" tests="\#(problems.count)" failures="0" errors="0" skipped="\#(problems.count)">"#
        ]
        for problem in problems {
            lines += [
                #"    <testcase classname="\#(name)" name="\#(MarkupText.escaped(problem.object))">"#,
                #"      <skipped message="\#(MarkupText.escaped(problem.kind.rawValue + ": " + problem.message))"/>"#,
                "    </testcase>",
            ]
        }
        return (problems.count, lines + ["  </testsuite>"])
    }
}
