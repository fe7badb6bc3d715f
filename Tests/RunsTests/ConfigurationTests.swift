import Analytics
import Basics
import Foundation
import Hunting
import Posture
import Runs
import Testing

/// The files that configure a run.
@Suite struct ConfigurationTests {
    @Test(arguments: [
        ("acces-key-maximum-age-days: 30", "unknown setting"),
        ("access-key-maximum-age-days: soon", "whole number"),
        ("access-key-maximum-age-days: -1", "whole number"),
        ("access-key-maximum-age-days: 9223372036854775807", "whole number"),
        ("access-key-maximum-age-days: 99999999999999999999", "whole number"),
        ("trusted-accounts: [12345678901]", "not an account ID"),
        ("trusted-accounts: ['１２３４５６７８９０１２']", "not an account ID"),
        ("allowed-ingress: 443", "not a list"), ("allowed-ingress: [{ports: [443]}]", "no source"),
        ("allowed-ingress: [{source: 1.2.3.4/32, ports: [https]}]", "not a port"),
        ("allowed-ingress: [{source: 1.2.3.4/32, ports: ['9300-9200']}]", "not a port"),
        ("allowed-ingress: [{source: 0.0.0.0}]", "not a CIDR"),
        ("allowed-ingress: [{source: 0.0.0.0/0, groups: [{id: sg-1}]}]", "plain text"),
        ("allowed-ingress: [{source: 0.0.0.0/0, groups: []}]", "empty list"), ("[", "not YAML"),
        ("root-use-days: 1\nroot-use-days: 2", "more than once"),
        ("break-glass: vault", "not a list"), ("break-glass: [{a: 1}]", "plain text"),
        ("flow-log-bucket: my-bucket", "no ARN of a bucket"), ("access-log-bucket: [a]", "plain text"),
        ("trail-key: alias/logs", "trail-key is not an ARN"),
        ("flow-log-role: flow-logs", "flow-log-role is not an ARN"),
        ("- a", "names and values"), ("trail-access: {reader: [a]}", "unknown setting 'reader' in trail-access"),
        ("hunt: {own-networks: [lorem]}", "not an address range"),
        ("hunt: {expected-scanners: [10.0.0.0/8]}", "not an IP address"),
        ("trail-access: {readers: arn:aws:iam::123456789012:role/audit}", "readers is not a list"),
        ("trail-access: {readers: [audit]}", "'audit' in readers is not the ARN of a principal"),
        ("trail-access: readers", "names and values"),
        ("allowed-ingress: [{source: 0.0.0.0/0, groups: bastion}]", "groups is not a list"),
        ("allowed-ingress: [{source: 0.0.0.0/0, reason: <why>}]", "'<why>' is a placeholder"),
        ("trusted-accounts: [___]", "'___' is a placeholder"), ("public-buckets: [a]", "unknown setting"),
        ("hunt: {public-buckets: [todo]}", "'todo' is a placeholder"),
        ("hunt: {lorem: 1}", "unknown setting 'lorem' in hunt"), ("hunt: 1", "names and values"),
        ("watch: {organization: true}", "there is no role-name"),
        ("watch: {accounts: ['123456789012']}", "there is no role-name"),
        ("watch: {role-name: Audit}", "role-name alone"),
        ("watch: {organization: true, role-name: Audit, accounts: ['123456789012']}", "exclude each other"),
        ("watch: {organization: 'yes please', role-name: Audit}", "organization is not true or false"),
        ("watch: {scan-every: 1s}", "shorter than 10 seconds"),
        ("notifiy:\n  a: {type: stdout}", "line 1, unknown setting 'notifiy'"),
    ])
    func aConfigurationThatIsNotUnderstoodIsRefused(text: String, says: String) throws {
        let file = try TextFile(text)
        defer { file.remove() }
        let failure = try #require(throws: Failure.self) { try SettingsFile.configuration(file.path) }
        #expect(failure.what == "\(file.path) cannot be used")
        #expect(failure.why.contains(says), "\(failure)")
        #expect(!failure.advice.isEmpty)
    }

