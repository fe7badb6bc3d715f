import AWSClient
import Basics
import Foundation
import Posture
import Remediation
import Testing

/// A plan and a journal are files that others may have touched: what is not theirs is refused, and what a crash cut off is not.
@Suite struct JournalTests {
    private static let plan = Plan(
        parapet: "0", account: "123456789012", partition: "aws", region: "us-east-1",
        caller: "arn:aws:iam::123456789012:user/alice", scanned: "2026-01-01T00:00:00Z", settings: Settings(),
        steps: [
            Step(
                "Enable rotation", on: "arn:aws:kms:us-east-1:123456789012:key/1", for: ["kms-key-rotation"],
                state: Observation(
                    APICall(.getKeyRotationStatus, in: "us-east-1", ["KeyId": "1"]), "Answer", .first(["a": 1]),
                    .members(["KeyRotationEnabled"])),
                before: ["KeyRotationEnabled": false],
                call: APICall(.enableKeyRotation, in: "us-east-1", ["KeyId": "1"]),
                after: ["KeyRotationEnabled": true],
                undo: APICall(.disableKeyRotation, in: "us-east-1", ["KeyId": "1"]))
        ])

    @Test func aPlanIsReadAsItWasWritten() throws {
        let file = PlanFile(Self.plan)
        let read = try PlanFile(parsing: file.bytes, from: "plan.json")
        #expect(read.plan == Self.plan)
        #expect(read.hash == file.hash && file.hash.count == 64)
        #expect(read.bytes == file.bytes)
        #expect(
            Self.plan.permissions == ["kms:DisableKeyRotation", "kms:EnableKeyRotation", "kms:GetKeyRotationStatus"])
    }

    @Test(arguments: [
        "", "x", "[]", "{}", "{\"hash\": 1}", "null", "\u{0}", "{\"schema\": \"parapet.plan/1\"}",
        String(repeating: "[", count: 5000),
    ])
    func whatIsNoPlanIsRefused(text: String) {
        #expect(throws: Failure.self) { try PlanFile(parsing: Array(text.utf8), from: "plan.json") }
    }

    @Test func aPlanThatWasChangedIsRefused() throws {
        let text = String(decoding: PlanFile(Self.plan).bytes, as: UTF8.self)
        for (old, new) in [("EnableKeyRotation", "DisableKeyRotation"), ("123456789012", "210987654321")] {
            let changed = text.replacing(old, with: new)
            #expect(changed != text)
            let failure = #expect(throws: Failure.self) {
                try PlanFile(parsing: Array(changed.utf8), from: "plan.json")
            }
            #expect(failure?.why.contains("changed after it was made") == true)
        }
    }

    @Test func aJournalCutAnywhereIsReadUpToTheLastWholeLine() throws {
        let folder = try JournalFolder(
            FileManager.default.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)").path)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let journal = try Journal(of: PlanFile(Self.plan), run: "one", in: folder, at: "2026-01-01T00:00:00Z")
        for state in [StepState.checked, .written, .verified] {
            var record = JournalRecord(.step, at: "2026-01-01T00:00:00Z")
            (record.step, record.state) = (1, state)
            try journal.write(record)
        }
        let whole = try #require(FileManager.default.contents(atPath: journal.path))
        let mode = try FileManager.default.attributesOfItem(atPath: journal.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        var seen: [StepState] = []
        for length in 0...whole.count {
            try whole.prefix(length).write(to: URL(filePath: journal.path))
            guard let run = try folder.runs().first else { continue }
            #expect(run.plan == Self.plan)
            if seen.last != run.progress.steps[0].state { seen.append(run.progress.steps[0].state) }
            // What is appended after a crash stands on a line of its own.
            let next = try Journal(goingOnWith: run)
            try next.write(JournalRecord(.ended, at: "2026-01-01T00:00:00Z"))
            #expect(try folder.runs().first?.progress.hasEnded == true)
        }
        #expect(seen == [.planned, .checked, .written, .verified])
    }

    @Test(arguments: ["\n", "x\n", "{}\n", "{\"event\":\"ended\",\"at\":\"\"}\n", "\u{FF}\n"])
    func whatIsNoJournalIsAnErrorThatNamesTheFile(text: String) throws {
        let folder = try JournalFolder(
            FileManager.default.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)").path)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try Data(text.utf8).write(to: URL(filePath: folder.path + "/bad.ndjson"))
        let failure = #expect(throws: Failure.self) { try folder.runs() }
        #expect(failure?.what.contains("bad.ndjson") == true)
    }

    @Test func onlyOneRunAppliesAtATime() throws {
        let folder = try JournalFolder(
            FileManager.default.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)").path)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let lock = try folder.locked()
        #expect(throws: Failure.self) { try folder.locked() }
        withExtendedLifetime(lock) {}
    }

    @Test func aRunStandsStillAtWhatIsNotSettledAndNeverGoesBack() {
        var progress = FixProgress(of: Self.plan)
        #expect(progress.next == 0)
        func tell(_ state: StepState, step: Int = 1) {
            var record = JournalRecord(.step, at: "")
            (record.step, record.state) = (step, state)
            progress.apply(record)
        }
        for state in [StepState.checked, .written, .failed, .refused, .unconfirmed] {
            tell(state)
            #expect(progress.next == 0, "\(state)")
        }
        tell(.verified)
        #expect(progress.next == nil)
        tell(.failed)
        tell(.failed, step: 0)
        tell(.failed, step: 9)
        #expect(progress.steps.map(\.state) == [.verified])
    }
}

