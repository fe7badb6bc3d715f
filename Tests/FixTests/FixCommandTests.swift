import AWSClient
import Basics
import Foundation
import Posture
import Remediation
import Synchronization
import Testing
import TestSupport

/// `parapet fix` as a user runs it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FixCommandTests {
    /// A server of its own: the other suite changes its account at the same time.
    private static let own = Task { try await FixWorld() }

    private let folder = FileManager.default.temporaryDirectory.appending(path: "parapet-fix-\(UUID().uuidString)").path

    private func environment(_ endpoint: String) -> [String: String] {
        [
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "XDG_STATE_HOME": folder, "HOME": folder, "NO_COLOR": "1",
        ]
    }

    private func parapet(_ endpoint: String, _ words: String...) async throws -> Subprocess.Outcome {
        try await Subprocess.run(Repository.parapet, ["fix"] + words, environment: environment(endpoint))
    }

    private static let policyChecks = ["--check", "iam-password-policy-length", "--region", "us-east-1"]

    private func world() async throws -> (FixWorld, JSON) {
        let world = try await Self.own.value
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let scenario = try #require(FixScenario.all.first { $0.name == "half a password policy" })
        return (world, try await world.prepared(for: scenario))
    }

    @Test func aPlanIsMadeAppliedListedAndUndone() async throws {
        let (world, before) = try await world()
        let file = folder + "/plan.json"
        let plan = try await Subprocess.run(
            Repository.parapet, ["fix", "plan", "--output", file] + Self.policyChecks,
            environment: environment(world.endpoint))
        #expect(plan.status == 2, "\(plan.standardError)")
        #expect(plan.standardOutput.contains("MinimumPasswordLength = 8"))
        #expect(plan.standardOutput.contains("MinimumPasswordLength = 14"))
        #expect(try await world.state() == before)
        let hash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: file))), from: file).hash

        let silent = try await parapet(world.endpoint, "apply", file)
        #expect(silent.status == 64 && silent.standardError.contains(hash), "\(silent)")
        let wrong = try await parapet(world.endpoint, "apply", file, "--yes", "0123456789")
        #expect(wrong.status == 64)
        #expect(try await world.state() == before)

        let applied = try await parapet(world.endpoint, "apply", file, "--yes", hash, "--format", "json")
        #expect(applied.status == 0, "\(applied)")
        let document = try JSON(parsing: applied.standardOutput)
        #expect(document["steps"]?[0]?["state"] == "verified")
        let after = try await world.state()
        #expect(after["iam"]?["passwordPolicy"]?["PasswordPolicy"]?["MinimumPasswordLength"] == 14)
        #expect(after["iam"]?["passwordPolicy"]?["PasswordPolicy"]?["PasswordReusePrevention"] == 5, "left alone")

        let run = try #require(document["run"]?.text)
        let list = try await parapet(world.endpoint, "list")
        #expect(list.status == 0 && list.standardOutput.contains(run))
        let undoPlan = folder + "/undo.json"
        #expect(try await parapet(world.endpoint, "undo", run, "--output", undoPlan).status == 0)
        #expect(try await world.state() == after)
        let undoHash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: undoPlan))), from: undoPlan).hash
        let undone = try await parapet(world.endpoint, "undo", run, "--yes", undoHash)
        #expect(undone.status == 0, "\(undone)")
        #expect(try await world.state() == before)
        let again = try await parapet(world.endpoint, "undo", run, "--yes", undoHash)
        #expect(again.status == 1 && again.standardError.contains("has undone it"))
        #expect(try await parapet(world.endpoint, "list").standardOutput.contains("undone by"))
    }

    /// The process is killed by SIGKILL while its write is under way, and the same command goes on afterwards.
    @Test(arguments: [true, false])
    func aProcessThatIsKilledAtItsWriteGoesOn(writeReachesAWS: Bool) async throws {
        let (world, before) = try await world()
        let file = folder + "/plan.json"
        _ = try await Subprocess.run(
            Repository.parapet, ["fix", "plan", "--output", file] + Self.policyChecks,
            environment: environment(world.endpoint))
        let hash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: file))), from: file).hash

        let process = Process()
        let userAgents = Mutex<Set<String>>([])
        let proxy = try await TestServer.start { request in
            if request.isWrite, WireOperation(request)?.service == "iam" {
                userAgents.withLock { _ = $0.insert(request[header: "User-Agent"] ?? "") }
                if writeReachesAWS { _ = await forward(request, to: world.endpoint) }
                kill(process.processIdentifier, SIGKILL)
                return .hangUp
            }
            return await forward(request, to: world.endpoint).map { TestServer.Reply.answer($0) } ?? .hangUp
        }
        process.executableURL = URL(filePath: Repository.parapet)
        process.arguments = ["fix", "apply", file, "--yes", hash]
        process.environment = environment(proxy.endpoint)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try await Subprocess.status(of: process)
        #expect(process.terminationReason == .uncaughtSignal)
        #expect(userAgents.withLock { $0 }.allSatisfy { $0.hasPrefix("parapet-fix/") })
        let list = try await parapet(world.endpoint, "list")
        #expect(list.standardOutput.contains("not finished"))

        let resumed = try await parapet(world.endpoint, "apply", file, "--yes", hash, "--format", "json")
        #expect(resumed.status == 0, "\(resumed)")
        let run = try #require(try JSON(parsing: resumed.standardOutput)["run"]?.text)
        #expect(try await world.state()["iam"]?["passwordPolicy"]?["PasswordPolicy"]?["MinimumPasswordLength"] == 14)
        let undoPlan = folder + "/undo.json"
        _ = try await parapet(world.endpoint, "undo", run, "--output", undoPlan)
        let undoHash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: undoPlan))), from: undoPlan).hash
        #expect(try await parapet(world.endpoint, "undo", run, "--yes", undoHash).status == 0)
        #expect(try await world.state() == before)
    }

    /// From the old key to its deletion, by four plans, without the secret in anything but its file.
    @Test func aKeyIsRotatedInStagesAndItsSecretIsInItsFileAlone() async throws {
        let (world, _) = try await world()
        try await world.reset()
        try await world.makeUsers(["alice": .init(keys: [.init(made: 300, used: 2)])])
        let secrets = folder + "/secrets"
        try FileManager.default.createDirectory(atPath: secrets, withIntermediateDirectories: true)
        let settings = folder + "/settings.yaml"
        try Data("hand-over: \(secrets)\ndeletion-waiting-days: 0\n".utf8).write(to: URL(filePath: settings))
        let store = folder + "/store.db"
        var told = ""
        /// Plans and applies; the run's name.
        func stage(_ name: String, _ words: String...) async throws -> String {
            let file = "\(folder)/\(name).json"
            let plan = try await Subprocess.run(
                Repository.parapet, ["fix", "plan", "-v", "--config", settings, "--output", file] + words,
                environment: environment(world.endpoint))
            let hash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: file))), from: file).hash
            let applied = try await parapet(
                world.endpoint, "apply", file, "--yes", hash, "--format", "json", "-v", "--store", store)
            let written = try String(contentsOfFile: file, encoding: .utf8)
            told += "\(plan) \(applied) \(written)"
            #expect(applied.standardError.contains("verified"), "\(name): \(plan) \(applied)")
            return try #require(try JSON(parsing: applied.standardOutput)["run"]?.text)
        }
        let check = ["--check", "iam-access-key-rotation", "--region", "us-east-1"]
        let first = try await stage("create", check[0], check[1], check[2], check[3])
        let names = try FileManager.default.contentsOfDirectory(atPath: secrets)
        #expect(names.count == 1)
        let file = secrets + "/" + (names.first ?? "")
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        let content = try String(contentsOfFile: file, encoding: .utf8)
        let secret = try #require(content.split(separator: " ").last).trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(content.hasPrefix("[alice]\naws_access_key_id = AKIA") && secret.count >= 40)
        let list = try await parapet(world.endpoint, "list")
        #expect(list.standardOutput.contains("waits: deactivate access key"))

        // Nobody uses the new key yet.
        let early = try await Subprocess.run(
            Repository.parapet,
            ["fix", "plan", "--config", settings, "--continue", first, "--region", "us-east-1", "--format", "json"],
            environment: environment(world.endpoint))
        #expect(early.standardOutput.contains("was not used yet"), "\(early)")
        try await world.age(["alice": .init(keys: [.init(made: 300, used: 2), .init(made: 1, used: 0)])])
        let second = try await stage("deactivate", "--continue", first, "--region", "us-east-1")
        #expect(try await world.state()["iam"]?["users"]?["alice"]?["keys"]?.object?.members.count == 2)
        let third = try await stage("delete", "--continue", second, "--region", "us-east-1")
        let keys = try await world.state()["iam"]?["users"]?["alice"]?["keys"]?.object
        #expect(keys?.members.map(\.value) == ["Active"] && content.contains(keys?.names.first ?? "?"))
        let end = try await parapet(world.endpoint, "list")
        #expect(!end.standardOutput.contains("waits:"), "\(end)")
        _ = try await parapet(world.endpoint, "undo", third, "--output", folder + "/no.json")
        #expect(try String(contentsOfFile: folder + "/no.json", encoding: .utf8).contains("cannot be undone"))

        let export = try await Subprocess.run(
            Repository.parapet, ["db", "export", "--db", store], environment: environment(world.endpoint))
        #expect(export.status == 0 && export.standardOutput.contains("CreateAccessKey"), "\(export.standardError)")
        told += "\(list) \(early) \(end) \(export)"
        // The store and its write-ahead log are no text, so bytes are searched.
        var left = Data(told.utf8)
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where !name.hasPrefix("secrets/") {
            left += FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
        }
        #expect(FileManager.default.fileExists(atPath: store))
        #expect(left.range(of: Data("CreateAccessKey".utf8)) != nil && left.range(of: Data(secret.utf8)) == nil)
    }

    /// Nothing says that such a run is undone: not its result, not undoing it, and not the list.
    @Test func aRunThatCannotBeUndoneIsNeverSaidToBeUndone() async throws {
        let (world, _) = try await world()
        try await world.reset()
        try await world.makeUsers(["gone": .init(password: 200)])
        let file = folder + "/plan.json"
        _ = try await parapet(
            world.endpoint, "plan", "--check", "iam-password-unused", "--region", "us-east-1", "--output", file)
        let hash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: file))), from: file).hash
        let applied = try await parapet(world.endpoint, "apply", file, "--yes", hash)
        #expect(applied.status == 0, "\(applied)")
        #expect(applied.standardOutput.contains("It cannot be undone. Not restored:"), "\(applied)")
        #expect(!applied.standardOutput.contains("fix undo"))

        let list = try await parapet(world.endpoint, "list", "--format", "json")
        let run = try #require(try JSON(parsing: list.standardOutput)[0]?["run"]?.text)
        let undone = try await parapet(world.endpoint, "undo", run)
        #expect(undone.status == 2, "\(undone)")
        #expect(undone.standardOutput.contains("Not undone (1)"), "\(undone)")
        #expect(undone.standardOutput.contains("Nothing of it can be undone."), "\(undone)")
        #expect(try await world.state()["iam"]?["users"]?["gone"]?["password"] == false)
        let after = try await parapet(world.endpoint, "list")
        #expect(after.standardOutput.contains("\(run)  done, cannot be undone\n"), "\(after)")
    }

    /// `--output` means what it means for the other verbs.
    @Test func theFileOfAPlanIsNamedAsEverywhere() async throws {
        let (world, _) = try await world()
        func plan(_ words: String...) async throws -> Subprocess.Outcome {
            try await Subprocess.run(
                Repository.parapet, ["fix", "plan"] + Self.policyChecks + words,
                environment: environment(world.endpoint))
        }
        let standard = try await plan("--output", "-")
        #expect(throws: Never.self, "\(standard)") {
            try PlanFile(parsing: Array(standard.standardOutput.utf8), from: "stdout")
        }
        #expect(try await plan("--output", "-", "--format", "markdown").standardOutput.hasPrefix("# Plan for account"))
        let named = try await plan("--output", "json")
        #expect(named.status == 64 && named.standardError.contains("--format json"), "\(named)")
        let page = try await plan("--output", folder + "/plan.md")
        #expect(page.status == 2 && page.standardOutput.contains("MinimumPasswordLength = 14"), "\(page)")
        #expect(try String(contentsOfFile: folder + "/plan.md", encoding: .utf8).hasPrefix("# Plan for account"))
        #expect(try await plan("--output", folder + "/plan.html").status == 64)
        #expect(try await plan("--as", "cli", "--format", "table").status == 64)
        #expect(try await plan("--as", "terraform", "--output", folder + "/main.tf").status == 64)
        #expect(try await plan("--continue", "run").status == 64)
        #expect(try await parapet(world.endpoint, "undo", "run", "--output", "json").status == 64)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!["json", "-", "plan.html", "main.tf"].contains(where: left.contains), "\(left)")
    }

    /// Delivered logs are the normal case.
    @Test func undoingEndsWith2IfTheNewBucketStays() async throws {
        let (world, _) = try await world()
        try await world.reset()
        let file = folder + "/plan.json"
        let planned = try await Planned.make(world.endpoint, checks: ["vpc-flow-logs"])
        var plan = planned.file.plan
        plan.steps.removeAll { $0.call.region != "us-east-1" }
        try Data(PlanFile(plan).bytes).write(to: URL(filePath: file))
        let applied = try await parapet(
            world.endpoint, "apply", file, "--yes", PlanFile(plan).hash, "--format", "json")
        let run = try #require(try JSON(parsing: applied.standardOutput)["run"]?.text, "\(applied)")
        let bucket: JSON = "parapet-flow-logs-123456789012-us-east-1"
        try await world.call("s3", "put_object", ["Bucket": bucket, "Key": "AWSLogs/log"])
        let undoPlan = folder + "/undo.json"
        _ = try await parapet(world.endpoint, "undo", run, "--output", undoPlan)
        let undoHash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: undoPlan))), from: undoPlan).hash
        let undone = try await parapet(world.endpoint, "undo", run, "--yes", undoHash)
        #expect(undone.status == 2 && undone.standardOutput.contains("stays as it is"), "\(undone)")
        #expect(try await parapet(world.endpoint, "list").standardOutput.contains("undone in part by"))
    }

    @Test func aRunWithoutANameAMissingFolderAndAnEmptyPlanAreErrors() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let nowhere = "http://127.0.0.1:1"
        #expect(try await parapet(nowhere, "list").standardOutput == "No run is recorded.\n")
        let unnamed = try await parapet(nowhere, "undo", "")
        #expect(unnamed.status == 1 && unnamed.standardError.contains("the name is empty"), "\(unnamed)")
        for (path, why) in [(folder + "/mistyped", "No such file"), ("/etc/passwd", "Not a directory")] {
            let list = try await parapet(nowhere, "list", "--journal", path)
            #expect(list.status == 1 && list.standardError.contains(why), "\(list)")
            #expect(list.standardOutput.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/mistyped"))
        let failure = #expect(throws: Failure.self) { try JournalFolder("/etc/passwd") }
        #expect(failure?.why == "Not a directory")

        let empty = PlanFile(
            Plan(
                parapet: "0", account: "123456789012", partition: "aws", region: "us-east-1", caller: "",
                scanned: "2026-01-01T00:00:00Z", settings: Settings(), steps: []))
        try Data(empty.bytes).write(to: URL(filePath: folder + "/empty.json"))
        let applied = try await parapet(nowhere, "apply", folder + "/empty.json")
        #expect(applied.status == 1 && applied.standardError.contains("the plan has no steps"), "\(applied)")
        #expect(try await parapet(nowhere, "list").standardOutput == "No run is recorded.\n")
    }

    @Test func aPlanOfAnotherAccountOrWithTooManyStepsIsRefused() async throws {
        let (world, before) = try await world()
        let file = folder + "/plan.json"
        let planned = try await Planned.make(world.endpoint, checks: ["iam-password-policy-length"])
        var plan = planned.file.plan
        plan.account = "210987654321"
        try Data(PlanFile(plan).bytes).write(to: URL(filePath: file))
        let foreign = try await parapet(world.endpoint, "apply", file, "--yes", PlanFile(plan).hash)
        #expect(foreign.status == 1 && foreign.standardError.contains("210987654321"))
        plan = planned.file.plan
        plan.steps += plan.steps
        try Data(PlanFile(plan).bytes).write(to: URL(filePath: file))
        let many = try await parapet(
            world.endpoint, "apply", file, "--yes", PlanFile(plan).hash, "--max-changes", "1")
        #expect(many.status == 1 && many.standardError.contains("--max-changes"))
        #expect(try await world.state() == before)
    }
}