    @Test func aConfigurationReachesItsRuns() throws {
        let file = try TextFile(
            """
            access-key-maximum-age-days: 30
            trusted-accounts: [012345678901]
            trail-access: {readers: ["arn:aws:iam::123456789012:role/audit"]}
            break-glass: [vault]
            flow-log-bucket: arn:aws:s3:::flows/here/
            access-log-bucket: access
            flow-log-group: /network/flows
            flow-log-role: arn:aws:iam::123456789012:role/flows
            trail-bucket: our-trail
            trail-key: arn:aws:kms:us-east-1:123456789012:key/1f0c5b1e
            hunt: {placeholders: {auditors: [ann]}, own-networks: [203.0.113.0/24], expected-scanners: [10.0.0.5]}
            """)
        defer { file.remove() }
        let configuration = try SettingsFile.configuration(file.path)
        #expect(configuration.settings.accessKeyMaximumAgeDays == 30)
        #expect(configuration.settings.trustedAccounts == ["012345678901"], "leading zeros stay")
        #expect(configuration.settings.breakGlass == ["vault"])
        #expect(configuration.settings.flowLogBucket == "arn:aws:s3:::flows/here/")
        #expect(configuration.settings.accessLogBucket == "access")
        #expect(configuration.settings.flowLogGroup == "/network/flows")
        #expect(configuration.settings.flowLogRole == "arn:aws:iam::123456789012:role/flows")
        #expect(configuration.settings.trailBucket == "our-trail")
        #expect(configuration.settings.trailKey == "arn:aws:kms:us-east-1:123456789012:key/1f0c5b1e")
        #expect(configuration.hunt.placeholders["auditors"] == ["ann"])
        #expect(configuration.hunt.placeholders["trusted_accounts"] == ["012345678901"], "hunts trust them too")
        let hunt = configuration.huntSettings
        #expect(hunt.access.expectedReaders == ["arn:aws:iam::123456789012:role/audit"])
        #expect(hunt.keys.maximumKeyAgeDays == 30)
        #expect(hunt.flows.ownNetworks.count == 1 && hunt.flows.expectedScanners.count == 1)
    }

    @Test func anEmptyConfigurationChangesNothing() throws {
        for text in ["", "# nothing\n"] {
            let file = try TextFile(text)
            defer { file.remove() }
            #expect(try SettingsFile.read(file.path) == Settings())
            file.remove()
        }
    }

    @Test(arguments: [
        ("- {check: root-mfa}", "lacks its check or its reason"), ("- {reason: x}", "lacks its check or its reason"),
        ("- {check: root-mfa, reason: x, until: soon}", "'soon' is not a date"),
        ("- {check: root-mfa, reason: x, until: 2026-02-31}", "'2026-02-31' is not a date"),
        ("- {check: root-mfa, reason: x, until: 2026-06-01T25:00:00Z}", "is not a date"),
        ("- {check: root-mfa, reason: x, owners: kim}", "line 1, unknown field 'owners'"),
        ("- check: root-mfa\n  resaon: x", "line 2, unknown field 'resaon'"), ("check: root-mfa", "not a list"),
        ("[", "not YAML"), ("- 1", "names and values"), ("- [check]", "names and values"), ("", "it is empty"),
        ("# nothing yet\n", "it is empty"), ("---\n", "not a list"), ("[]", "it is empty"),
        ("- {check: root-mfa, reason: true}", "reason is not a text"),
        ("- {check: root-mfa, reason: 5}", "reason is not a text"),
        ("- {check: root-mfa, reason: ''}", "reason is empty"),
        ("- {check: root-mfa, reason: '  '}", "reason is empty"), ("- {check: root-mfa, reason: }", "reason is empty"),
        ("- {check: root-mfa, reason: ~}", "reason is empty"), ("- {check: '', reason: x}", "check is empty"),
        ("- {check: root-mfa, reason: x, until: }", "until is empty"),
        ("- {check: [root-mfa], reason: x}", "check is not a plain text"),
        ("- {check: root-mfa, reason: {a: b}}", "reason is not a plain text"),
        ("- {check: root-mfa, reason: x, account: 12345678901}", "'12345678901' is not an account ID"),
        ("- {check: root-mfaa, reason: x}", "unknown check 'root-mfaa'; similar: root-mfa"),
        ("- {check: securityhub:IAM.99, reason: x}", "unknown check 'securityhub:IAM.99'"),
        ("- {check: 'no-such-*', reason: x}", "no check matches 'no-such-*'"),
        ("- {check: root-mfa, check: root-mfa, reason: x}", "more than once"),
    ])
    func aMuteThatIsNotUnderstoodIsRefused(text: String, says: String) throws {
        let file = try TextFile(text)
        defer { file.remove() }
        let failure = try #require(throws: Failure.self) { try MuteFile.read(file.path) }
        #expect(failure.why.contains(says), "\(failure)")
        #expect(!failure.advice.isEmpty && !failure.description.contains("\n"), "\(failure)")
    }

