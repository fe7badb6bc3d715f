import Analytics
import Basics
import Hunting
import Posture
import Runs
import Testing

/// The files that configure a run.
@Suite struct ConfigurationTests {
    @Test(arguments: [
        ("acces-key-maximum-age-days: 30", "there is no setting"),
        ("access-key-maximum-age-days: soon", "whole number"),
        ("access-key-maximum-age-days: -1", "whole number"),
        ("trusted-accounts: [12345678901]", "not an account id"),
        ("trusted-accounts: ['１２３４５６７８９０１２']", "not an account id"),
        ("allowed-ingress: 443", "not a list"), ("allowed-ingress: [{ports: [443]}]", "no source"),
        ("allowed-ingress: [{source: 1.2.3.4/32, ports: [https]}]", "no port"),
        ("allowed-ingress: [{source: 1.2.3.4/32, ports: ['9300-9200']}]", "no port"),
        ("allowed-ingress: [{source: 0.0.0.0}]", "neither a CIDR"),
        ("allowed-ingress: [{source: 0.0.0.0/0, groups: [{id: sg-1}]}]", "plain text"),
        ("allowed-ingress: [{source: 0.0.0.0/0, groups: []}]", "empty list"), ("[", "not YAML"),
        ("- a", "names and values"), ("trail-access: {reader: [a]}", "there is no 'reader' in trail-access"),
        ("hunt: {own-networks: [lorem]}", "no network"), ("hunt: {expected-scanners: [10.0.0.0/8]}", "no address"),
        ("hunt: {lorem: 1}", "there is no 'lorem' in hunt"), ("hunt: 1", "names and values"),
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
            hunt: {placeholders: {auditors: [ann]}, own-networks: [203.0.113.0/24], expected-scanners: [10.0.0.5]}
            """)
        defer { file.remove() }
        let configuration = try SettingsFile.configuration(file.path)
        #expect(configuration.settings.accessKeyMaximumAgeDays == 30)
        #expect(configuration.settings.trustedAccounts == ["012345678901"], "leading zeros stay")
        #expect(configuration.hunt.placeholders["auditors"] == ["ann"])
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
        ("- {check: root-mfa, reason: x, owners: kim}", "there is no 'owners'"), ("check: root-mfa", "not a list"),
        ("[", "not a list"), ("- 1", "not a list"),
    ])
    func aMuteThatIsNotUnderstoodIsRefused(text: String, says: String) throws {
        let file = try TextFile(text)
        defer { file.remove() }
        let failure = try #require(throws: Failure.self) { try MuteFile.read(file.path) }
        #expect(failure.why.contains(says), "\(failure)")
    }

    @Test func aFileThatIsNotThereIsNamed() throws {
        for read in [{ _ = try SettingsFile.read("/nonexistent") }, { _ = try MuteFile.read("/nonexistent") }] {
            let failure = try #require(throws: Failure.self, performing: read)
            #expect(failure.description == "/nonexistent cannot be read: there is no such file: check the path")
        }
    }
}
