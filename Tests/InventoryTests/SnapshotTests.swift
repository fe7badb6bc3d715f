import Foundation
import Gzip
import Testing

@testable import Inventory

@Suite struct SnapshotTests {
    private let snapshot = Snapshot(
        reading: .init(
            id: "x", started: Date(timeIntervalSince1970: 1), finished: Date(timeIntervalSince1970: 2), parapet: "0"),
        accounts: [
            {
                var account = Account.sample
                account.summary = .unknown(
                    Unknown(
                        .accessDenied, call: "iam:GetAccountSummary", permission: "iam:GetAccountSummary", detail: "no")
                )
                account.passwordPolicy = .known(nil)
                account.credentialReport = .known(CredentialReport(users: []))
                return account
            }()
        ])

    @Test func whatWasSavedIsReadBack() throws {
        let again = try Snapshot(decoding: try snapshot.encoded())
        #expect(again.reading == snapshot.reading)
        #expect(again.accounts[0].id == "123456789012")
        #expect(throws: Unknown.self) { try again.accounts[0].summary.value }
        #expect(try again.accounts[0].passwordPolicy.value == nil)
        #expect(try again.encoded() == (try snapshot.encoded()), "the same bytes each time")
    }

    /// What is read since does not stand in a snapshot of before: then nobody knows it.
    @Test func anOlderSnapshotIsReadWithWhatItHas() throws {
        var account = Account.sample
        account.hold(roles: [.sample], policies: [.sample])
        account.hold(keys: .sample)
        let newer = try Snapshot(reading: snapshot.reading, accounts: [account]).encoded()
        var document = try #require(
            JSONSerialization.jsonObject(with: Data(try Gzip.decompress(newer, bound: 1 << 20))) as? [String: Any])
        let later: Set<String> = [
            "organization", "organizationPolicies", "lastAccessed", "workloads", "grants", "instanceProfileARNs",
            "otherVersions", "createdAt",
        ]
        func without(_ value: Any) -> Any {
            if let members = value as? [String: Any] {
                return members.filter { !later.contains($0.key) }.mapValues(without)
            }
            return (value as? [Any])?.map(without) ?? value
        }
        document["accounts"] = without(document["accounts"] ?? [])
        let older = try JSONSerialization.data(withJSONObject: document)
        let again = try Snapshot(decoding: Gzip.compress(Array(older))).accounts[0]
        let identities = try again.identities.value
        func reason<Value>(_ fact: Fact<Value>?) -> Unknown.Reason? {
            if case .unknown(let unknown)? = fact { unknown.reason } else { nil }
        }
        #expect(reason(again.organization) == .notCollected)
        #expect(reason(again.organizationPolicies) == .notCollected)
        #expect(reason(again.lastAccessed) == .notCollected)
        #expect(reason(again.workloads["us-east-1"]) == .notCollected)
        #expect(reason(again.key(EncryptionKey.sample.reference).grants) == .notCollected)
        #expect(reason(identities.roles.first?.instanceProfileARNs) == .notCollected)
        #expect(reason(identities.policies.first?.otherVersions) == .notCollected)
        #expect(try again.key(EncryptionKey.sample.reference).policy.value == .trailKey, "what it has is there")
    }

    @Test func anotherVersionIsRefused() {
        let later = Gzip.compress(Array(#"{"schema":"parapet.snapshot/99","accounts":[]}"#.utf8))
        #expect(
            throws: SnapshotError(
                reason: "it is of version parapet.snapshot/99, and this Parapet reads parapet.snapshot/1")
        ) {
            try Snapshot(decoding: later)
        }
    }

    @Test(
        arguments: [
            [], [1, 2, 3], Array("{}".utf8), Gzip.compress([]), Gzip.compress(Array("{}".utf8)),
            Gzip.compress(Array(#"{"schema":"parapet.snapshot/1"}"#.utf8)),
            Gzip.compress(Array(#"{"schema":"parapet.snapshot/1","accounts":[{}],"reading":{}}"#.utf8)),
        ] as [[UInt8]])
    func garbageIsAnError(bytes: [UInt8]) {
        #expect(throws: SnapshotError.self) { try Snapshot(decoding: bytes) }
    }

    @Test func everyCutOfAFileIsAnError() throws {
        let whole = try snapshot.encoded()
        for length in stride(from: 0, to: whole.count, by: 7) {
            #expect(throws: SnapshotError.self) { try Snapshot(decoding: Array(whole[..<length])) }
        }
    }
}

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 100_000]) func whatIsCompressedComesBack(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try Gzip.decompress(Gzip.compress(bytes), bound: 1 << 20) == bytes)
    }

    @Test func aBombIsRecognised() {
        let bomb = Gzip.compress([UInt8](repeating: 0, count: 10 << 20))
        #expect(throws: Gzip.Failure.tooLarge(bound: 1 << 20)) { try Gzip.decompress(bomb, bound: 1 << 20) }
    }

    @Test func aWrongLengthInTheTrailerIsDamage() {
        var bytes = Gzip.compress(Array("hello".utf8))
        bytes[bytes.count - 4] = 99
        #expect(throws: Gzip.Failure.damaged) { try Gzip.decompress(bytes, bound: 1 << 20) }
    }
}

@Suite struct FacetTests {
    @Test func whatAFacetRequiresIsReadWithIt() {
        #expect(Facet.closure(of: [.keyPolicy]) == [.keyPolicy, .keyDescription, .trails, .regions])
        #expect(Facet.closure(of: [.passwordPolicy]) == [.passwordPolicy])
    }
}
