import ArgumentParser
import BitCollections
import EffectiveAccess
import Foundation
import IAMPolicy
import Inventory

/// Who can read each of 1,000 buckets, among 10,000 users and roles: all answers by the index, and some of them by asking
/// each principal about each bucket.
@main struct AccessBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure who-can beside the loop without an index.")

    @Option(help: "How many users and roles.") var principals = 10_000
    @Option(help: "How many buckets.") var resources = 1_000
    @Option(help: "How many buckets the loop without an index is asked about.") var naive = 5

    mutating func run() async throws {
        let account = SampleCompany(principals: principals, buckets: resources).account
        let started = ContinuousClock.now
        let landscape = Landscape([account])
        let read = ContinuousClock.now
        let targets = (0..<resources).map { "arn:aws:s3:::\(SampleCompany.bucket($0))/2026/report.csv" }
        let holders = await answers(landscape, targets)
        let answered = ContinuousClock.now

        let asked = Array(stride(from: 0, to: resources, by: max(1, resources / naive)).prefix(naive))
        var differences = 0
        for target in asked { differences += differing(landscape, targets[target], holders[target]) }
        let loop = ContinuousClock.now - answered
        let indexed = answered - started
        let whole = loop.seconds * Double(resources) / Double(asked.count)
        let possible = holders.map(\.possible.count).reduce(0, +)
        let certain = holders.map(\.certain.count).reduce(0, +)
        let ratio = whole / indexed.seconds
        print(
            """
            \(principals) principals, \(resources) buckets: \(possible) accesses, \(certain) of them certain
            reading the policies     \((read - started).text) s
            all answers              \((answered - read).text) s with 2 threads (together \(indexed.text) s, limit 2)
            peak memory              \(peakMegabytes) MB (limit 500)
            the loop, \(asked.count) buckets      \(loop.text) s with 1 thread: \(Int(whole)) s for all of them
            ratio                    \(Int(ratio)) (limit 20)
            answers that differ      \(differences) of \(asked.count * principals)
            """)
        guard differences == 0, indexed.seconds < 2, ratio >= 20, peakMegabytes < 500 else {
            throw ExitCode(1)
        }
    }

    private func answers(_ landscape: Landscape, _ targets: [String]) async -> [Holders] {
        let middle = targets.count / 2
        async let first = Task.detached { landscape.holders(of: "s3:GetObject", on: Array(targets[..<middle])) }.value
        async let second = Task.detached { landscape.holders(of: "s3:GetObject", on: Array(targets[middle...])) }.value
        return await first + second
    }

    private func differing(_ landscape: Landscape, _ target: String, _ holders: Holders) -> Int {
        landscape.accessOfEach("s3:GetObject", on: target).enumerated().filter { number, access in
            access.isCertain != holders.certain.contains(number)
                || access.isRuledOut == holders.possible.contains(number)
        }.count
    }

    private var peakMegabytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
    fileprivate var text: String { String(format: "%.2f", seconds) }
}
