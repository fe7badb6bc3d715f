import Basics
import Foundation
import Runs
import TestSupport
import Testing

/// All mistakes of a configuration file at once.
@Suite struct ConfigurationCheckTests {
    private func problems(_ text: String) throws -> [String] {
        let file = try TextFile(text)
        return try ConfigurationCheck(file.path).problems.map { "\($0.line ?? 0) \($0.why)" }
    }

    @Test func everyMistakeIsListedWithItsLine() throws {
        let text = """
            root-use-days: soon
            acces-key-maximum-age-days: 30
            unused-credential-days: 45
            trusted-accounts: ['123456789012', '12', '34']
            allowed-ingress:
              - {source: 10.0.0.0/8, ports: [https]}
              - {source: 192.0.2.0/24, ports: [443]}
              - {ports: [443]}
            trail-access: {readers: [audit], writer: [a]}
            hunt:
              own-networks: [lorem, 203.0.113.0/24, ipsum]
              lorem: 1
            watch:
              queues: [https://sqs.eu-west-1.amazonaws.com/123456789012/q, q]
              poll: [bucket]
              poll-every: 1s
              look-back: 1d
              organization: true
            notify:
              a: {type: smoke-signals, severity: low}
              b: {type: stdout, severity: loud, rates: 4}
              c: {severity: low}
              link: ftp://x
            """
        let found = try problems(text)
        let expected: [(Int, String)] = [
            (1, "root-use-days is not a whole number"), (2, "unknown setting 'acces-key-maximum-age-days'"),
            (4, "'12' is not an account ID"), (4, "'34' is not an account ID"), (6, "not a port"), (8, "has no source"),
            (9, "'audit' in readers is not the ARN"), (9, "unknown setting 'writer' in trail-access"),
            (11, "'ipsum' is not an address range"), (11, "'lorem' is not an address range"),
            (12, "unknown setting 'lorem' in hunt"), (14, "'q' is not the URL of a queue"),
            (15, "'bucket' is not a place in S3"), (16, "'1s' is not a duration"), (17, "look-back is not longer"),
            (18, "there is no role-name"), (20, "unknown type 'smoke-signals'"), (21, "severity"),
            (21, "unknown setting 'rates'"), (22, "the notifier 'c' has no type"), (23, "link is not the address"),
        ]
        #expect(found.count == expected.count, "\(found.joined(separator: "\n"))")
        for (line, words) in expected {
            #expect(found.contains { $0.hasPrefix("\(line) ") && $0.contains(words) }, "line \(line): \(words)")
        }
    }

    /// What is left out because it is wrong is not missed as well.
    @Test func aMistakeIsListedOnce() throws {
        #expect(try problems("notify: {a: {type: smoke-signals}}").count == 1)
        #expect(try problems("allowed-ingress: [{source: [1]}]").count == 1)
        #expect(try problems("watch: {organization: true, role-name: [a]}").count == 1)
        #expect(try problems("allowed-ingress: [{source: 10.0.0.0/8, ports: [[]]}]").count == 1)
        #expect(
            try problems("notify: {a: {type: stdout, quiet-hours: {from: x, to: '07:00', time-zone: UTC}}}").count == 1)
    }

    @Test func aFileWithoutMistakesHasNone() throws {
        #expect(try problems("").isEmpty)
        #expect(try problems("root-use-days: 30\nnotify: {a: {type: stdout}}\n").isEmpty)
    }

    @Test(arguments: [
        ("[", " it is not YAML"), ("a: 1\na: 2", "it contains a more than once"), ("- a", "names and values"),
    ])
    func aFileThatIsNoConfigurationHasOneMistake(text: String, says: String) throws {
        let found = try problems(text)
        #expect(found.count == 1)
        #expect(found.first?.contains(says) == true, "\(found)")
    }

    @Test func theCommandEndsWithOneIfThereIsAMistake() async throws {
        let wrong = try TextFile("root-use-days: soon\nwatch: {attempts: none}\n")
        let outcome = try await Subprocess.run(Repository.parapet, ["config", "check", wrong.path])
        #expect(outcome.status == 1)
        let lines = outcome.standardOutput.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("\(wrong.path):1: root-use-days is not a whole number") == true)
        #expect(lines.last?.hasPrefix("\(wrong.path):2: attempts is not a number") == true)
        let json = try await Subprocess.run(
            Repository.parapet, ["config", "check", wrong.path, "--format", "json"])
        #expect(json.status == 1)
        #expect(try JSON(parsing: json.standardOutput)["problems"]?[0]?["line"]?.integer == 1)
        let right = try TextFile("root-use-days: 30\n")
        #expect(try await Subprocess.run(Repository.parapet, ["config", "check", right.path]).status == 0)
        #expect(try await Subprocess.run(Repository.parapet, ["config", "check", right.path + "x"]).status == 1)
    }
}
