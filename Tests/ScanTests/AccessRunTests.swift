import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Practices
import Reports
import Runs
import TestSupport
import Testing

/// Questions about access as a program asks them, without a command line.
@Suite struct AccessRunTests {
    private func run(_ snapshot: AccessSnapshot) -> AccessRun {
        AccessRun(AccountSelection(.snapshot(snapshot.path)))
    }

    private static let denied = Unknown(
        .accessDenied, call: "organizations:ListPoliciesForTarget", permission: "organizations:ListPoliciesForTarget",
        detail: "AccessDenied")

    @Test func anAnswerIsCleanWhateverItIs() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let run = run(snapshot)
        for (action, outcome) in [("s3:GetObject", "allowed"), ("s3:PutObject", "denied")] {
            let report = try await run.can("ann", AccessQuestion(action, on: AccessSnapshot.logs))
            #expect(report.outcome.rawValue == outcome)
            #expect(report.exitStatus == .clean)
        }
        #expect(try await run.whoCan(AccessQuestion("s3:GetObject", on: AccessSnapshot.logs)).exitStatus == .clean)
        #expect(try await run.whatCan("cid").exitStatus == .clean)
    }

    @Test func whatCouldNotBeReadLeavesTheAnswerUndetermined() async throws {
        let snapshot = try AccessSnapshot { $0[.organizationPolicies] = .unknown(Self.denied) }
        defer { snapshot.remove() }
        let run = run(snapshot)
        let report = try await run.can("ann", AccessQuestion("s3:GetObject", on: AccessSnapshot.logs))
        #expect(report.exitStatus == .undetermined)
        #expect(report.doubts.map(\.permission) == ["organizations:ListPoliciesForTarget"])
        // What could not be read can only take away: who cannot, still cannot.
        let refused = try await run.can("ann", AccessQuestion("s3:PutObject", on: AccessSnapshot.logs))
        #expect(refused.outcome == .denied)
        #expect(refused.exitStatus == .clean)
        #expect(
            try await run.whoCan(AccessQuestion("s3:GetObject", on: AccessSnapshot.logs)).exitStatus == .undetermined)
        #expect(try await run.escalations().exitStatus == .undetermined)
    }

    /// A scan reads the policy of every bucket and key, but not the settings that only trail buckets need.
    @Test func whatASnapshotHoldsOfEveryBucketAndKeyIsUsed() async throws {
        let key = EncryptionKey.sample.reference
        let snapshot = try AccessSnapshot { account in
            account[.buckets] = .known([ListedBucket(name: "invoices")])
            account[.everyBucketPolicy]["invoices"] = .known(
                PolicyDocument(
                    statements: """
                        {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::\(AccessSnapshot.account):user/cid"},
                         "Action":"s3:GetObject","Resource":"arn:aws:s3:::invoices/*"}
                        """))
            account[.everyKeyDescription][key] = .known(.sample)
            account[.everyKeyPolicy][key] = .known(
                PolicyDocument(
                    statements: """
                        {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::\(AccessSnapshot.account):user/cid"},
                         "Action":"kms:Decrypt","Resource":"*"}
                        """))
        }
        defer { snapshot.remove() }
        let run = run(snapshot)
        let read = try await run.can("cid", AccessQuestion("s3:GetObject", on: "arn:aws:s3:::invoices/x"))
        #expect(read.outcome == .allowed)
        #expect(read.exitStatus == .clean)
        let decrypt = try await run.can("cid", AccessQuestion("kms:Decrypt", on: key))
        #expect(decrypt.outcome == .allowed)
        #expect(decrypt.exitStatus == .clean)
    }

    /// Adds a user who can write policies for every user, also for itself.
    private static func addEscalating(to account: inout Account) {
        account[.identities] = account[.identities].map { identities throws(Unknown) in
            var identities = identities
            identities.users.append(
                AccessSnapshot.user("eve", #"{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}"#))
            return identities
        }
    }

    @Test func anEscalationThatAnUnreadPolicyMayCloseIsUndetermined() async throws {
        let snapshot = try AccessSnapshot { account in
            account[.organizationPolicies] = .unknown(Self.denied)
            Self.addEscalating(to: &account)
        }
        defer { snapshot.remove() }
        #expect(try await run(snapshot).escalations().exitStatus == .undetermined)
    }

    @Test func withoutAnAccountNothingIsAnswered() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "no-account-\(UUID().uuidString).parapet")
        defer { try? FileManager.default.removeItem(at: folder) }
        let reading = Snapshot.Reading(id: "1", started: Date(), finished: Date(), parapet: "0.1.0")
        try OutputFile.write(try Snapshot(reading: reading, accounts: []).encoded(), to: folder.path)
        let run = AccessRun(AccountSelection(.snapshot(folder.path)))
        let question = try AccessQuestion("s3:GetObject", on: AccessSnapshot.logs)
        let reports: [any AccessAnswer] = [
            try await run.can("ann", question), try await run.whoCan(question), try await run.whatCan("ann"),
            try await run.escalations(),
        ]
        for report in reports {
            #expect(report.exitStatus == .undetermined)
            for format in Format.common where format != .csv {
                let text = String(decoding: try report.report.bytes(format), as: UTF8.self)
                #expect(text.contains("no account was read"), "\(type(of: report)) \(format)")
            }
        }
        #expect(try AccessRun.evaluate(Array("[]".utf8), name: "x").exitStatus == .undetermined)
    }

    @Test func anEscalationIsFound() async throws {
        let snapshot = try AccessSnapshot { Self.addEscalating(to: &$0) }
        defer { snapshot.remove() }
        #expect(try await run(snapshot).escalations().exitStatus == .found)
    }

    @Test func aPrincipalThatNobodyIsIsAFailureWithTheNearest() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let run = run(snapshot)
        let failure = await #expect(throws: Failure.self) { try await run.whatCan("role/redaer") }
        #expect(failure?.advice.hasPrefix("similar: role/reader") == true)
    }

    /// Without what the principal holds there is nothing to compare the logs with.
    @Test func aSuggestionWithoutIdentitiesIsUndetermined() async throws {
        let snapshot = try AccessSnapshot { $0[.identities] = .unknown(Self.denied) }
        defer { snapshot.remove() }
        let run = run(snapshot)
        await #expect(throws: Unknown.self) { try await run.suggest("ann", from: LogPlaces(["/nonexistent"])) }
    }

    /// A bucket that never answers ends the reading when the time is up, and not the run's patience.
    @Test func theReadingOfLogsEndsWhenTheTimeIsUp() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let server = try await TestServer.start { request in
            if request.method != "POST" { try? await Task.sleep(for: .seconds(3600)) }
            return .answer(
                .xml(
                    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
                        + "<Arn>arn:aws:iam::123456789012:user/x</Arn></GetCallerIdentityResult>"
                        + "</GetCallerIdentityResponse>", status: 200))
        }
        let variables = [
            "AWS_ENDPOINT_URL": server.endpoint, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_REGION": "us-east-1",
        ]
        var run = run(snapshot)
        run.environment = RunEnvironment(AWSEnvironment(variables: variables, now: { Date() }))
        run.accounts.timeout = .seconds(1)
        let failure = await #expect(throws: Failure.self) {
            try await run.suggest("ann", from: LogPlaces(["s3://logs/"]))
        }
        #expect(failure?.why.contains("the time was up before all of its objects were listed") == true)
    }

    @Test(arguments: [
        ("GetObject", "*", [], "service:Name"), ("s3:Get*", "*", [], "matches many actions"),
        ("s3:GetObject", "logs", [], "is not an ARN"),
        ("s3:GetObject", "arn:aws:s3:::logs/*", [], "arn:aws:s3:::logs/x"),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:alias/a", [], "key's ARN"),
        ("s3:GetObjects", AccessSnapshot.logs, [], "Similar: s3:GetObject,"),
        ("iam:PassRol", "*", [], "Similar: iam:PassRole,"),
        ("s3:ListBucket", "*", ["aws:SourceIp"], "KEY=VALUE"), ("s3:ListBucket", "*", ["SourceIp=10.0.0.1"], "prefix"),
    ])
    func aSlipOfThePenIsNoQuestion(action: String, resource: String, context: [String], says: String) throws {
        let error = #expect(throws: InvalidInput.self) {
            try AccessQuestion(action, on: resource, context: context)
        }
        #expect(error?.description.contains(says) == true)
    }

    @Test(
        "a resource of a type that the action does not take is warned of",
        arguments: [
            ("s3:GetObject", "arn:aws:s3:::logs/x", nil), ("S3:getobject", "arn:aws:s3:::logs/a/b/c", nil),
            ("s3:GetObject", "arn:aws:s3:::logs", "s3:GetObject applies to resources of type"),
            ("s3:ListBucket", "arn:aws:s3:::logs/x", "has the type object"), ("s3:ListBucket", "*", nil),
            ("s3:ListBucket", "arn:aws:s3:::logs", nil),
            ("s3:ListAllMyBuckets", "arn:aws:s3:::logs", "does not support resource-level permissions"),
            ("iam:PassRole", "arn:aws:iam::123456789012:role/a/path/r", nil),
            ("iam:PassRole", "arn:aws:iam::123456789012:user/ann", "has the type user"),
            ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:f:live", nil),
            ("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/k", nil),
            ("sqs:SendMessage", "arn:aws-cn:sqs:cn-north-1:123456789012:q", nil),
            ("neverheard:Of", "*", "the service 'neverheard' is unknown"),
        ] as [(String, String, String?)])
    func typesOfResources(action: String, resource: String, says: String?) throws {
        let warnings = try AccessQuestion(action, on: resource).warnings
        #expect(warnings.count == (says == nil ? 0 : 1), "\(warnings)")
        #expect(says.map { warnings.first?.contains($0) == true } ?? true, "\(warnings)")
    }

    @Test("every permission that Parapet needs is an action of IAM")
    func ownPermissions() throws {
        let facets = Facet.closure(of: Catalogue.checks.reduce(into: []) { $0.formUnion($1.about.reads) })
        let permissions = Set(facets.flatMap(\.operations).map(\.permission))
        #expect(permissions.count > 40)
        for permission in permissions {
            #expect(try AccessQuestion(permission, on: "*").warnings.isEmpty)
        }
    }

    @Test func aKeyKeepsTheNameAsFirstWritten() throws {
        let question = try AccessQuestion(
            "s3:ListBucket", on: "*", context: ["aws:TagKeys=a", "AWS:tagkeys=b", "aws:PrincipalTag/x="])
        #expect(question.context == ["aws:TagKeys": ["a", "b"], "aws:PrincipalTag/x": []])
    }

    @Test func casesAreAnsweredAndOneThatCannotBeReadFails() throws {
        let answers = try AccessRun.evaluate(Array(#"[{"id": "b", "request": 3}]"#.utf8), name: "cases.json")
        #expect(answers.exitStatus == .failed)
        #expect(try AccessRun.evaluate(Array("[]".utf8), name: "cases.json").exitStatus == .undetermined)
        let failure = #expect(throws: Failure.self) { try AccessRun.evaluate(Array("{}".utf8), name: "cases.json") }
        #expect(failure?.what == "cases.json cannot be used")
    }
}
