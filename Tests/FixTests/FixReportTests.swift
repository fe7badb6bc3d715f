import AWSClient
import Basics
import Foundation
import Posture
import Remediation
import Reports
import Testing

/// What plans, results and lists say to a person, above all of what undoing does not restore.
@Suite struct FixReportTests {
    private let text = TerminalText()

    private func step(_ title: String, undo: Bool = true, losses: [String]? = nil) -> Step {
        let call = APICall(.updateAccessKey, in: "us-east-1", ["UserName": "alice", "Status": "Inactive"])
        return Step(
            title, on: "arn:aws:iam::123456789012:user/alice", state: Observation(call), before: ["Status": "Active"],
            call: call, after: ["Status": "Inactive"], undo: undo ? call : nil,
            risk: losses == nil ? .reversible : .reversibleWithLoss, losses: losses)
    }

    private func file(_ steps: [Step]) -> PlanFile {
        PlanFile(
            Plan(
                parapet: "0", account: "123456789012", partition: "aws", region: "us-east-1",
                caller: "arn:aws:iam::123456789012:user/operator", scanned: "2026-01-01T00:00:00Z",
                settings: Settings(),
                steps: steps))
    }

    /// A run whose steps are all in one state.
    private func run(_ steps: [Step], _ state: StepState = .verified) throws -> (result: FixResult, list: FixList) {
        let file = file(steps)
        let journals = try TemporaryJournals()
        let journal = try Journal(of: file, run: "run-1", in: journals.folder, at: "2026-01-01T00:00:00Z")
        for index in steps.indices {
            var record = JournalRecord(.step, at: "2026-01-01T00:00:01Z")
            (record.step, record.state) = (index + 1, state)
            try journal.write(record)
        }
        try journal.write(JournalRecord(.ended, at: "2026-01-01T00:00:02Z"))
        let runs = try journals.folder.runs()
        let progress = try #require(runs.first).progress
        return (FixResult(run: "run-1", plan: file.plan, progress: progress, remaining: []), FixList(runs))
    }

    @Test func aRunThatUndoingRestoresIsSaidToBeUndone() throws {
        let (result, list) = try run([step("one"), step("two")])
        #expect(result.table(text).hasSuffix("Run run-1. 'parapet fix undo run-1' undoes it.\n"))
        #expect(!list.table(text).contains("restore"))
        #expect(try JSON(parsing: result.json)["steps"]?[0]?["notRestored"] == nil)
    }

