import AWSClient
import Basics
import Inventory
import Posture
import Practices
import Testing

/// By which threshold a finding was judged, and whether another catalogue's is laxer or stricter.
@Suite struct ThresholdTests {
    private func finding(_ id: String, idle days: Int, limit: Int) throws -> Finding {
        var account = Account.sample
        account.hold(
            credentials: .sample(
                key: .init(
                    number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(300),
                    lastUsed: Criteria.sample.daysAgo(days))))
        var criteria = Criteria.sample
        criteria.settings.unusedCredentialDays = limit
        let check = try Catalogue.check(id)
        return try #require(check.findings(in: account, by: criteria).first)
    }

    @Test func theThresholdIsEvidenceWithItsSource() throws {
        let evidence = try finding("iam-access-key-unused", idle: 60, limit: 45).evidence
        #expect(evidence.contains(Evidence("unused-credential-days", 45, from: .default)))
        let set = try finding("iam-access-key-unused", idle: 60, limit: 50).evidence
        #expect(set.contains(Evidence("unused-credential-days", 50, from: .settings)))
    }

    /// Security Hub's IAM.8 and AWS Config's rule allow 90 days.
    @Test(arguments: [(60, 45, true), (100, 120, true), (30, 45, false), (60, 90, false), (100, 90, false)])
    func anotherCataloguesThresholdIsNamedIfItsVerdictMayDiffer(days: Int, limit: Int, isNamed: Bool) throws {
        let finding = try finding("iam-access-key-unused", idle: days, limit: limit)
        #expect(finding.status == (days > limit ? .fail : .pass))
        #expect(finding.message.contains("(90 in securityhub:IAM.8)") == isNamed, "\(finding.message)")
        let other = Evidence(
            "unused-credential-days of config:iam-user-unused-credentials-check", 90, from: .derived)
        #expect(finding.evidence.contains(other) == isNamed)
    }

    @Test func whatCouldNotBeJudgedWasHeldAgainstNoThreshold() throws {
        var account = Account.sample
        account[.credentialReport] = .denied(.getCredentialReport)
        let findings = try Catalogue.check("iam-access-key-unused").findings(in: account)
        #expect(findings.map(\.status) == [.unknown])
        #expect(findings.flatMap(\.evidence).isEmpty)
    }
}
