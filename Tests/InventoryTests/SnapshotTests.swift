import AWSClient
import Basics
import Foundation
import Gzip
import TestSupport
import Testing

@testable import Inventory

private let header =
    #"{"schema":"parapet.snapshot/2","reading":{"id":"x","started":1,"finished":2,"parapet":"0"},"accounts":"#
private let account = #"{"account":"123456789012","partition":"aws","readAt":1,"facts":"#

@Suite struct SnapshotTests {
    private let snapshot = Snapshot(
        reading: .init(
            id: "x", started: Date(timeIntervalSince1970: 1), finished: Date(timeIntervalSince1970: 2), parapet: "0"),
        accounts: [
            {
                var account = Account.sample
                account[.accountSummary] = .unknown(
                    Unknown(
                        .accessDenied, call: "iam:GetAccountSummary", permission: "iam:GetAccountSummary", detail: "no")
                )
                account[.passwordPolicy] = .known(nil)
                account[.credentialReport] = .known(CredentialReport(users: []))
                return account
            }()
        ])

    @Test func whatWasSavedIsReadBack() throws {
        let again = try Snapshot(decoding: try snapshot.encoded())
        #expect(again.reading == snapshot.reading)
        #expect(again.accounts[0].id == "123456789012")
        #expect(throws: Unknown.self) { try again.accounts[0][.accountSummary].value }
        #expect(try again.accounts[0][.passwordPolicy].value == nil)
        #expect(try again.encoded() == (try snapshot.encoded()), "the same bytes each time")
    }

    @Test func theLastLineMayEndWithALineFeed() throws {
        let text = Gzip.compress(Array((header + "1}\n" + account + "0}\n").utf8))
        #expect(try Snapshot(decoding: text).accounts.map(\.id) == ["123456789012"])
    }

    @Test func aFactIsDecodedWhenItIsAskedFor() throws {
        var account = Account.sample
        account.hold(roles: [.sample], policies: [.sample])
        account.hold(keys: .sample)
        account[.vpcs]["us-east-1"] = .denied(.describeVPCs)
        let again = try Snapshot(decoding: Snapshot(reading: snapshot.reading, accounts: [account]).encoded())
        let read = again.accounts[0]
        #expect(try read[.identities].value.roles == [.sample])
        #expect(try read.key(EncryptionKey.sample.reference).policy.value == .trailKey)
        #expect(read[.vpcs]["us-east-1"] == .denied(.describeVPCs))
        #expect(read[.vpcs]["eu-west-1"] == .notCollected && read[.flowLogs]["us-east-1"] == .notCollected)
    }

    @Test func aFactThatIsNotOneIsUnknown() throws {
        var account = Account.sample
        account.facts["vpcs"] = StoredFact(text: Data(#"{"known":[1]}"#.utf8))
        let again = try Snapshot(decoding: Snapshot(reading: snapshot.reading, accounts: [account]).encoded())
        let unknown = #expect(throws: Unknown.self) { try again.accounts[0][.vpcs].value }
        #expect(unknown?.reason == .failed)
    }

    @Test func anAccountThatCouldNotBeReadStaysSo() throws {
        let unknown = Unknown(.accessDenied, call: "sts:AssumeRole", detail: "no")
        let account = Account(
            unreadable: "1", partition: "aws", readAt: Date(timeIntervalSince1970: 1), because: unknown)
        let again = try Snapshot(decoding: Snapshot(reading: snapshot.reading, accounts: [account]).encoded())
        #expect(again.accounts[0][.regions] == .unknown(unknown))
        #expect(again.accounts[0][.vpcs]["us-east-1"] == .unknown(unknown))
    }

    @Test(arguments: ["parapet.snapshot/1", "parapet.snapshot/99"])
    func anotherVersionIsRefused(schema: String) {
        let later = Gzip.compress(Array(#"{"schema":"\#(schema)","accounts":[]}"#.utf8))
        let error = #expect(throws: Failure.self) { try Snapshot(decoding: later) }
        #expect(error?.why == "it has version \(schema); this Parapet reads parapet.snapshot/2")
    }

    @Test(
        arguments: [
            [], [1, 2, 3], Array("{}".utf8), Gzip.compress([]), Gzip.compress(Array("{}".utf8)),
            Gzip.compress(Array(#"{"schema":"parapet.snapshot/2"}"#.utf8)),
            Gzip.compress(Array(#"{"schema":"parapet.snapshot/2","accounts":1,"reading":{}}"#.utf8)),
            Gzip.compress(Array((header + #"1}"#).utf8)), Gzip.compress(Array((header + "9223372036854775807}").utf8)),
            Gzip.compress(Array((header + "1}\n" + account + "1}").utf8)),
            Gzip.compress(Array((header + "1}\n" + account + "-1}").utf8)),
            Gzip.compress(Array((header + "1}\n" + account + "1}\n" + #"{"facet":"vpcs"}"#).utf8)),
            Gzip.compress(Array((header + "1}\n" + account + "0}\nmore").utf8)),
        ] as [[UInt8]])
    func garbageIsAnError(bytes: [UInt8]) {
        #expect(throws: Failure.self) { try Snapshot(decoding: bytes) }
    }

    /// Whatever a file becomes, it is a snapshot or an error, and its facts are facts or unknown.
    @Test(arguments: 0..<40) func noChangeOfAFileIsACrash(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let whole = try Gzip.decompress(try snapshot.encoded(), bound: 1 << 24)
        for _ in 0..<10 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: Array("9999999999999999999".utf8), at: place)
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
                }
            }
            do {
                for account in try Snapshot(decoding: Gzip.compress(bytes)).accounts {
                    _ = (account[.identities], account[.vpcs], account[.trails], account[.passwordPolicy])
                    _ = (account.trails, account[.regions], account.hasUnreadRegions)
                }
            } catch {
                #expect(error.what == "the snapshot cannot be used")
            }
        }
    }

    @Test func everyCutOfAFileIsAnError() throws {
        let whole = try snapshot.encoded()
        for length in stride(from: 0, to: whole.count, by: 7) {
            #expect(throws: Failure.self) { try Snapshot(decoding: Array(whole[..<length])) }
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
