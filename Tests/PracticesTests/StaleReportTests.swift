import AWSClient
import Foundation
import Inventory
import Posture
import Practices
import Testing

/// The credential report may be four hours old, and users come and go meanwhile.
@Suite struct StaleReportTests {
    private static let ids = [
        "iam-access-key-rotation", "iam-single-active-key", "iam-access-key-unused", "iam-password-unused",
        "iam-user-unused", "iam-user-initial-access-key", "iam-user-console-mfa",
    ]

    private func findings(_ id: String, _ build: (inout Account) -> Void) throws -> [Finding] {
        var account = Account.sample
        build(&account)
        return try Catalogue.check(id).findings(in: account)
    }

    private func user(_ row: UserCredentials, createdAt: Date? = nil) -> User {
        User(userName: row.name, arn: row.arn, createDate: createdAt ?? row.createdAt)
    }

    @Test("a user who was made after the report is unknown", arguments: ids)
    func younger(_ id: String) throws {
        let findings = try findings(id) {
            $0.hold(users: [user(.sample), User(userName: "new", arn: "arn:aws:iam::123456789012:user/new")])
            $0.hold(credentials: .sample)
        }
        #expect(findings.map(\.resource.id) == ["alice", "new"])
        #expect(findings.map(\.status) == [.pass, .unknown])
        #expect(findings[1].unknown?.reason == .notYet)
    }

    @Test("a user who is older than the report and missing from it is unknown", arguments: ids)
    func missing(_ id: String) throws {
        let findings = try findings(id) {
            $0.hold(users: [
                user(.sample),
                user(
                    .sample {
                        $0.arn += "-too"; $0.name += "-too"
                    }),
            ])
            $0.hold(credentials: .sample)
        }
        #expect(findings.map(\.status) == [.pass, .unknown])
        #expect(findings[1].unknown?.reason == .failed)
        #expect(findings[1].message.contains("lacks the user"))
    }

    @Test("a user who was deleted after the report is left out", arguments: ids)
    func deleted(_ id: String) throws {
        let gone = UserCredentials.sample {
            $0.name = "gone"
            $0.arn = "arn:aws:iam::123456789012:user/gone"
        }
        let findings = try findings(id) {
            $0.hold(users: [user(.sample)])
            $0.hold(credentials: .sample, gone)
        }
        #expect(findings.map(\.resource.id) == ["alice"])
    }

    @Test("a user of the same name who was made anew is unknown", arguments: ids)
    func again(_ id: String) throws {
        let findings = try findings(id) {
            $0.hold(users: [user(.sample, createdAt: Account.sample.readAt.addingTimeInterval(-60))])
            $0.hold(credentials: .sample)
        }
        #expect(findings.map(\.status) == [.unknown])
    }

    @Test("a user who is made while the account is read is judged by the report", arguments: ids)
    func meanwhile(_ id: String) throws {
        let findings = try findings(id) {
            $0.hold(users: [])
            $0.hold(credentials: .sample { $0.createdAt = Account.sample.readAt.addingTimeInterval(5) })
        }
        #expect(findings.map(\.resource.id) == ["alice"])
    }

    @Test(
        "if the users cannot be listed, the report's rows are judged, and that others may be missing is said",
        arguments: ids)
    func unlisted(_ id: String) throws {
        let findings = try findings(id) {
            $0.hold(credentials: .sample)
            $0[.identities] = .denied(.getAccountAuthorizationDetails)
        }
        #expect(Set(findings.map(\.status)) == [.pass, .unknown])
    }
}
