import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Practices
import Testing

/// Failing findings on access keys name the keys by their IDs, which the credential report does not have.
@Suite struct ListedKeyTests {
    private static let checks = [
        "iam-access-key-rotation", "iam-single-active-key", "iam-access-key-unused", "iam-user-unused",
        "iam-user-initial-access-key",
    ]

    /// A user with two active keys, of which the first is old and was never used, and with a password that nobody uses.
    private static func account(_ change: (inout Account) -> Void = { _ in }) -> Account {
        var account = Account.sample
        account.hold(
            credentials: .sample {
                $0.password.lastUsed = Criteria.sample.daysAgo(300)
                $0.accessKeys = [
                    .init(number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(400)),
                    .init(
                        number: 2, isActive: true, lastRotated: Criteria.sample.daysAgo(20),
                        lastUsed: Criteria.sample.daysAgo(1)),
                ]
            })
        change(&account)
        return account
    }

    private static func listed(_ id: String, _ days: Int, _ status: String = "Active") -> AccessKeyMetadata {
        AccessKeyMetadata(accessKeyID: id, status: status, createDate: Criteria.sample.daysAgo(days))
    }

    private func finding(_ check: String, in account: Account) throws -> Finding {
        try #require(try Catalogue.check(check).findings(in: account, by: .sample).first { $0.resource.id == "alice" })
    }

    private func keys(_ check: String, _ listed: [AccessKeyMetadata]) throws -> JSON? {
        let finding = try finding(check, in: Self.account { $0[.accessKeys] = .known(["alice": .known(listed)]) })
        #expect(finding.status == .fail)
        return finding.evidence.first { $0.fact == "AccessKeyMetadata" }?.value
    }

    @Test func aKeyIsNamedWithItsStatusAndCreation() throws {
        // What the report said of the key some hours ago may have changed since.
        let value = try keys(
            "iam-access-key-rotation", [Self.listed("AKIANEW", 20), Self.listed("AKIAOLD", 400, "Inactive")])
        #expect(
            value == [["AccessKeyId": "AKIAOLD", "CreateDate": "2024-11-27T00:00:00Z", "Status": "Inactive"]])
    }

    @Test(
        arguments: zip(
            [
                "iam-access-key-rotation", "iam-access-key-unused", "iam-user-initial-access-key",
                "iam-single-active-key",
            ],
            [["AKIAOLD"], ["AKIAOLD"], ["AKIAOLD"], ["AKIANEW", "AKIAOLD"]]))
    func theFailingKeysAreNamed(check: String, ids: [String]) throws {
        let value = try keys(check, [Self.listed("AKIANEW", 20), Self.listed("AKIAOLD", 400)])
        #expect(value?.elements?.compactMap { $0["AccessKeyId"]?.text } == ids)
    }

    @Test("both keys are named if it is not clear which one is meant", arguments: [(400, 400), (20, 21), (20, 20)])
    func ambiguous(_ one: Int, _ other: Int) throws {
        let value = try keys("iam-access-key-rotation", [Self.listed("AKIAONE", one), Self.listed("AKIATWO", other)])
        #expect(value?.elements?.compactMap { $0["AccessKeyId"]?.text } == ["AKIAONE", "AKIATWO"])
    }

    @Test func aUserWithoutKeysAnyMoreHasNone() throws {
        #expect(try keys("iam-access-key-rotation", []) == [])
    }

    @Test("verdicts stand without the list, and the evidence says why it is not there", arguments: checks)
    func denied(_ check: String) throws {
        let build: (inout Account) -> Void = { account in
            if check == "iam-user-unused" {
                account = .sample
                account.hold(
                    credentials: .sample(
                        key: .init(number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(400))),
                    .sample)
            }
        }
        let name = check == "iam-user-unused" ? "backup" : "alice"
        let seeing = Self.account(build)
        let before = try Catalogue.check(check).findings(in: seeing, by: .sample)
        let after = try Catalogue.check(check).findings(in: seeing.without(.accessKeys), by: .sample)
        #expect(before.map(\.status) == after.map(\.status) && before.map(\.message) == after.map(\.message))
        let failing = try #require(after.first { $0.resource.id == name })
        #expect(failing.status == .fail)
        let unread = try #require(failing.evidence.first { $0.fact == "AccessKeyMetadata" })
        #expect(unread.value.text == "iam:ListAccessKeys: access denied: the caller needs iam:ListAccessKeys")
        #expect(unread.unknown?.permission == "iam:ListAccessKeys")
        #expect(unread.source == .call("iam:ListAccessKeys"))
    }

    @Test func onlyUsersWhoseKeysFailAreListed() throws {
        var account = Account.sample
        let old = UserCredentials.AccessKey(number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(400))
        account.hold(
            credentials: .sample, .sample(key: old),
            // A password alone has no key to be named.
            .sample {
                $0.name = "gone"
                $0.arn = "arn:aws:iam::123456789012:user/gone"
                $0.password.lastUsed = Criteria.sample.daysAgo(300)
                $0.accessKeys = []
            })
        account[.accessKeys] = .notCollected
        func named(_ settings: Settings = Settings(), _ checks: [any Check] = Catalogue.checks) -> Set<String> {
            Evaluator(checks: checks, criteria: Criteria(now: Criteria.sample.now, settings: settings))
                .usersToName(in: account)
        }
        #expect(named() == ["backup"])
        var strict = Settings()
        strict.accessKeyMaximumAgeDays = 7
        #expect(named(strict) == ["alice", "backup"])
        #expect(named(Settings(), Catalogue.checks.filter { $0.about.id == "iam-user-console-mfa" }).isEmpty)
    }
}