    @Test func aRunWithLossesNamesThemStepByStep() throws {
        let (result, list) = try run([step("one"), step("two", losses: ["The ID."])])
        let told = result.table(text)
        #expect(
            told.hasSuffix("Run run-1. 'parapet fix undo run-1' undoes it. Not restored:\n  - step 2: The ID.\n"),
            "\(told)")
        #expect(list.table(text).contains("  - undoing does not restore:\n    - step 2: The ID.\n"))
        #expect(try JSON(parsing: result.json)["steps"]?[1]?["notRestored"] == ["The ID."])
        #expect(try JSON(parsing: list.json)[0]?["steps"]?[1]?["notRestored"] == ["The ID."])
        #expect(try JSON(parsing: list.json)[0]?["steps"]?[1]?["risk"] == "reversible with loss")
    }

    @Test func aRunOfWhichAPartCannotBeUndoneIsNotSaidToBeUndone() throws {
        let (result, list) = try run([step("one", undo: false, losses: ["The key."]), step("two"), step("three")])
        let told = result.table(text)
        #expect(!told.contains("undoes it"))
        #expect(
            told.contains("'parapet fix undo run-1' undoes 2 of 3 steps. Not restored:\n  - step 1: The key.\n"),
            "\(told)")
        #expect(list.table(text).contains("run-1  done\n"))
    }

    @Test func aRunThatCannotBeUndoneSaysSo() throws {
        let (result, list) = try run([step("Delete it", undo: false)])
        let told = result.table(text)
        #expect(!told.contains("fix undo"))
        #expect(
            told.contains("Run run-1. It cannot be undone. Not restored:\n  - step 1: 'Delete it' cannot be undone.\n"),
            "\(told)")
        #expect(list.table(text).contains("run-1  done, cannot be undone\n"))
    }

    /// An undoing that stopped midway has undone some steps, and the plan of the run cannot be applied any more.
    @Test(arguments: [StepState.verified, .stays])
    func whatAnUnfinishedUndoingHasUndoneIsMarked(bucket: StepState) throws {
        let arn = "arn:aws:s3:::new"
        let state = Observation(APICall(.getBucketLocation, in: "us-east-1", ["Bucket": "new"]))
        func bucketStep(_ title: String, _ call: AWSClient.Operation, undo: AWSClient.Operation) -> Step {
            let (call, undo) = (APICall(call, in: "us-east-1"), APICall(undo, in: "us-east-1"))
            return Step(title, on: arn, state: state, before: .null, call: call, after: [:], undo: undo)
        }
        let steps = [
            bucketStep("Create it", .createBucket, undo: .deleteBucket),
            bucketStep("Block it", .putPublicAccessBlock, undo: .deletePublicAccessBlock), step("one"), step("two"),
        ]
        func undoing(_ step: Step) -> Step {
            Step(
                "Undo: \(step.title)", on: step.resource, state: step.state, before: step.after,
                call: step.undo ?? step.call, after: step.before, undo: step.call)
        }
        var plan = file([steps[3], steps[0], steps[2]].map(undoing)).plan
        plan.undoes = "run-1"
        let journals = try TemporaryJournals()
        func write(_ file: PlanFile, _ run: String, _ states: [StepState]) throws {
            let journal = try Journal(of: file, run: run, in: journals.folder, at: "2026-01-01T00:00:00Z")
            for (index, state) in states.enumerated() {
                var record = JournalRecord(.step, at: "2026-01-01T00:00:01Z")
                (record.step, record.state) = (index + 1, state)
                try journal.write(record)
            }
        }
        try write(file(steps), "run-1", [.verified, .verified, .verified, .verified])
        try write(PlanFile(plan), "run-2", [.verified, bucket, .failed])
        let list = FixList(try journals.folder.runs())
        let table = list.table(text)
        #expect(table.contains("run-1  undone in part by run-2: 'parapet fix undo run-1' continues\n"), "\(table)")
        #expect(table.contains("run-2  not finished: 'parapet fix undo run-1' continues it\n"), "\(table)")
        #expect(!table.contains("apply its plan"))
        let isDeleted = bucket == .verified
        let marks = try JSON(parsing: list.json)[0]?["steps"]?.elements?.map { $0["isUndone"] == true }
        #expect(marks == [isDeleted, isDeleted, false, true])
        #expect(table.contains("  - undone: two\n") && table.contains("  - done: one\n"), "\(table)")
        #expect(table.contains("  - \(isDeleted ? "undone" : "done"): Block it\n"), "\(table)")
    }

    /// A step that stopped because of a change stops again with the same plan.
    @Test func aPlanThatStoppedAtAChangeIsNotAdvisedAgain() throws {
        let journals = try TemporaryJournals()
        let journal = try Journal(
            of: file([step("one")]), run: "run-1", in: journals.folder, at: "2026-01-01T00:00:00Z")
        var record = JournalRecord(.step, at: "2026-01-01T00:00:01Z")
        (record.step, record.state) = (1, .refused)
        try journal.write(record)
        let table = FixList(try journals.folder.runs()).table(text)
        #expect(table.contains("run-1  not finished: make a new plan, or undo it\n"), "\(table)")
    }

    @Test func whatStaysIsNoSuccess() throws {
        let (result, _) = try run([step("Undo: one")], .stays)
        #expect(result.table(text).contains("✗ stays as it is: Undo: one"), "\(result.table(text))")
    }

    @Test func aCallThatTurnsASettingOffShowsAnEmptyParameter() {
        var off = step("Log access")
        off.undo = APICall(.putBucketLogging, in: "us-east-1", ["BucketLoggingStatus": [:]])
        (off.before, off.after) = (.null, [:])
        let table = PlanReport(file([off])).table(text)
        #expect(table.contains("BucketLoggingStatus = {}\n") && table.contains("after    exists\n"), "\(table)")
    }

    /// What was so already is not undone, whatever its risk.
    @Test func aRunThatChangedNothingHasNothingToUndo() throws {
        let (result, list) = try run([step("one", undo: false, losses: ["The key."])], .unneeded)
        #expect(result.table(text).hasSuffix("Run run-1. It changed nothing, so there is nothing to undo.\n"))
        #expect(!list.table(text).contains("The key."))
    }

    /// A call whose outcome is not known may have taken effect.
    @Test func aStepThatMayHaveTakenEffectCounts() throws {
        let (result, _) = try run([step("one", undo: false, losses: ["The key."])], .unconfirmed)
        #expect(result.table(text).contains("It cannot be undone. Not restored:\n  - step 1: The key.\n"))
    }

    /// Plans of earlier versions have no losses: their notes had them.
    @Test func theLossesOfAnOldPlanAreItsNotes() {
        var old = step("one", losses: nil)
        (old.risk, old.notes) = (.reversibleWithLoss, ["Undoing adds the rule again, under another id."])
        #expect(old.notRestored == old.notes)
        old.risk = .reversible
        #expect(old.notRestored.isEmpty)
    }

    /// A name that turns the direction of writing could show another plan than the one that is applied.
    @Test func noOutputHasACharacterThatChangesTheDirection() throws {
        var turned = step("Remove \u{202E}eno\u{2066}\u{E0001}")
        turned.call = APICall(
            .updateAccessKey, in: "us-east-1",
            ["UserName": "a\u{202E}b", "AccessKeyId": "AKIA", "Status": "Inactive"])
        let file = file([turned])
        let report = PlanReport(file)
        let outputs = [
            String(decoding: file.bytes, as: UTF8.self), report.markdown, report.table(text), report.commands,
            try report.code(in: .terraform), try report.code(in: .cloudformation),
        ]
        for output in outputs {
            #expect(!output.unicodeScalars.contains { $0 != "\n" && $0.isUnsafeToShow }, "\(output.debugDescription)")
        }
        #expect(try PlanFile(parsing: file.bytes, from: "plan.json").plan == file.plan)
    }

    @Test func aPlanShowsEachParameterOfACallAndOnlyTheStatementsThatDiffer() {
        func statement(_ sid: JSON) -> JSON { ["Sid": sid, "Effect": "Deny"] }
        let policy: JSON = ["Version": "2012-10-17", "Statement": [statement("Old"), statement("New")]]
        var change = step("Add a statement")
        change.before = ["Version": "2012-10-17", "Statement": [statement("Old")]]
        change.after = policy
        change.call = APICall(
            .putBucketPolicy, in: "us-east-1", ["Bucket": "logs", "Policy": .string(policy.written(.compact))])
        change.undo = APICall(
            .deleteFlowLogs, in: "us-east-1",
            ["FlowLogIds": [APICall.read(.name("flowLogSet"), .first(["resourceId": "vpc-1"]), .name("flowLogId"))]])
        let table = PlanReport(file([change])).table(text)
        #expect(table.contains("  before   Statement: 1 unchanged\n"), "\(table)")
        #expect(
            table.contains(
                """
                  after    Statement: {"Effect": "Deny", "Sid": "New"}
                           Statement: 1 unchanged

                """), "\(table)")
        #expect(
            table.contains(
                """
                  call     s3:PutBucketPolicy in us-east-1
                           Bucket = logs
                           Policy = {"Statement": [{"Effect": "Deny", "Sid": "Old"}, {"Effect":

                """), "\(table)")
        #expect(table.contains("FlowLogIds = [<flowLogId that AWS gives>]\n"), "\(table)")
        let wide = table.split(separator: "\n").filter { $0.count > 80 }
        #expect(wide.isEmpty, "\(wide)")
    }
}
