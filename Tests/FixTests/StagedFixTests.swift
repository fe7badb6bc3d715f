import AWSClient
import Basics
import Foundation
import Posture
import Practices
import Remediation
import Reports
import Synchronization
import Testing
import TestSupport

/// What fixes of identities do beside what every fix does.
extension FixTests {
    @Test func usersWithTheSamePoliciesShareAGroupAndOneThatHasItsGroupsPolicyStaysThere() async throws {
        let world = try await FixWorld.lent
        let scenario = try #require(FixScenario.all.first { $0.fix == "user-policies-to-group" })
        _ = try await world.prepared(for: scenario)
        let planned = try await Planned.make(world.endpoint, checks: scenario.checks)
        _ = try await apply(planned.file, to: world.endpoint, in: try TemporaryJournals())
        let iam = try #require(try await world.state()["iam"])
        let groups = ["alice", "bob", "carol", "dora"].map { iam["users"]?[$0]?["groups"] ?? .null }
        let (new, old): (JSON, JSON) = (["IAMReadOnlyAccess-home-users"], ["readers"])
        #expect(groups == [new, new, old, old])
        #expect(iam["groups"]?.object?.names == ["IAMReadOnlyAccess-home-users", "readers"])
    }

    /// A stranger in a new group keeps its policies; the users get theirs back.
    @Test func undoingLeavesANewGroupThatHasOtherMembers() async throws {
        let world = try await FixWorld.lent
        let scenario = try #require(FixScenario.all.first { $0.fix == "user-policies-to-group" })
        let before = try await world.prepared(for: scenario)
        let planned = try await Planned.make(world.endpoint, checks: scenario.checks)
        let journals = try TemporaryJournals()
        _ = try await apply(planned.file, to: world.endpoint, in: journals)
        let group = "IAMReadOnlyAccess-home-users"
        let whole = try await world.state()["iam"]?["groups"]?[group]
        try await world.call("iam", "create_user", ["UserName": "eve"])
        try await world.call("iam", "add_user_to_group", ["GroupName": .string(group), "UserName": "eve"])

        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.next == nil, "\(undone.progress.steps)")
        for (step, progress) in zip(undone.plan.steps, undone.progress.steps) {
            let isOfGroup = step.resource.hasSuffix("group/\(group)")
            #expect(progress.state == (isOfGroup ? .stays : .verified), "\(step.title): \(progress)")
        }
        let iam = try await world.state()["iam"]
        #expect(iam?["groups"]?[group] == whole)
        for user in ["alice", "bob", "carol", "dora"] {
            #expect(iam?["users"]?[user] == before["iam"]?["users"]?[user], "\(user)")
        }
    }

    /// All checks on users together: what is unused is disabled, and gets no new key and no group.
    @Test func onePlanNeitherRotatesNorMovesWhatItDisables() async throws {
        let world = try await FixWorld.lent
        try await world.reset()
        world.folder.empty()
        try await world.makeUsers([
            "idle": .init(keys: [.init(made: 300)], password: 200),
            "half": .init(keys: [.init(made: 300)], password: 1),
            "works": .init(keys: [.init(made: 300, used: 1)]),
        ])
        for user: JSON in ["idle", "half", "works"] {
            try await world.call(
                "iam", "attach_user_policy",
                ["UserName": user, "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"])
        }
        let settings = Settings { $0.handOver = world.folder.path }
        func plan(_ checks: Set<String>) async throws -> PlanFile {
            try await Planned.make(world.endpoint, checks: checks, settings: settings).file
        }
        func users(_ operation: String, in file: PlanFile) -> [String] {
            file.plan.steps.filter { $0.call.operation == operation }
                .compactMap { $0.call.parameters["UserName"]?.text }.sorted()
        }
        let alone = try await plan(["iam-access-key-rotation"])
        #expect(users("CreateAccessKey", in: alone) == ["works"])
        #expect(alone.plan.leftOut.count == 2 && alone.plan.leftOut[0].reason.contains("is unused for 300 days"))

        let file = try await plan([
            "iam-access-key-rotation", "iam-user-unused", "iam-password-unused", "iam-access-key-unused",
            "iam-user-no-policies",
        ])
        #expect(users("CreateAccessKey", in: file) == ["works"])
        #expect(users("UpdateAccessKey", in: file) == ["half", "idle"])
        #expect(users("AddUserToGroup", in: file) == ["half", "works"])
        let reasons = file.plan.leftOut.filter { $0.resource.hasSuffix("user/idle") }.map(\.reason)
        #expect(reasons.contains { $0.contains("disables the user") }, "\(reasons)")
        #expect(reasons.contains { $0.contains("as unused") }, "\(reasons)")
        let applied = try await apply(file, to: world.endpoint, in: try TemporaryJournals())
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
    }

    /// The last step of each policy rests on those before, whatever became of them.
    @Test func aPolicyStaysWithTheUserIfTheGroupLacksItOrTheUserIsNoMember() async throws {
        let world = try await FixWorld.lent
        let scenario = try #require(FixScenario.all.first { $0.fix == "user-policies-to-group" })
        let before = try await world.prepared(for: scenario)
        let planned = try await Planned.make(world.endpoint, checks: scenario.checks)
        for operation in ["DetachUserPolicy", "DeleteUserPolicy"] {
            var plan = planned.file.plan
            plan.steps.removeAll { $0.call.operation != operation }
            let progress = try await apply(PlanFile(plan), to: world.endpoint, in: try TemporaryJournals())
            #expect(progress.steps.first?.state == .refused)
        }
        #expect(try await world.state() == before)
    }

    @Test func aGroupThatSettingsNameIsDeclinedIfSomebodysAccessWouldChange() async throws {
        let world = try await FixWorld.lent
        let scenario = try #require(FixScenario.all.first { $0.fix == "user-policies-to-group" })
        _ = try await world.prepared(for: scenario)
        let settings = Settings { $0.userGroups = ["readers": ["alice"], "home": ["b*"]] }
        let plan = try await Planned.make(world.endpoint, checks: scenario.checks, settings: settings).file.plan
        let declined = plan.leftOut.filter { $0.resource.hasSuffix("user/alice") }
        #expect(declined.count == 1 && declined[0].reason.hasPrefix("the access of alice, carol would change"))
        #expect(plan.steps.contains { $0.title == "Create the group home" })
        #expect(plan.steps.contains { $0.title == "Add bob to the group home" })
        #expect(!plan.steps.contains { $0.resource.hasSuffix("user/alice") })
    }

    @Test func aDisabledUserIsDeletedByALaterPlanAfterTheWaitingTime() async throws {
        let world = try await FixWorld.lent
        let scenario = try #require(FixScenario.all.first { $0.checks.contains("iam-user-unused") })
        _ = try await world.prepared(for: scenario)
        try await world.call(
            "iam", "put_user_policy",
            [
                "UserName": "gone", "PolicyName": "own",
                "PolicyDocument":
                    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#,
            ])
        let planned = try await Planned.make(for: scenario, in: world)
        let step = try #require(planned.file.plan.steps.last { $0.later != nil })
        #expect(step.later?.what == "delete the user gone" && step.later?.days == 35)
        _ = try await apply(planned.file, to: world.endpoint, in: try TemporaryJournals())

        func later(_ days: Double) async throws -> Plan {
            let done = Date(timeIntervalSinceNow: -86_400 * days)
            return try await Planned.make(
                world.endpoint, checks: scenario.checks, settings: scenario.settings(in: world),
                continuing: [
                    Fix.Target(.user(name: "gone", arn: step.resource), after: step, done: done)
                ]
            ).file.plan
        }
        let early = try await later(34)
        #expect(early.steps.isEmpty && early.leftOut.allSatisfy { $0.reason.hasPrefix("it waits 35 days") })
        let plan = try await later(36)
        #expect(plan.steps.last?.title == "Delete the user gone" && plan.steps.last?.risk == .irreversible)
        let progress = try await apply(PlanFile(plan), to: world.endpoint, in: try TemporaryJournals())
        #expect(progress.steps.allSatisfy { $0.state == .verified }, "\(progress.steps)")
        #expect(try await world.state()["iam"]?["users"]?.object?.names == ["here"])
    }

    /// Sources that another rule admits do not lose access; what was rejected, or went elsewhere, used nothing.
    @Test func flowLogsShowWhoUsedARule() async throws {
        let world = try await FixWorld.lent
        let scenario = try #require(FixScenario.all.first { $0.fix == "security-group-ports" })
        _ = try await world.prepared(for: scenario)
        let group = try #require(
            try await world.state()["us-east-1"]?["rules"]?.object?.members.first {
                $0.value.elements?.contains { $0["CidrIpv4"] == "10.0.0.0/8" } == true
            }?.name)
        let subnet = try await world.call("ec2", "describe_subnets")["Subnets"]?[0]?["SubnetId"] ?? .null
        let interface = try #require(
            try await world.call(
                "ec2", "create_network_interface", ["SubnetId": subnet, "Groups": [.string(group)]]
            )["NetworkInterface"]?["NetworkInterfaceId"]?.text)
        let flows = [
            ("198.51.100.7", 22, "ACCEPT"), ("198.51.100.7", 22, "ACCEPT"), ("10.1.2.3", 22, "ACCEPT"),
            ("203.0.113.9", 22, "ACCEPT"), ("192.0.2.1", 22, "REJECT"), ("192.0.2.2", 443, "ACCEPT"),
        ]
        let lines = flows.map {
            "2 123456789012 \(interface) \($0.0) 172.31.0.5 50000 \($0.1) 6 10 840 1767225600 1767225660 \($0.2) OK"
        }
        var traffic = SeenTraffic()
        for flow in flows where flow.2 == "ACCEPT" {
            let source = try #require(IPAddress(flow.0))
            traffic.add(
                SeenTraffic.Flow(interface: interface, transport: 6, port: flow.1, source: source), at: 1_767_225_600)
        }
        let plan = try await Planned.make(
            world.endpoint, checks: scenario.checks, settings: scenario.settings(in: world), traffic: traffic
        ).file.plan
        let step = try #require(
            plan.steps.first { $0.title.hasPrefix("Remove the rule") && $0.title.contains("port 22/") })
        #expect(
            step.reach.first
                == "In the flow logs from 2026-01-01T00:00:00Z to 2026-01-01T00:00:00Z 1 source used the rule alone "
                + "(records): 198.51.100.7 (2).")
        #expect(step.notes.last == "{source: 198.51.100.7/32, ports: [22], groups: [\(group)]}")
        let other = try #require(plan.steps.first { $0.title.contains("27017") && $0.title.hasPrefix("Remove") })
        #expect(other.reach.first?.hasSuffix("no source used the rule alone.") == true)

        let file = FileManager.default.temporaryDirectory.appending(path: "flows-\(UUID().uuidString).log").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file))
        let outcome = try await Subprocess.run(
            Repository.parapet,
            [
                "fix", "plan", "--check", "security-group-ssh", "--region", "us-east-1", "--logs", file, "--format",
                "json",
            ],
            environment: [
                "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": world.endpoint, "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "HOME": "/nowhere",
            ])
        // Without the setting, the office is one of those who lose access.
        #expect(
            outcome.standardOutput.contains(
                "2 sources used the rule alone (records): 198.51.100.7 (2), 203.0.113.9 (1)"))
    }

    /// A rule that reaches further keeps only the findings of its own ports from being fixed.
    @Test func aBroadRuleLeavesTheExactRulesOfOtherChecks() async throws {
        let world = try await FixWorld.lent
        try await world.reset()
        let group =
            try await world.call(
                "ec2", "create_security_group", ["GroupName": "open", "Description": "Open"])["GroupId"] ?? .null
        for (first, last, ranges) in [
            (20, 25, ["0.0.0.0/0"]), (22, 22, ["0.0.0.0/0"]), (3306, 3306, ["0.0.0.0/1", "128.0.0.0/1"]),
        ] {
            try await world.call(
                "ec2", "authorize_security_group_ingress",
                [
                    "GroupId": group,
                    "IpPermissions": [
                        [
                            "IpProtocol": "tcp", "FromPort": .int(first), "ToPort": .int(last),
                            "IpRanges": .array(ranges.map { ["CidrIp": .string($0)] }),
                        ]
                    ],
                ])
        }
        let checks: Set = ["security-group-ssh", "security-group-mysql"]
        let plan = try await Planned.make(world.endpoint, checks: checks).file.plan
        #expect(plan.steps.map(\.checks) == [["security-group-mysql"], ["security-group-mysql"]])
        #expect(plan.steps.allSatisfy { $0.title.contains("port 3306/tcp") })
        #expect(plan.leftOut.map(\.check) == ["security-group-ssh"])
        #expect(plan.leftOut.first?.reason.contains("reaches more than the ports of failing checks") == true)
    }

    @Test func aPolicyIsNarrowedToWhatItsHoldersUsedAsANewVersion() async throws {
        let world = try await FixWorld.lent
        try await world.reset()
        try await world.makeUsers(["alice": .init(), "bob": .init()])
        let document: JSON = [
            "Version": "2012-10-17",
            "Statement": [
                ["Sid": "Mixed", "Effect": "Allow", "Action": ["s3:*", "ec2:Describe*", "sqs:*"], "Resource": "*"],
                ["Sid": "Kept", "Effect": "Allow", "Action": ["iam:GetUser"], "Resource": "*"],
                ["Sid": "Gone", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": "*"],
            ],
        ]
        let arn =
            try await world.call(
                "iam", "create_policy",
                ["PolicyName": "work", "PolicyDocument": .string(document.written(.compact))])["Policy"]?["Arn"]
            ?? .null
        for user: JSON in ["alice", "bob"] {
            try await world.call("iam", "attach_user_policy", ["UserName": user, "PolicyArn": arn])
        }
        // Four more versions: the oldest but the default must make room.
        for _ in 1...4 {
            try await world.call(
                "iam", "create_policy_version",
                ["PolicyArn": arn, "PolicyDocument": .string(document.written(.compact))])
        }
        let now = Moment(Date()).description.replacing("Z", with: "+00:00")
        let users = "arn:aws:iam::123456789012:user"
        try await world.tell([
            "services": ["\(users)/alice": ["s3": .string(now)], "\(users)/bob": ["sqs": .string(now)]]
        ])
        let checks: Set = ["iam-unused-permissions"]
        let planned = try await Planned.make(world.endpoint, checks: checks)
        #expect(planned.file.plan.steps.map(\.call.operation) == ["DeletePolicyVersion", "CreatePolicyVersion"])
        #expect(
            planned.file.plan.steps.last?.reach == [
                "Removed: ec2:Describe*, sns:Publish. Not used for 90 days by alice, bob."
            ])
        let journals = try TemporaryJournals()
        let applied = try await apply(planned.file, to: world.endpoint, in: journals)
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
        let after = try #require(try await world.state()["iam"]?["policies"]?["work"])
        let version = try #require(after["default"]?.text)
        #expect(version != "v1" && after["versions"]?.object?.members.count == 5)
        let statements = after["versions"]?[version]?["Statement"]?.elements
        #expect(statements?.map { $0["Sid"]?.text } == ["Mixed", "Kept"])
        #expect(statements?.first?["Action"] == ["s3:*", "sqs:*"])

        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.next == nil && undone.plan.leftOut.count == 1)
        #expect(try await world.state()["iam"]?["policies"]?["work"]?["default"] == "v1")
    }

    /// Of a used service, a single action goes if AWS tracks it for each holder and none used it. What one holder used, what
    /// is not tracked for one, and wildcards stay.
    @Test func aPolicyIsNarrowedBySingleActions() async throws {
        let world = try await FixWorld.lent
        try await world.reset()
        try await world.makeUsers(["alice": .init(), "bob": .init()])
        let document: JSON = [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Effect": "Allow",
                    "Action": [
                        "ec2:RunInstances", "ec2:StopInstances", "ec2:TerminateInstances", "ec2:Describe*",
                        "ec2:CreateTags",
                    ], "Resource": "*",
                ]
            ],
        ]
        let arn =
            try await world.call(
                "iam", "create_policy",
                ["PolicyName": "work", "PolicyDocument": .string(document.written(.compact))])["Policy"]?["Arn"]
            ?? .null
        for user: JSON in ["alice", "bob"] {
            try await world.call("iam", "attach_user_policy", ["UserName": user, "PolicyArn": arn])
        }
        let now: JSON = .string(Moment(Date()).description.replacing("Z", with: "+00:00"))
        let users = "arn:aws:iam::123456789012:user"
        try await world.tell([
            "services": [
                "\(users)/alice": [
                    "ec2": now, "ec2:RunInstances": .null, "ec2:StopInstances": .null, "ec2:TerminateInstances": .null,
                ],
                "\(users)/bob": ["ec2": now, "ec2:RunInstances": .null, "ec2:StopInstances": now],
            ]
        ])
        let planned = try await Planned.make(world.endpoint, checks: ["iam-unused-permissions"])
        #expect(planned.file.plan.steps.map(\.call.operation) == ["CreatePolicyVersion"])
        #expect(
            planned.file.plan.steps.last?.reach == [
                "Removed: ec2:RunInstances. Not used for 90 days by alice, bob."
            ])
        let journals = try TemporaryJournals()
        let applied = try await apply(planned.file, to: world.endpoint, in: journals)
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.next == nil)
        #expect(try await world.state()["iam"]?["policies"]?["work"]?["default"] == "v1")
    }

    /// A password that undoing gives is in the file and nowhere else.
    @Test func undoingTheRemovalOfAPasswordHandsANewOneOver() async throws {
        let world = try await FixWorld.lent
        let scenario = try #require(FixScenario.all.first { $0.checks.contains("iam-user-unused") })
        _ = try await world.prepared(for: scenario)
        let journals = try TemporaryJournals()
        let plan = try await Planned.make(for: scenario, in: world)
        _ = try await apply(plan.file, to: world.endpoint, in: journals)
        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.next == nil)
        let password = try #require(world.folder.files["gone.password"]?.split(separator: " ").last)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(password.count == 128)
        for (name, text) in journals.texts { #expect(!text.contains(password), "\(name)") }
        #expect(!String(decoding: PlanFile(undone.plan).bytes, as: UTF8.self).contains(password))
    }

    private static let passwordChecks: Set = ["iam-user-unused", "iam-password-unused"]

    /// A user who left, with a password alone.
    private func formerUser() async throws -> FixWorld {
        let world = try await FixWorld.lent
        try await world.reset()
        try await world.makeUsers(["gone": .init(password: 200)])
        return world
    }

    /// Undoing creates the secret, since a removal that is never undone needs none.
    @Test func undoingTheRemovalOfAPasswordHandsANewOneOverInSecretsManager() async throws {
        let world = try await formerUser()
        let before = try await world.state()
        let settings = Settings { $0.handOver = "secretsmanager:ops/" }
        for name in ["ops/gone-password", "ops/gone-password-2"] {
            let file = try await Planned.make(world.endpoint, checks: Self.passwordChecks, settings: settings).file
            #expect(file.plan.steps.map(\.call.operation) == ["DeleteLoginProfile"])
            #expect(
                Set(file.plan.permissions).isSuperset(of: [
                    "iam:CreateLoginProfile", "secretsmanager:CreateSecret", "secretsmanager:PutSecretValue",
                ]))
            let text = PlanReport(file).table(TerminalText())
            #expect(text.contains("Risk: 1 reversible with loss (step 1)"), "\(text)")
            #expect(text.contains("loss     The password, which cannot be read: undoing sets a new one"), "\(text)")
            #expect(text.contains("reach    last used 200 days ago, created 20"), "\(text)")
            #expect(text.contains("secret   If undone: The password is written to secret ops/gone-password"), "\(text)")

            let journals = try TemporaryJournals()
            _ = try await apply(file, to: world.endpoint, in: journals)
            #expect(try await world.state()["iam"]?["users"]?["gone"]?["password"] == false)
            let undone = try await undo(to: world.endpoint, in: journals)
            #expect(undone.plan.steps.map(\.call.operation) == ["CreateSecret", "CreateLoginProfile"])
            #expect(undone.progress.steps.allSatisfy { $0.state == .verified }, "\(undone.progress.steps)")
            #expect(try await world.state() == before)
            let value = try await secret(name, in: world)
            #expect(value["UserName"] == "gone")
            let password = try #require(value["Password"]?.text)
            #expect(password.count == 128)
            for (name, text) in journals.texts { #expect(!text.contains(password), "\(name)") }
        }
    }

    private func secret(_ name: String, in world: FixWorld) async throws -> JSON {
        let answer = try await world.call("secretsmanager", "get_secret_value", ["SecretId": .string(name)])
        return try JSON(parsing: answer["SecretString"]?.text ?? "")
    }

    /// No password takes effect that the secret does not hold; the password that is in effect is the secret's.
    @Test(arguments: ["PutSecretValue", "CreateLoginProfile"])
    func aNewPasswordThatIsDeniedIsTakenUpAgain(_ denied: String) async throws {
        let world = try await formerUser()
        let settings = Settings { $0.handOver = "secretsmanager:ops/" }
        let file = try await Planned.make(world.endpoint, checks: Self.passwordChecks, settings: settings).file
        let journals = try TemporaryJournals()
        _ = try await apply(file, to: world.endpoint, in: journals)
        let sent = Mutex<[String]>([])
        let isDenied = Mutex(true)
        let proxy = try await TestServer.start { request in
            if WireOperation(request)?.name == denied, isDenied.withLock({ $0 }) {
                return .answer(WireOperation(request)?.denial ?? HTTPResponse(status: 403))
            }
            if WireOperation(request)?.name == "CreateLoginProfile" {
                sent.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
            }
            return await forward(request, to: world.endpoint).map { .answer($0) } ?? .hangUp
        }
        let run = try #require(try journals.folder.runs().last)
        let plan = PlanFile(try await run.undoing(fixClient(proxy.endpoint), caller: testGuards.caller))
        let broken = try await apply(plan, to: proxy.endpoint, in: journals)
        #expect(broken.steps.map(\.state) == [.verified, .failed], "\(broken.steps)")
        #expect(broken.steps[1].detail?.contains("AccessDenied") == true)
        #expect(try await world.state()["iam"]?["users"]?["gone"]?["password"] == false)
        isDenied.withLock { $0 = false }
        let resumed = try await apply(plan, to: proxy.endpoint, in: journals)
        #expect(resumed.next == nil, "\(resumed.steps)")
        let password = try #require(try await secret("ops/gone-password", in: world)["Password"]?.text)
        let encoded = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let body = try #require(sent.withLock { $0 }.last)
        #expect(body.removingPercentEncoding?.contains(password) == true || body.contains(encoded))
    }

    /// IAM's answer counts: the credential report, by which the check fails, can be four hours old.
    @Test func aPasswordThatWasUsedSinceTheReportStays() async throws {
        let world = try await formerUser()
        try await world.call("iam", "upload_ssh_public_key", ["UserName": "gone", "SSHPublicKeyBody": "ssh-rsa AAAA"])
        let planned = try await Planned.make(world.endpoint, checks: Self.passwordChecks)
        #expect(planned.file.plan.steps.map(\.call.operation) == ["DeleteLoginProfile", "UpdateSSHPublicKey"])
        #expect(planned.file.plan.steps[0].risk == .irreversible)

        // moto makes the report and the answer of one date, so the proxy tells a later one.
        let now = Moment(Date()).description
        let proxy = try await TestServer.start { request in
            guard var answer = await forward(request, to: world.endpoint) else { return .hangUp }
            if WireOperation(request)?.name == "GetUser" {
                let text = String(decoding: answer.body, as: UTF8.self)
                answer.body = Array(
                    text.replacing(
                        /<PasswordLastUsed>[^<]*<\/PasswordLastUsed>/,
                        with: "<PasswordLastUsed>\(now)</PasswordLastUsed>"
                    ).utf8)
                answer.headers.removeAll { $0.name.lowercased() == "content-length" }
            }
            return .answer(answer)
        }
        let later = try await Planned.make(proxy.endpoint, checks: Self.passwordChecks).file.plan
        #expect(later.steps.isEmpty)
        #expect(
            later.leftOut.allSatisfy { $0.reason == "IAM now shows use within 45 days: the password" }
                && later.leftOut.count == 2, "\(later.leftOut)")

        let progress = try await apply(planned.file, to: proxy.endpoint, in: try TemporaryJournals())
        #expect(progress.steps[0].state == .refused)
        #expect(progress.steps[0].detail?.contains("PasswordLastUsed: expected") == true, "\(progress.steps[0])")
        #expect(try await world.state()["iam"]?["users"]?["gone"]?["password"] == true)
    }

    /// Without a place for a new password, nothing undoes the removal, and other tools get what replaces the step.
    @Test func aPasswordWithoutAPlaceForANewOneIsRemovedForGood() async throws {
        let world = try await formerUser()
        let file = try await Planned.make(world.endpoint, checks: Self.passwordChecks).file
        let markdown = PlanReport(file).markdown
        #expect(markdown.contains("Risk: 1 irreversible (step 1)"), "\(markdown)")
        #expect(markdown.contains("| loss | `The password, which cannot be read: an administrator sets a new one."))
        let commands = PlanReport(file).commands
        #expect(
            commands.contains(
                #"aws iam delete-login-profile --region us-east-1 --cli-input-json '{"UserName":"gone"}'"#))
        #expect(commands.contains("# not restored by undoing: The password, which cannot be read"))
        let steps = file.plan.steps.map { ($0.title, $0.call) }
        #expect(
            InfrastructureCode(steps, in: .terraform).rest == [
                "Remove the password of gone (iam:DeleteLoginProfile): remove the aws_iam_user_login_profile of user gone"
            ])
        #expect(
            InfrastructureCode(steps, in: .cloudformation).rest.first?.contains("LoginProfile from the AWS::IAM::User")
                == true)
        let journals = try TemporaryJournals()
        try await runCommands(of: file, at: world.endpoint, in: journals)
        let progress = try await apply(file, to: world.endpoint, in: journals)
        #expect(progress.steps.map(\.state) == [.unneeded], "the commands removed it")
    }
}

extension TemporaryJournals {
    /// The content of each file.
    var texts: [String: String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return Dictionary(
            uniqueKeysWithValues: names.map {
                (
                    $0,
                    String(
                        decoding: FileManager.default.contents(atPath: "\(folder.path)/\($0)") ?? Data(), as: UTF8.self)
                )
            })
    }
}
