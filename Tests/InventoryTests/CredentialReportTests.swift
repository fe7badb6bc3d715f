import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Inventory

@Suite struct CredentialReportTests {
    private static let header =
        "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
        + "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
        + "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
        + "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
        + "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
    private static let root =
        "<root_account>,arn:aws:iam::123456789012:root,2019-01-01T00:00:00+00:00,not_supported,"
        + "2026-01-01T10:20:30+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,"
        + "false,N/A,false,N/A"
    private static let alice =
        "alice,arn:aws:iam::123456789012:user/alice,2020-01-01T00:00:00Z,true,no_information,2020-01-01T00:00:00Z,N/A,"
        + "false,true,2020-02-01T00:00:00+00:00,N/A,N/A,N/A,true,2025-02-01T00:00:00+00:00,2025-03-01T00:00:00+00:00,"
        + "us-east-1,s3,false,N/A,false,N/A"

    private func read(_ lines: String...) throws -> CredentialReport {
        try CredentialReport(csv: Array(lines.joined(separator: "\n").utf8))
    }

    @Test func readsRootAndUsers() throws {
        let report = try read(Self.header, Self.root, Self.alice)
        #expect(report.root?.password.isEnabled == nil)
        #expect(report.root?.password.lastUsed == Date(timeIntervalSince1970: 1_767_262_830))
        #expect(report.root?.hasMFA == true)
        let alice = try #require(report.users.first)
        #expect(alice.password.isEnabled == true)
        #expect(alice.password.lastUsed == nil)
        #expect(alice.activeKeys.map(\.number) == [1, 2])
        #expect(alice.accessKeys[0].lastUsed == nil)
        #expect(alice.accessKeys[1].lastUsedService == "s3")
    }

    @Test func aUserNameMayHoldCommas() throws {
        let report = try read(Self.header, Self.alice.replacingOccurrences(of: "alice", with: "a,li,ce"))
        #expect(report.users.map(\.name) == ["a,li,ce"])
        #expect(report.users[0].arn == "arn:aws:iam::123456789012:user/a,li,ce")
        #expect(report.users[0].activeKeys.count == 2)
    }

    @Test(
        "what AWS says of further keys is read, with its commas",
        arguments: [
            ("N/A", nil), ("", nil), ("1 additional access key", "1 additional access key"),
            (
                "2 additional access keys, 1 certificate: use ListAccessKeys, ListSigningCertificates",
                "2 additional access keys, 1 certificate: use ListAccessKeys, ListSigningCertificates"
            ),
        ] as [(String, String?)])
    func additionalCredentials(text: String, info: String?) throws {
        for name in ["alice", "a,li,ce"] {
            let line = Self.alice.replacingOccurrences(of: "alice", with: name)
            let report = try read(Self.header + ",additional_credentials_info", line + "," + text)
            #expect(report.users.map(\.name) == [name])
            #expect(report.users[0].arn == "arn:aws:iam::123456789012:user/\(name)")
            #expect(report.users[0].additionalCredentialsInfo == info)
        }
        let comma = Self.alice.replacingOccurrences(of: ":user/alice", with: ":user/x,y/alice")
        #expect(try read(Self.header, comma).users[0].arn == "arn:aws:iam::123456789012:user/x,y/alice")
        // A folder of the path begins like the name.
        for path in ["alice,alice/", "alice,b,alice/"] {
            let line = Self.alice.replacingOccurrences(of: ":user/alice", with: ":user/\(path)alice")
            #expect(try read(Self.header, line).users[0].arn == "arn:aws:iam::123456789012:user/\(path)alice")
        }
    }

    @Test func columnsThatAreAddedLaterDoNoHarm() throws {
        let report = try read(Self.header + ",more,columns", Self.alice + ",x,y")
        #expect(report.users.count == 1)
    }

    @Test func everyCutOfALineIsAnError() {
        for length in 1..<(Self.alice.utf8.count - 4) {
            #expect(throws: CredentialReportError.self) { try read(Self.header, String(Self.alice.prefix(length))) }
        }
    }

    @Test(arguments: [
        "", "\n", "user,arn", "garbage", header + "\nalice", header.replacingOccurrences(of: "mfa_active,", with: ""),
        header + "\n" + alice.replacingOccurrences(of: "true,no_information", with: "perhaps,no_information"),
        header + "\n" + alice.replacingOccurrences(of: "2020-02-01T00:00:00+00:00", with: "last year"),
    ])
    func garbageIsAnError(text: String) {
        #expect(throws: CredentialReportError.self) { try read(text) }
    }

    @Test(arguments: [(3, 0), (4, 1), (7, 1), (100, 1)])
    func aReportThatTakesLongIsSaid(started: Int, warnings: Int) async throws {
        let asked = Mutex(0)
        let server = try await AnsweringServer { operation, _, _ in
            guard operation.name == "GenerateCredentialReport" else {
                return operation.refusal("ReportInProgress", status: 404)
            }
            let state = asked.withLock { asked in
                asked += 1
                return asked > started ? "COMPLETE" : "STARTED"
            }
            return .xml(
                "<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>\(state)</State>"
                    + "</GenerateCredentialReportResult></GenerateCredentialReportResponse>")
        }
        let said = Mutex<[String]>([])
        _ = await server.account("123456789012", caller: "A", facets: [.credentialReport]) { warning in
            said.withLock { $0.append(warning) }
        }
        let text = "AWS is still making the credential report of account 123456789012 (STARTED): waiting for it"
        #expect(Array(said.withLock { $0 }.prefix(1)) == Array([text].prefix(warnings)))
    }

    @Test func bytesThatAreNotUTF8AreAnError() {
        #expect(throws: CredentialReportError.self) { try CredentialReport(csv: [0xFF, 0xFE, 0x00]) }
    }
}
