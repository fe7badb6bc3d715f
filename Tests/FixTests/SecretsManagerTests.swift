import AWSClient
import Basics
import Foundation
import Posture
import Practices
import Remediation
import Reports
import Testing
import TestSupport

/// New access keys that Secrets Manager receives.
extension FixTests {
    private static let checks: Set<String> = ["iam-access-key-rotation"]
    private static let settings = Settings { $0.handOver = "secretsmanager:ops/keys/" }

    private func oldKey() async throws -> (world: FixWorld, before: JSON) {
        let world = try await FixWorld.lent
        try await world.reset()
        try await world.makeUsers(["alice": .init(keys: [.init(made: 300, used: 1)])])
        return (world, try await world.state())
    }

    private func plan(_ world: FixWorld) async throws -> PlanFile {
        try await Planned.make(world.endpoint, checks: Self.checks, settings: Self.settings).file
    }

    private func name(_ file: PlanFile) throws -> JSON {
        try #require(file.plan.steps.first?.call.parameters["Name"])
    }

    @Test func aNewKeyIsTheValueOfASecretThatUndoingDeletesLater() async throws {
        let (world, before) = try await oldKey()
        let file = try await plan(world)
        #expect(file.plan.steps.map(\.call.operation) == ["CreateSecret", "CreateAccessKey"])
        #expect(file.plan.permissions.contains("secretsmanager:PutSecretValue"))
        #expect(try PlanFile(parsing: file.bytes, from: "plan.json").plan == file.plan)
        let old = try #require(before["iam"]?["users"]?["alice"]?["keys"]?.object?.names.first)
        #expect(try name(file) == .string("ops/keys/alice-after-\(old)"))
        let report = PlanReport(file)
        #expect(report.markdown.contains("The access key is written to secret ops/keys/alice-after-"))

        let journals = try TemporaryJournals()
        let applied = try await apply(file, to: world.endpoint, in: journals)
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
        let text = try await world.call("secretsmanager", "get_secret_value", ["SecretId": try name(file)])[
            "SecretString"]
        let value = try JSON(parsing: text?.text ?? "")
        #expect(value["UserName"] == "alice")
        let new = try #require(value["AccessKeyId"]?.text)
        let secret = try #require(value["SecretAccessKey"]?.text)
        #expect(try await world.state()["iam"]?["users"]?["alice"]?["keys"]?.object?.names.contains(new) == true)
        for (name, text) in journals.texts { #expect(!text.contains(secret), "\(name)") }

        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.steps.allSatisfy { $0.state == .verified }, "\(undone.progress.steps)")
        #expect(try await world.state() == before)
        let left = try await world.call("secretsmanager", "describe_secret", ["SecretId": try name(file)])
        #expect(left["DeletedDate"] != nil)
        // The name is taken for the recovery window.
        #expect(try name(try await plan(world)) == .string("ops/keys/alice-after-\(old)-2"))
    }

    /// The key exists, and its secret does not: undoing takes the key back.
    @Test func aKeyThatSecretsManagerDidNotTakeIsReportedAndUndone() async throws {
        let (world, before) = try await oldKey()
        let file = try await plan(world)
        let journals = try TemporaryJournals()
        let standIn = try await TestServer.start { request in
            if WireOperation(request)?.name == "PutSecretValue" {
                return .answer(WireOperation(request)?.denial ?? HTTPResponse(status: 403))
            }
            return await forward(request, to: world.endpoint).map { .answer($0) } ?? .hangUp
        }
        for _ in 1...2 {
            let broken = try await apply(file, to: standIn.endpoint, in: journals)
            #expect(broken.steps[1].state == .unconfirmed)
            #expect(broken.steps[1].detail?.contains("does not hold the access key: undo the run") == true)
        }
        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.next == nil, "\(undone.progress.steps)")
        #expect(try await world.state() == before)
    }

    @Test func theCommandsOfTheAWSCLIHandTheKeyOver() async throws {
        let (world, _) = try await oldKey()
        let file = try await plan(world)
        let journals = try TemporaryJournals()
        let output = try await runCommands(of: file, at: world.endpoint, in: journals)
        let text = try await world.call("secretsmanager", "get_secret_value", ["SecretId": try name(file)])[
            "SecretString"]
        #expect(try JSON(parsing: text?.text ?? "")["SecretAccessKey"] != nil)
        #expect(!output.contains("SecretAccessKey"))
    }

    @Test(arguments: [
        ("/root/keys", true), ("secretsmanager:", true), ("secretsmanager:ops/keys_+=.@-", true), ("keys", false),
        ("secretsmanager:ops keys", false), ("secretsmanager:a,b", false), ("secretsmanager:\u{0}", false),
        ("secretsmanager:é", false), ("secretsmanager:" + String(repeating: "x", count: 401), false), ("", false),
    ])
    func aPlaceForSecretsIsAFolderOrAPrefix(_ text: String, _ isValid: Bool) {
        #expect(Settings.isHandOver(text) == isValid)
    }
}
