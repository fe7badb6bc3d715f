import Basics
import Foundation
import TestSupport
import Testing

@testable import Runs

/// The files of `Deploy/` say what the code does.
@Suite struct DeployTests {
    private static let policy = Repository.file("Deploy/policy.json")
    private static let template = Repository.file("Deploy/cloudformation.yaml")
    private static let updates = ProcessInfo.processInfo.environment["PARAPET_UPDATE_FIXTURES"] != nil

    private static var made: JSON {
        WatchRun.policy(
            queue: "arn:aws:sqs:*:*:parapet-watch*", buckets: ["arn:aws:s3:::NAME-OF-THE-LOG-BUCKET"],
            keys: ["arn:aws:kms:*:*:key/ID-OF-THE-LOG-KEY"])
    }

    @Test func thePolicyIsWhatTheCodeCalls() throws {
        let text = Self.made.written(.prettySorted) + "\n"
        if Self.updates { try Data(text.utf8).write(to: Self.policy) }
        #expect(try String(decoding: Data(contentsOf: Self.policy), as: UTF8.self) == text)
    }

    /// The actions of a statement of the template, by the statement's Sid.
    private static func actions(_ sid: String) throws -> [String] {
        let lines = try String(contentsOf: template, encoding: .utf8).split(separator: "\n")
        guard let start = lines.firstIndex(where: { $0.hasSuffix("- Sid: \(sid)") }) else { return [] }
        let rest = lines[(start + 1)...].drop { !$0.contains("Action:") }.dropFirst()
        return rest.prefix { $0.drop { $0 == " " }.hasPrefix("- ") }.map {
            String($0.drop { $0 == " " || $0 == "-" })
        }
    }

    @Test func theTemplateGrantsTheSameActions() throws {
        for statement in Self.made["Statement"]?.elements ?? [] {
            let sid = statement["Sid"]?.text ?? ""
            #expect(try Self.actions(sid) == statement["Action"]?.elements?.compactMap(\.text), "\(sid)")
        }
    }

    private static func unit(_ name: String) throws -> [Substring] {
        try String(contentsOf: Repository.file("Deploy/\(name).service"), encoding: .utf8).split(separator: "\n")
    }

    /// The threads of libdispatch call `setpriority`, which is one of `@resources`.
    @Test(arguments: ["parapet-watch", "parapet-serve"]) func theUnitAllowsWhatTheRuntimeCalls(name: String) throws {
        let unit = try Self.unit(name)
        let denied = try #require(unit.firstIndex(of: "SystemCallFilter=~@privileged @resources"))
        #expect(unit[denied...].contains("SystemCallFilter=setpriority"))
        #expect(unit.contains("SystemCallErrorNumber=EPERM"))
    }

    /// Both units work on one store as one user.
    @Test func theUnitsShieldTheSystemAlike() throws {
        func shield(_ name: String) throws -> [Substring] {
            try Self.unit(name).drop { $0 != "NoNewPrivileges=yes" }.filter { !$0.hasPrefix("#") }
        }
        #expect(try shield("parapet-watch") == shield("parapet-serve"))
        for line in ["DynamicUser=yes", "User=parapet", "StateDirectory=parapet", "UMask=0077"] {
            for name in ["parapet-watch", "parapet-serve"] { #expect(try Self.unit(name).contains(Substring(line))) }
        }
    }

    @Test func cloudFormationAcceptsTheTemplate() async throws {
        let linter = Repository.file(".venv/bin/cfn-lint").path
        guard FileManager.default.isExecutableFile(atPath: linter) else { return }
        let outcome = try await Subprocess.run(linter, [Self.template.path])
        #expect(outcome.status == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }
}
