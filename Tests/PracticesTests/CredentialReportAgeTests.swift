import AWSClient
import Basics
import Inventory
import Posture
import Practices
import Testing

/// The credential report may be four hours old: whoever reads a finding must see of when it is.
@Suite struct CredentialReportAgeTests {
    private static let ids = [
        "iam-access-key-rotation", "iam-single-active-key", "iam-access-key-unused", "iam-password-unused",
        "iam-user-unused", "iam-user-initial-access-key", "root-unused", "iam-user-console-mfa",
    ]

    @Test("the evidence says when the report was made", arguments: ids)
    func known(_ id: String) throws {
        let evidence = try evidence(of: id) {
            CredentialReport(generatedAt: Criteria.sample.hoursAgo(3), root: .rootSample, users: [.sample])
        }
        #expect(evidence.contains(Evidence("GeneratedTime", "2025-12-31T21:00:00Z", from: .getCredentialReport)))
    }

    @Test("nothing is said where that is not known", arguments: ids)
    func notKnown(_ id: String) throws {
        let evidence = try evidence(of: id) { CredentialReport(root: .rootSample, users: [.sample]) }
        #expect(!evidence.isEmpty && !evidence.contains { $0.fact == "GeneratedTime" })
    }

    private func evidence(of id: String, _ report: () -> CredentialReport) throws -> [Evidence] {
        var account = Account.sample
        account[.credentialReport] = .known(report())
        account.hold(users: [User(userName: "alice", arn: UserCredentials.sample.arn)])
        return try #require(try Catalogue.check(id).findings(in: account).first).evidence
    }
}
