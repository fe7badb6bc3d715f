import AWSClient
import Basics
import Foundation
import Notifiers
import Store
import Synchronization
import TestSupport
import Testing

/// The command line, killed while a message is on its way.
@Suite struct KilledNotifyTests {
    private let folder = TemporaryFolder()

    private func process(_ arguments: [String], _ endpoint: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Repository.parapet)
        process.arguments = arguments
        process.environment = ["HOOK": endpoint + "/hook", "HOME": folder.path, "AWS_EC2_METADATA_DISABLED": "true"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }

    @Test func theNextRunSendsTheSameMessageAndTheOneAfterNothing() async throws {
        let seen = Mutex<[HTTPRequest]>([])
        let server = try await TestServer.start { request in
            let count = seen.withLock { seen in
                seen.append(request)
                return seen.count
            }
            return count == 1 ? .silence : .answer(HTTPResponse(status: 204))
        }
        let store = try Store(folder.file("a.db"))
        var hook = Notifier("hook", .webhook(address: .environment("HOOK"), secret: nil))
        hook.groupSeconds = 0
        let routing = NotifierRouting([hook])
        try store.change("the messages") { writer in
            for id in ["a", "b"] { try writer.add(routing.deliveries(for: Sample.alert(id), at: Date())) }
        }
        let config = try folder.write("notify:\n  hook: {type: webhook, url: {environment: HOOK}}\n", to: "c.yaml")
        let arguments = ["notify", "retry", "--send", "--config", config, "--db", folder.file("a.db")]

        let killed = try process(arguments, server.endpoint)
        try killed.run()
        for _ in 0..<1_000 where seen.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(10)) }
        kill(killed.processIdentifier, SIGKILL)
        try await Subprocess.status(of: killed)
        #expect(try store.deliveries().map(\.state) == [.waiting, .waiting])

        for _ in 0..<2 {
            let next = try process(arguments, server.endpoint)
            try next.run()
            #expect(try await Subprocess.status(of: next) == 0)
        }
        let requests = seen.withLock { $0 }
        try #require(requests.count == 2)
        #expect(requests[0][header: "Idempotency-Key"] == requests[1][header: "Idempotency-Key"])
        let items = try requests.map { try JSON(parsing: String(decoding: $0.body, as: UTF8.self))["items"] }
        #expect(items[0] == items[1] && items[0]?.elements?.count == 2)
        #expect(try store.deliveries().allSatisfy { $0.state != .waiting && $0.sent != nil })
    }

    @Test func theListShowsWhatWasGivenUpAndRetryQueuesIt() async throws {
        let store = try Store(folder.file("a.db"))
        let routing = NotifierRouting([Notifier("hook", .stdout)])
        var dead = try #require(routing.deliveries(for: Sample.alert("a", title: "T\u{1B}[31m"), at: Date()).first)
        (dead.state, dead.error, dead.attempts) = (.dead, "it answered 404", 1)
        let delivery = dead
        try store.change("the messages") { try $0.add([delivery]) }
        func run(_ words: String...) async throws -> Subprocess.Outcome {
            try await Subprocess.run(
                Repository.parapet, ["notify"] + words + ["--db", folder.file("a.db")],
                environment: ["HOME": folder.path])
        }
        let table = try await run("list")
        #expect(table.status == 0)
        #expect(table.standardOutput.contains("it answered 404") && !table.standardOutput.contains("\u{1B}"))
        let json = try JSON(parsing: try await run("list", "--format", "json").standardOutput)
        #expect(json["messages"]?[0]?["state"]?.text == "dead")
        for verb in ["retry", "list"] {
            let other = try await run(verb, "other")
            #expect(other.status == 1 && other.standardError.contains("use hook"), "\(other.standardError)")
        }
        #expect(try await run("retry", "--number", "1").standardOutput == "1 message queued again\n")
        #expect(try await run("retry", "--number", "1").status == 1)
        #expect(try await run("list").standardOutput.contains("waits until"))
        let missing = try await Subprocess.run(
            Repository.parapet, ["notify", "list", "--db", folder.file("none.db")], environment: ["HOME": folder.path])
        #expect(missing.status == 1 && missing.standardError.contains("the file does not exist"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("none.db")))
    }

    @Test func aTestReportsWhatCameBack() async throws {
        let server = try await TestServer.start { request in
            .answer(HTTPResponse(status: request.path == "/good" ? 204 : 404, body: Array("nobody here".utf8)))
        }
        let config = try folder.write(
            "notify:\n  good: {type: webhook, url: \(server.endpoint)/good}\n  bad: {type: webhook, url: \(server.endpoint)/bad}\n",
            to: "c.yaml")
        func run(_ names: String...) async throws -> Subprocess.Outcome {
            try await Subprocess.run(
                Repository.parapet, ["notify", "test"] + names + ["--config", config],
                environment: ["HOME": folder.path])
        }
        let good = try await run("good")
        #expect(good.status == 0 && good.standardOutput.contains("good (webhook): accepted in"))
        let all = try await run()
        #expect(all.status == 1 && all.standardOutput.contains("bad (webhook): not sent: it answered 404: nobody here"))
        let fax = try await run("fax")
        #expect(fax.status == 64)
        #expect(fax.standardError.split(separator: "\n").count == 1)
        #expect(
            fax.standardError.contains("it has good, bad") && fax.standardError.contains("parapet notify test --help"))
    }
}