    @Test(arguments: [
        ("root-mfa", ["root-mfa"], []), ("securityhub:IAM.9", ["root-mfa"], ["root-access-key"]),
        ("IAM.9", ["root-mfa"], ["root-access-key"]), ("cis:3.0/1.5", ["root-mfa"], ["root-access-key"]),
        ("root-*", ["root-mfa", "root-access-key"], ["trail-control"]),
        ("securityhub:CloudTrail.*", ["cloudtrail-log-file-validation"], ["root-mfa"]),
        ("*", ["root-mfa", "trail-control"], []),
    ])
    func aMuteNamesChecksAsTheCommandLineDoes(name: String, covers: [String], spares: [String]) throws {
        let file = try TextFile("- {check: '\(name)', reason: x, account: 012345678901}")
        defer { file.remove() }
        let mute = try #require(try MuteFile.read(file.path).first)
        #expect(mute.checks?.isSuperset(of: covers) == true && mute.checks?.isDisjoint(with: spares) == true)
        #expect(mute.check == name && mute.account == "012345678901")
    }

    @Test func aMuteFileMayBeginWithAByteOrderMark() throws {
        let file = try TextFile("\u{FEFF}- {check: root-mfa, reason: x}\n- {check: root-mfa, reason: y}")
        defer { file.remove() }
        #expect(try MuteFile.read(file.path).map(\.reason) == ["x", "y"])
    }

    @Test(arguments: [
        ("/root/keys/", "/root/keys"), ("/", "/"), ("secretsmanager:ops/", "secretsmanager:ops/"),
        ("secretsmanager:", "secretsmanager:"),
    ])
    func onlyAFolderLosesTheSlashAtItsEnd(text: String, handOver: String) throws {
        let file = try TextFile("hand-over: '\(text)'")
        defer { file.remove() }
        #expect(try SettingsFile.read(file.path).handOver == handOver)
    }

    @Test func anErrorOfYAMLIsOneLine() throws {
        for read in [{ _ = try SettingsFile.read($0) }, { _ = try MuteFile.read($0) }] as [(String) throws -> Void] {
            let file = try TextFile("a:\n  b: [1\n c: {")
            defer { file.remove() }
            let failure = try #require(throws: Failure.self) { try read(file.path) }
            #expect(!failure.description.contains("\n") && failure.why.hasPrefix("line "), "\(failure)")
        }
    }

    @Test func aFileThatIsNotThereIsNamed() throws {
        for read in [{ _ = try SettingsFile.read("/nonexistent") }, { _ = try MuteFile.read("/nonexistent") }] {
            let failure = try #require(throws: Failure.self, performing: read)
            #expect(failure.description == "/nonexistent cannot be read: the file does not exist: check the path")
        }
    }
}

/// The files that a user names, and what goes to them.
@Suite struct FileTests {
    @Test("a pipe is read like a file; a folder and a missing file are told apart")
    func pipes() throws {
        let file = try TextFile("{}")
        defer { file.remove() }
        let fifo = file.path + ".fifo"
        try #require(mkfifo(fifo, 0o600) == 0)
        defer { unlink(fifo) }
        let content = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
        let writer = Thread {
            guard let file = fopen(fifo, "w") else { return }
            fwrite(content, 1, content.count, file)
            fclose(file)
        }
        writer.start()
        #expect(try InputFile.bytes(fifo) == content)
        #expect(try #require(throws: Failure.self) { try InputFile.bytes("/") }.why.contains("folder"))
        #expect(try #require(throws: Failure.self) { try InputFile.bytes(fifo + ".no") }.why.contains("does not exist"))
    }
}
