import Foundation
import Testing

@testable import AWSClient

@Suite("credential_process")
struct ProcessCredentialsTests {
    private func credentials(_ command: String, timeout: Duration = .seconds(20)) async throws -> Credentials {
        try await ProcessCredentials(
            command: command, profile: "tool",
            environment: CredentialStage().environment(["PATH": "/usr/bin:/bin", "WHO": "ASIAENV"]),
            timeout: timeout
        ).credentials()
    }

    private static let key = #""AccessKeyId":"ASIATOOL","SecretAccessKey":"SECRETKEY""#

    @Test("What the program prints is read")
    func prints() async throws {
        let json = #"{"Version":1,\#(Self.key),"SessionToken":"SESSIONTOKEN","Expiration":"2026-01-31T13:00:00Z"}"#
        let read = try await credentials("printf '%s' '\(json)'")
        #expect(read.accessKeyID == "ASIATOOL")
        #expect(read.sessionToken == "SESSIONTOKEN")
        #expect(read.expiration == noon + 3600)
    }

    @Test("The program gets the environment, and no shell reads its line")
    func environment() async throws {
        let read = try await credentials(
            #"sh -c 'printf "{\"Version\":1,\"AccessKeyId\":\"$WHO\",\"SecretAccessKey\":\"SECRETKEY\"}"'"#)
        #expect(read.accessKeyID == "ASIAENV")
        await expectFailure("no credentials in JSON") { try await credentials("echo $(id) ; reboot") }
    }

    @Test(
        "Whatever goes wrong is told, with the program's own words",
        arguments: [
            ("/no/such/program --x", ["/no/such/program", "No such file"]),
            ("sh -c 'echo please log in >&2; echo SECRETKEY; exit 3'", ["status 3", "please log in"]),
            ("sh -c 'kill -9 $$'", ["signal 9"]),
            ("sh -c 'echo SECRETKEY'", ["no credentials in JSON"]),
            ("true", ["no credentials in JSON"]),
            ("head -c 3000000 /dev/zero", ["more than 1 MB"]),
            ("printf '{\"Version\":2,\(key)}'", ["version 2"]),
            ("printf '{\(key)}'", ["version none"]),
            ("printf '{\"Version\":1,\"AccessKeyId\":\"A\"}'", ["no SecretAccessKey"]),
            ("printf '{\"Version\":1,\(key),\"Expiration\":\"soon\"}'", ["not a date"]),
            (
                "printf '{\"Version\":1,\(key),\"Expiration\":\"2026-01-31T11:00:00Z\"}'",
                ["expired at 2026-01-31T11:00:00Z"]
            ),
            ("printf 'unclosed", ["quote"]),
            ("''", ["No such file"]),
        ] as [(String, [String])])
    func failures(command: String, parts: [String]) async {
        let text = await expectFailure("credential_process of the profile 'tool'") { try await credentials(command) }
        for part in parts { #expect(text.contains(part), "\(text)") }
    }

    @Test("A flood of error output is cut short")
    func errorFlood() async {
        let text = await expectFailure("status 1") {
            try await credentials("sh -c 'yes complaint | head -c 1000000 >&2; exit 1'")
        }
        #expect(text.count < 1000)
    }

    @Test("A program that does not end is ended")
    func timeout() async {
        let start = ContinuousClock.now
        await expectFailure("did not end within 1 seconds", "waiting") {
            try await credentials("sh -c 'echo waiting >&2; exec sleep 100'", timeout: .seconds(1))
        }
        #expect(ContinuousClock.now - start < .seconds(90))
    }

    @Test("A program that leaves another running behind it is not waited for beyond its own end")
    func daemon() async throws {
        let start = ContinuousClock.now
        let read = try await credentials(
            #"sh -c 'sleep 100 & printf "{\"Version\":1,\"AccessKeyId\":\"$WHO\",\"SecretAccessKey\":\"SECRETKEY\"}"'"#)
        #expect(read.accessKeyID == "ASIAENV")
        #expect(ContinuousClock.now - start < .seconds(90))
    }

    @Test("When the caller is cancelled, the program is ended")
    func cancellation() async {
        let start = ContinuousClock.now
        let task = Task { try await credentials("sleep 100") }
        task.cancel()
        await expectFailure("interrupted") { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(90))
    }

    @Test("What the program started ends with it", arguments: [true, false])
    func grandchildren(isCancelled: Bool) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let task = Task {
            try await credentials(
                "sh -c 'sleep 1000 & echo $! >\(file).new; mv \(file).new \(file); wait'",
                timeout: .seconds(isCancelled ? 600 : 5))
        }
        var grandchild: Int?
        while grandchild == nil {
            try await Task.sleep(for: .milliseconds(10))
            grandchild = (try? String(contentsOfFile: file, encoding: .utf8)).flatMap { Int($0.trimmed) }
        }
        if isCancelled { task.cancel() }
        await expectFailure(isCancelled ? "interrupted" : "did not end") { try await task.value }
        // It is dead, or dies of the signal that it was sent.
        let state = "/proc/\(grandchild ?? 0)/stat"
        while let stat = try? String(contentsOfFile: state, encoding: .utf8), !stat.contains(") Z ") {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test("The program begins with the signals of any program, whatever this one does with them")
    func signals() async throws {
        let read = try await credentials(
            #"sh -c 'set -- $(grep -E "Sig(Blk|Ign):" /proc/self/status); "#
                + #"printf "{\"Version\":1,\"AccessKeyId\":\"$2 $4\",\"SecretAccessKey\":\"SECRETKEY\"}"'"#)
        // SIGHUP, SIGINT, SIGPIPE, SIGTERM: others are as the test runner was given them.
        let masks = read.accessKeyID.split(separator: " ").map { UInt64($0, radix: 16).map { $0 & 0x5003 } }
        #expect(masks == [0, 0])
    }

    @Test(
        "A command line is split as a shell would, without being run by one",
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("'a b' \"c d\"", ["a b", "c d"]),
            (#"a\ b "c\"d" 'e\f'"#, ["a b", "c\"d", #"e\f"#]),
            (#""C:\tool\x.exe" y"#, [#"C:\tool\x.exe"#, "y"]), ("a''b \"\"", ["ab", ""]), ("", []), ("'", nil),
            ("a\\", nil),
        ] as [(String, [String]?)])
    func splitting(line: String, arguments: [String]?) {
        #expect(ShellWords.split(line) == arguments)
    }
}
