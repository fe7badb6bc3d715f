import Analytics
import Foundation

/// Makes the logs that `parapet hunt` is measured on, and measures what its analytics find and miss.
@main
enum HuntFlowBenchmark {
    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        let verb = arguments.popFirst() ?? ""
        let first = arguments.popFirst()
        let second = arguments.popFirst()
        let third = arguments.popFirst()
        switch (verb, first) {
        case ("generate-flows", let folder?):
            try GenerateFlows.run(
                folder: URL(filePath: folder), lines: second.flatMap { Int($0) } ?? 17_000_000,
                seed: third.flatMap { UInt64($0) } ?? 1)
        case ("flows", let folder?):
            let files = try ReadFlows.files(in: URL(filePath: folder))
            let tally = try ReadFlows.tally(files, threads: second.flatMap { Int($0) } ?? 1)
            let report = FlowAnalytics(tally).report()
            print("\(tally.flows) flows, \(report.alerts.count) alerts")
        case ("generate-access", let folder?):
            try GenerateAccess.run(
                folder: URL(filePath: folder), bytes: second.flatMap { Int($0) } ?? 2_000_000_000,
                seed: third.flatMap { UInt64($0) } ?? 1)
        case ("access", let folder?):
            let tally = try ReadAccess.tally(URL(filePath: folder), threads: second.flatMap { Int($0) } ?? 1)
            let report = AccessLogAnalytics(tally).report()
            print("\(tally.requests) requests, \(report.alerts.count) alerts")
            for alert in report.alerts.prefix(20) { print("  \(alert.rule)  \(alert.actor)") }
        case ("evaluate", _):
            Evaluate.run(worlds: first.flatMap { Int($0) } ?? 10, seed: second.flatMap { UInt64($0) } ?? 1_000)
        default:
            print(
                """
                usage: HuntFlowBenchmark generate-flows DIR [LINES [SEED]] | flows DIR [THREADS] | evaluate [WORLDS [SEED]]
                       | generate-access DIR [BYTES [SEED]] | access DIR [THREADS]
                """)
            exit(64)
        }
    }
}
