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
        #expect(outcome.standardOutput.contains("AWS does not restore it."))
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
        let undone = try await parapet(world.endpoint, ["undo", run, "--yes", hash])
        #expect(undone.status == 0, "\(undone)")
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

    /// The members of an organization, as moto makes them, each with a short password policy.
    private func organization(_ world: FixWorld, _ count: Int) async throws -> [String] {
        try await world.call("organizations", "create_organization", ["FeatureSet": "ALL"])
        var accounts: [String] = []
        for number in 1...count {
            let status = try await world.call(
                "organizations", "create_account",
                ["AccountName": .string("member \(number)"), "Email": .string("member\(number)@example.com")])
            let account = try #require(status["CreateAccountStatus"]?["AccountId"]?.text)
            try await world.call("iam", "update_account_password_policy", ["MinimumPasswordLength": 8], of: account)
            accounts.append(account)
        }
        return accounts.sorted()
    }

    private func length(of account: String, in world: FixWorld) async throws -> JSON? {
        try await world.call("iam", "get_account_password_policy", of: account)["PasswordPolicy"]?[
            "MinimumPasswordLength"]
    }

    private static let lengthCheck = ["--check", "iam-password-policy-length", "--region", "us-east-1"]

    @Test func anOrganizationGetsAPlanForEachAccountThatIsAppliedToThatAccountAlone() async throws {
        let world = try await world()
        let members = try await organization(world, 2)
        let plans = folder + "/plans"
        let planned = try await parapet(
            world.endpoint, ["plan", "--organization", "--role-name", "Fixer", "--output", plans] + Self.lengthCheck)
        #expect(planned.status == 2, "\(planned)")
        // The management account has no password policy at all: its plan is its own, and needs no role.
        let names = try FileManager.default.contentsOfDirectory(atPath: plans).sorted()
        #expect(names == (members + ["123456789012"]).sorted().map { "\($0).json" })
        func plan(_ account: String) throws -> PlanFile {
            let path = "\(plans)/\(account).json"
            return try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: path))), from: path)
        }
        #expect(try plan("123456789012").plan.role == nil)
        for account in members {
            #expect(try plan(account).plan.account == account)
            #expect(try plan(account).plan.role == "Fixer")
            #expect(try plan(account).plan.caller.hasPrefix("arn:aws:sts::\(account):assumed-role/Fixer/"))
        }

        let hash = try plan(members[1]).hash
        let applied = try await parapet(
            world.endpoint, ["apply", "\(plans)/\(members[1]).json", "--yes", hash, "--format", "json"])
        #expect(applied.status == 0, "\(applied)")
        #expect(try JSON(parsing: applied.standardOutput)["account"] == .string(members[1]))
        #expect(try await length(of: members[1], in: world) == 14)
        #expect(try await length(of: members[0], in: world) == 8)
        await #expect(throws: MotoServer.Failure.self) { try await length(of: "123456789012", in: world) }
    }

    /// The member changes between plan and apply: the step is refused, and the caller's own account is not looked at.
    @Test func aMemberThatChangedSinceThePlanIsReportedAndLeftAlone() async throws {
        let world = try await world()
        let member = try await organization(world, 1)[0]
        let file = folder + "/plan.json"
        _ = try await parapet(
            world.endpoint,
            ["plan", "--account", member, "--role-name", "Fixer", "--output", file] + Self.lengthCheck)
        let hash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: file))), from: file).hash
        try await world.call("iam", "update_account_password_policy", ["MinimumPasswordLength": 10], of: member)
        let applied = try await parapet(world.endpoint, ["apply", file, "--yes", hash])
        #expect(applied.status == 1, "\(applied)")
        let words = applied.standardOutput.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(#"MinimumPasswordLength: expected "8", found "10""#), "\(applied)")
        #expect(words.contains("It changed nothing, so there is nothing to undo."), "\(applied)")
        #expect(try await length(of: member, in: world) == 10)
    }

    /// moto lets every role be assumed, so the proxy stands in for the trust policy of the member.
    @Test func aRoleThatCannotBeAssumedIsNamedWithTheCallerThatItMustTrust() async throws {
        let world = try await world()
        let member = try await organization(world, 1)[0]
        let file = folder + "/plan.json"
        let plan = ["plan", "--account", member, "--output", file] + Self.lengthCheck
        #expect(try await parapet(world.endpoint, plan + ["--role-name", "Fixer"]).status == 2)
        let hash = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: file))), from: file).hash
        let proxy = try await TestServer.start { request in
            if let operation = WireOperation(request), operation.name == "AssumeRole" {
                return .answer(operation.denial)
            }
            return await forward(request, to: world.endpoint).map { .answer($0) } ?? .hangUp
        }
        for outcome in [
            try await parapet(proxy.endpoint, plan + ["--role-name", "Fixer"]),
            try await parapet(proxy.endpoint, ["apply", file, "--yes", hash]),
        ] {
            #expect(outcome.status == 1, "\(outcome)")
            let told = outcome.standardError
            #expect(told.contains("the role arn:aws:iam::\(member):role/Fixer cannot be used"), "\(told)")
            #expect(told.contains("AccessDenied"), "\(told)")
            #expect(told.contains("check --account and --role-name, and that the role trusts arn:aws:"), "\(told)")
        }
        #expect(try await length(of: member, in: world) == 8)
        #expect(try await parapet(world.endpoint, ["list"]).standardOutput.contains("No run is recorded."))
    }

    /// Both stages reach the member through the role of the first plan, although the second names neither.
    @Test func theStagesOfARotationGoOnInTheMemberThroughItsRole() async throws {
        let world = try await world()
        let member = try await organization(world, 1)[0]
        try await world.call("iam", "create_user", ["UserName": "gone"], of: member)
        try await world.call(
            "iam", "create_login_profile", ["UserName": "gone", "Password": "Old-secret-1!"], of: member)
        let settings = folder + "/settings.yaml"
        try Data("unused-credential-days: 0\ndeletion-waiting-days: 0\n".utf8).write(to: URL(filePath: settings))
        // The member's users are as old as the test, and age has no other way into a member of moto.
        let aged = try await TestServer.start { request in
            guard var answer = await forward(request, to: world.endpoint) else { return .hangUp }
            if WireOperation(request)?.service == "iam" {
                var text = String(decoding: answer.body, as: UTF8.self)
                text = text.replacing(
                    /<CreateDate>[^<]*<\/CreateDate>/, with: "<CreateDate>2020-01-01T00:00:00Z</CreateDate>")
                if let content = text.firstMatch(of: /<Content>([^<]*)<\/Content>/)?.output.1,
                    let data = Data(base64Encoded: String(content)), let report = String(data: data, encoding: .utf8)
                {
                    let old = report.replacing(
                        /20[0-9][0-9]-[0-9-]*T[0-9:.]*(\+00:00|Z)?/, with: "2020-01-01T00:00:00+00:00")
                    text = text.replacing(content, with: Data(old.utf8).base64EncodedString())
                }
                answer.body = Array(text.utf8)
                answer.headers.removeAll { $0.name.lowercased() == "content-length" }
            }
            return .answer(answer)
        }
        func stage(_ name: String, _ words: [String]) async throws -> (file: PlanFile, run: String) {
            let file = "\(folder)/\(name).json"
            let planned = try await parapet(
                aged.endpoint, ["plan", "--config", settings, "--region", "us-east-1", "--output", file] + words)
            #expect(planned.status == 2 || planned.status == 0, "\(name): \(planned)")
            let plan = try PlanFile(parsing: Array(Data(contentsOf: URL(filePath: file))), from: file)
            #expect(plan.plan.account == member && plan.plan.role == "Fixer", "\(name): \(planned)")
            #expect(!plan.plan.steps.isEmpty, "\(name): \(planned)")
            let applied = try await parapet(
                aged.endpoint, ["apply", file, "--yes", plan.hash, "--format", "json"])
            #expect(applied.status == 0, "\(name): \(applied)")
            return (plan, try #require(try JSON(parsing: applied.standardOutput)["run"]?.text))
        }
        let first = try await stage(
            "disable", ["--check", "iam-user-unused", "--account", member, "--role-name", "Fixer"])
        #expect(first.file.plan.steps.map(\.call.operation) == ["DeleteLoginProfile"])
        let second = try await stage("delete", ["--continue", first.run])
        #expect(second.file.plan.continues == first.run)
        #expect(second.file.plan.steps.last?.call.operation == "DeleteUser")
        await #expect(throws: MotoServer.Failure.self) {
            try await world.call("iam", "get_user", ["UserName": "gone"], of: member)
        }
        let undone = try await parapet(aged.endpoint, ["undo", second.run])
        #expect(undone.status == 2 && undone.standardOutput.contains("Nothing of it can be undone."), "\(undone)")
        #expect(try await parapet(aged.endpoint, ["list"]).standardOutput.contains("done, cannot be undone"))
    }
}
