import EffectiveAccess
import IAMPolicy
import Inventory
import Testing

/// What could not be read leaves open only those answers that it may change.
@Suite struct DoubtTests {
    private static let logs = "arn:aws:s3:::example-trail/AWSLogs/x.json.gz"
    private static let denied = Unknown(.accessDenied, call: "x", permission: "y", detail: "z")

    /// What may take access away, and how an account lacks it.
    enum Limit: CaseIterable {
        case organizationPolicies, boundary
    }

    private func small(without limit: Limit, _ build: (inout SmallAccount) -> Void) -> SmallAccount {
        SmallAccount {
            $0.account.hold(buckets: .sample)
            build(&$0)
            $0.add(user: "bob", allow("sqs:*"), boundary: limit == .boundary ? "unlisted" : nil)
            $0.add(
                user: "ada", allow("s3:GetObject"), allow("iam:PutUserPolicy", on: SmallAccount.user("ada")),
                boundary: limit == .boundary ? "unlisted" : nil)
            switch limit {
            case .organizationPolicies: $0.account[.organizationPolicies] = .unknown(Self.denied)
            case .boundary: break
            }
        }
    }

    @Test func doubtsAreInTheOrderOfTheirPrincipals() {
        let names = (10..<30).map { "user-\($0)" }
        let landscape = SmallAccount { small in
            for name in names { small.add(user: name, attached: ["unlisted-\(name)"]) }
        }.landscape
        let hiding = landscape.escalations().hiding.map(\.detail)
        #expect(hiding.count == names.count)
        #expect(hiding == hiding.sorted())
    }

    @Test(arguments: Limit.allCases)
    func anUnreadLimitLeavesDeniedCertainAndAllowedOpen(limit: Limit) throws {
        let landscape = small(without: limit) { _ in }.landscape
        let ada = try landscape.principal(named: "ada")
        let bob = try landscape.principal(named: "bob")
        let allowed = try landscape.access(of: ada, "s3:GetObject", Self.logs)
        #expect(allowed.access.isCertain)
        #expect(!allowed.doubts.isEmpty)
        let refused = try landscape.access(of: bob, "s3:GetObject", Self.logs)
        #expect(refused.access.isRuledOut)
        #expect(refused.doubts.isEmpty)
    }

    @Test(arguments: Limit.allCases)
    func anUnreadLimitHidesNobody(limit: Limit) {
        let landscape = small(without: limit) { _ in }.landscape
        let readers = landscape.whoCan("s3:GetObject", Self.logs)
        #expect(readers.holders.map(\.principal.name) == ["ada"])
        #expect(readers.hiding.isEmpty)
        #expect(readers.holders.allSatisfy { !$0.doubts.isEmpty })
        let deleters = landscape.whoCan("s3:DeleteObject", Self.logs)
        #expect(deleters.holders.isEmpty)
        #expect(deleters.doubts.isEmpty)
    }

    @Test func anUnreadBoundaryConcernsOnlyWhoHasIt() throws {
        let landscape = SmallAccount {
            $0.account.hold(buckets: .sample)
            $0.add(user: "ada", allow("s3:GetObject"), boundary: "unlisted")
            $0.add(user: "eve", allow("s3:GetObject"))
        }.landscape
        let answer = landscape.whoCan("s3:GetObject", Self.logs)
        #expect(answer.holders.map { $0.doubts.isEmpty } == [false, true])
        #expect(try landscape.whatCan(landscape.principal(named: "ada")).permissions.count == 1)
    }

    @Test func anUnreadGrantLeavesDeniedOpenAndAllowedCertain() throws {
        let landscape = SmallAccount {
            $0.add(user: "ada", allow("kms:Decrypt"))
            $0.add(user: "bob")
            $0.account.hold(keys: .sample { $0.grants = .unknown(Self.denied) })
        }.landscape
        let key = EncryptionKey.sample.reference
        #expect(try landscape.access(of: landscape.principal(named: "ada"), "kms:Decrypt", key).doubts.isEmpty)
        #expect(try landscape.access(of: landscape.principal(named: "bob"), "kms:Decrypt", key).doubts == [Self.denied])
        let answer = landscape.whoCan("kms:Decrypt", key)
        #expect(answer.hiding == [Self.denied])
        #expect(answer.holders.allSatisfy { $0.doubts.isEmpty })
    }

    @Test func anUnreadResourcePolicyLeavesBothOpen() throws {
        let landscape = SmallAccount {
            $0.add(user: "ada", allow("s3:GetObject"))
            $0.add(user: "bob")
            $0.account.hold(buckets: .sample { $0.policy = .unknown(Self.denied) })
        }.landscape
        for name in ["ada", "bob"] {
            #expect(
                try landscape.access(of: landscape.principal(named: name), "s3:GetObject", Self.logs).doubts
                    == [Self.denied])
        }
    }

    @Test func unreadOrganizationPoliciesMayCloseAWayAndHideNone() {
        let landscape = small(without: .organizationPolicies) { _ in }.landscape
        let found = landscape.escalations()
        #expect(found.paths.map(\.principal.name) == ["ada"])
        #expect(found.paths.map(\.doubts) == [[Self.denied]])
        #expect(found.hiding.isEmpty)
    }

    @Test func whoseBoundaryIsUnreadIsNotExamined() {
        let landscape = small(without: .boundary) { $0.add(user: "eve", allow("iam:PutUserPolicy")) }.landscape
        let found = landscape.escalations()
        #expect(found.undetermined.map(\.principal.name) == ["ada", "bob"].sorted { $0 > $1 })
        #expect(found.paths.map(\.principal.name) == ["eve"])
        #expect(found.paths.allSatisfy { $0.doubts.isEmpty })
    }

    @Test func aStepAsARoleWithAnUnreadBoundaryIsOpen() throws {
        let landscape = SmallAccount {
            $0.account.hold(buckets: .sample)
            $0.add(user: "bob", allow("sts:AssumeRole"))
            $0.add(
                role: "reader", trust: trust("arn:aws:iam::\(SmallAccount.id):root"), allow("s3:GetObject"),
                boundary: "unlisted")
        }.landscape
        let answer = landscape.whoCan("s3:GetObject", Self.logs)
        #expect(answer.indirect.map(\.who) == [SmallAccount.user("bob")])
        #expect(answer.indirect.allSatisfy { !$0.doubts.isEmpty })
    }
}