/// A part of an answer is what the plan says, or an error: never nothing because the answer has another shape.
@Suite struct ObservationTests {
    private static let read = APICall(.listAccessKeys, in: "us-east-1")

    @Test func aPartIsFoundByNameListAndMembers() throws {
        let answer: JSON = ["keys": [["Id": "a", "on": true], ["Id": "b", "on": "false", "n": "14"]]]
        #expect(
            try Observation(Self.read, "Keys", .first(["Id": "b"]), .members(["N"])).part(of: answer) == ["N": "14"])
        #expect(try Observation(Self.read, "Keys", .first(["Id": "c"]), .members(["N"])).part(of: answer) == .null)
        #expect(try Observation(Self.read).part(of: answer) == answer)
        #expect(try Observation(Self.read, "Keys", .first(["Id": "c"])).part(of: ["keys": ""]) == .null)
        #expect(try Observation(Self.read, "Keys").part(of: .null) == .null)
    }

    @Test(arguments: [[:], ["keys": 1], ["keys": "x"], ["keys": [:]], [1], "x"] as [JSON])
    func anAnswerOfAnotherShapeIsAnError(answer: JSON) {
        #expect(throws: Failure.self) {
            try Observation(Self.read, "Keys", .first(["Id": "b"]), .members(["N"])).part(of: answer)
        }
    }

    @Test func whatIsOffOrLeftOutIsTheSame() {
        #expect((["a": 14, "b": false, "c": .null] as JSON).isSame(as: ["a": "14"]))
        #expect((["a": true] as JSON).isSame(as: ["a": "true"]))
        #expect(!(["a": 14] as JSON).isSame(as: ["a": 15]))
        #expect(!(JSON.null).isSame(as: [:]), "no policy is not an empty one")
    }

    @Test func anOpenParameterIsFilledFromWhatWasSeen() throws {
        let call = APICall(
            .deleteFlowLogs, in: "us-east-1",
            ["FlowLogIds": [APICall.read("flowLogSet", .first(["resourceId": "vpc-1"]), "flowLogId")]])
        #expect(!call.isResolved)
        let answer: JSON = ["flowLogSet": [["resourceId": "vpc-1", "flowLogId": "fl-1"]]]
        let resolved = try call.resolved(by: answer, of: Self.read)
        #expect(resolved.isResolved && resolved.parameters == ["FlowLogIds": ["fl-1"]])
        #expect(throws: Failure.self) { try call.resolved(by: ["flowLogSet": ""], of: Self.read) }
        #expect(throws: Failure.self) { try call.resolved(by: [:], of: Self.read) }
    }
}
