import AWSClient
import Basics
import Foundation
import Posture
import Remediation
import Reports
import Synchronization
import Testing
import TestSupport

/// `parapet fix` in member accounts of an organization, with the credentials of its management account.
@Suite(.serialized, .timeLimit(.minutes(5))) struct MemberFixTests {
    /// A server of its own: other suites change their account at the same time.
    private static let own = Task { try await FixWorld() }
    private static let member = "210987654321"
    private static let other = "345678901234"

    private let folder = FileManager.default.temporaryDirectory.appending(path: "parapet-fix-\(UUID().uuidString)").path

    private func parapet(_ endpoint: String, _ words: [String]) async throws -> Subprocess.Outcome {
        try await Subprocess.run(
            Repository.parapet, ["fix"] + words,
            environment: [
                "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "XDG_STATE_HOME": folder, "HOME": folder, "NO_COLOR": "1",
            ])
    }

    /// A member whose root user has two access keys and a signing certificate.
    private func world(_ more: JSON = [:]) async throws -> FixWorld {
        let world = try await Self.own.value
        try await world.reset()
        let root: JSON = [
            "keys": ["AKIAROOTROOTROOTROO1": "Active", "AKIAROOTROOTROOTROO2": "Inactive"],
            "certificates": ["ROOTCERTIFICATEROOTCERTIF": "Active"],
        ]
        try await world.tell(
            [
                "members": .members([
                    .init(Self.member, .members((root.object?.members ?? []) + (more.object?.members ?? [])))
                ])
            ])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return world
    }

    private func rootPlan(_ world: FixWorld, _ more: String...) async throws -> (Subprocess.Outcome, PlanFile) {
        let file = folder + "/root.json"
        let outcome = try await parapet(
            world.endpoint,
            [
                "plan", "--check", "root-access-key", "--region", "us-east-1", "--output", file, "--account",
                Self.member,
                "--role-name", "Fixer",
            ] + more)
        return (outcome, try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: file))), from: file))
    }

    private func left(_ world: FixWorld) async throws -> [String] {
        let root = try await world.rootCredentials()[Self.member]
        return ["keys", "certificates"].flatMap { root?[$0]?.object?.names ?? [] }.sorted()
    }

    @Test func theRootKeysOfAMemberAreDeletedInARootSession() async throws {
        let world = try await world()
        let before = try await left(world)
        #expect(before.count == 3)
        let (outcome, file) = try await rootPlan(world)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(try await left(world) == before, "planning deletes nothing")
        #expect(
            outcome.standardOutput.contains("the root user of the account, in a session of centralized root access"))
        #expect(outcome.standardOutput.contains("This cannot be undone."))
        let plan = file.plan
        #expect(plan.account == Self.member && plan.role == "Fixer")
        #expect(plan.steps.count == 3, "\(outcome)")
        #expect(plan.steps.allSatisfy { $0.risk == .irreversible && $0.call.signer == .root && $0.undo == nil })
        #expect(plan.permissions == ["sts:AssumeRoot"])

        // The first deletion takes effect, and its answer is lost: nothing is deleted twice or reported as failed.
        let deletions = Mutex<[String]>([])
        let sessions = Mutex<Set<String>>([])
        let proxy = try await TestServer.start { request in
            let operation = WireOperation(request)?.name ?? ""
            let answer = await forward(request, to: world.endpoint)
            if operation == "AssumeRoot" {
                sessions.withLock { _ = $0.insert(String(decoding: answer?.body ?? [], as: UTF8.self)) }
            }
            if operation.hasPrefix("Delete") {
                deletions.withLock { $0.append(operation) }
                if deletions.withLock({ $0.count }) == 1 { return .hangUp }
            }
            return answer.map { .answer($0) } ?? .hangUp
        }
        let applied = try await parapet(
            proxy.endpoint, ["apply", folder + "/root.json", "--yes", file.hash, "--format", "json"])
        #expect(applied.status == 0, "\(applied)")
        #expect(try await left(world) == [])
        #expect(deletions.withLock { $0.filter { $0 == "DeleteSigningCertificate" }.count } == 1)

        let run = try #require(try JSON(parsing: applied.standardOutput)["run"]?.text)
        let undone = try await parapet(world.endpoint, ["undo", run, "--output", folder + "/undo.json"])
        #expect(undone.standardOutput.contains("cannot be undone"), "\(undone)")

        // The session's secret is in nothing that was written.
        let answers = sessions.withLock { $0 }
        #expect(!answers.isEmpty)
        var written = applied.standardOutput + applied.standardError
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            written += (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
        }
        for answer in answers {
            let secret = try #require(
                answer.firstMatch(of: /<SecretAccessKey>([^<]+)<\/SecretAccessKey>/)?.output.1)
            #expect(!written.contains(secret))
        }
    }

    @Test func theCommandsOfTheAWSCLIDeleteThemToo() async throws {
        let world = try await world()
        let (_, file) = try await rootPlan(world)
        try await runCommands(of: file, at: world.endpoint, in: try TemporaryJournals())
        #expect(try await left(world) == [])
    }

    @Test func aDeniedDeletionIsReportedAndTakenUpAgain() async throws {
        let world = try await world()
        let (_, file) = try await rootPlan(world)
        let proxy = try await TestServer.start { request in
            if WireOperation(request)?.name == "DeleteAccessKey", let denial = WireOperation(request)?.denial {
                return .answer(denial)
            }
            return await forward(request, to: world.endpoint).map { .answer($0) } ?? .hangUp
        }
        let apply = ["apply", folder + "/root.json", "--yes", file.hash]
        let broken = try await parapet(proxy.endpoint, apply)
        #expect(broken.status == 1 && broken.standardOutput.contains("AccessDenied"), "\(broken)")
        #expect(try await left(world).count == 3)
        #expect(try await parapet(world.endpoint, apply).status == 0)
        #expect(try await left(world) == [])
    }

    /// The session cannot deactivate a key, so one that something uses is left to a person.
    @Test func aRootKeyInUseIsLeftToAPerson() async throws {
        let yesterday = Moment(Date().addingTimeInterval(-86_400)).description.replacing("Z", with: "+00:00")
        let world = try await world(["lastUsed": .string(yesterday)])
        let (_, file) = try await rootPlan(world)
        #expect(file.plan.steps.isEmpty)
        // In the plan: the table wraps its lines.
        let lines = file.plan.leftOut.flatMap(\.byHand).joined(separator: " ")
        let reasons = file.plan.leftOut.map(\.reason).joined(separator: " ")
        #expect((reasons + lines).contains("was last used"), "\(reasons) \(lines)")
        #expect((reasons + lines).contains("identify what uses it"), "\(reasons) \(lines)")
    }

    @Test func withoutCentralizedRootAccessAPersonGetsTheReasonAndTheInstructions() async throws {
        let world = try await world(["isOpen": false])
        let (outcome, file) = try await rootPlan(world)
        #expect(outcome.status == 2 && file.plan.steps.isEmpty)
        let lines = file.plan.leftOut.flatMap(\.byHand).joined(separator: " ")
        #expect(lines.contains("Sign in to the AWS Management Console as root"), "\(outcome)")
        #expect(lines.contains("enable centralized root access in the organization"))
        #expect(try await left(world).count == 3)
    }

    @Test func eachAccountHasItsOwnPlanThatIsAppliedThroughItsRole() async throws {
        let world = try await world()
        for account in [Self.member, Self.other] {
            try await world.call(
                "iam", "update_account_password_policy", ["MinimumPasswordLength": 8], of: account)
        }
        func length(of account: String?) async throws -> JSON? {
            try await world.call("iam", "get_account_password_policy", of: account)["PasswordPolicy"]?[
                "MinimumPasswordLength"]
        }
        let plans = folder + "/plans"
        let words = [
            "plan", "--check", "iam-password-policy-length", "--region", "us-east-1", "--account",
            "\(Self.member),\(Self.other)", "--role-name", "Fixer",
        ]
        #expect(try await parapet(world.endpoint, words + ["--as", "cli"]).status == 64)
        let planned = try await parapet(world.endpoint, words + ["--output", plans])
        #expect(planned.status == 2, "\(planned)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: plans).sorted()
                == ["\(Self.member).json", "\(Self.other).json"])

        let path = "\(plans)/\(Self.other).json"
        let file = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: path))), from: path)
        let applied = try await parapet(world.endpoint, ["apply", path, "--yes", file.hash, "--format", "json"])
        #expect(applied.status == 0, "\(applied)")
        #expect(try await length(of: Self.other) == 14)
        #expect(try await length(of: Self.member) == 8, "left alone")
        await #expect(throws: MotoServer.Failure.self, "the caller's own account has no policy") {
            try await length(of: nil)
        }

        let run = try #require(try JSON(parsing: applied.standardOutput)["run"]?.text)
        let undo = folder + "/undo.json"
        #expect(try await parapet(world.endpoint, ["undo", run, "--output", undo]).status == 0)
        let hash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: undo))), from: undo).hash
        #expect(try await parapet(world.endpoint, ["undo", run, "--yes", hash]).status == 0)
        #expect(try await length(of: Self.other) == 8)
    }

    /// Another account's failure is no reason to leave this one without a plan, and it is not "nothing to do".
    @Test func anAccountThatCannotBeReachedIsReportedBesideTheOthers() async throws {
        let world = try await world()
        let proxy = try await TestServer.start { request in
            if let operation = WireOperation(request), operation.name == "AssumeRole",
                String(decoding: request.body, as: UTF8.self).contains(Self.other)
            {
                return .answer(operation.denial)
            }
            return await forward(request, to: world.endpoint).map { .answer($0) } ?? .hangUp
        }
        let planned = try await parapet(
            proxy.endpoint,
            [
                "plan", "--check", "root-access-key", "--region", "us-east-1", "--account",
                "\(Self.member),\(Self.other)", "--role-name", "Fixer", "--output", folder + "/plans",
            ])
        #expect(planned.status == 2, "\(planned)")
        #expect(planned.standardError.contains("account \(Self.other) has no plan"), "\(planned)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/plans") == ["\(Self.member).json"])
    }
}
