import Basics
import Foundation
import LogReaders
import Testing

@testable import Runs

/// `hunt` without `--source` looks at how the logs begin.
@Suite struct SourceDetectionTests {
    private static let access = """
        79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be logs [06/Feb/2019:00:00:38 +0000] 192.0.2.3 \
        79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be 3E57427F3EXAMPLE REST.GET.VERSIONING - \
        "GET /logs?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" -
        """
    private static let flow =
        "2 123456789012 eni-0a 192.0.2.1 10.0.0.5 49152 22 6 10 840 1767225600 1767225660 ACCEPT OK"

    private static let gateway =
        "6 TransitGateway 123456789012 tgw-0a tgw-attach-0a 123456789012 123456789012 vpc-0a "
        + "vpc-0b subnet-0a subnet-0b eni-0a eni-0b use1-az1 use1-az1 tgw-attach-0b 10.0.0.5 10.1.0.9 49152 443 6 10 840 "
        + "1767225600 1767225660 OK IPv4 0 0 0 0 18 us-east-1 egress - -"

    @Test(arguments: [
        (#"{"Records":[{"eventVersion":"1.08","eventName":"X"}]}"#, LogSource.cloudTrail),
        (#"  [{"eventSource":"s3.amazonaws.com"}]"#, .cloudTrail), (access, .s3Access),
        (#"{"bucket_owner":"x","remote_ip":"192.0.2.1"}"#, .s3Access), (flow, .vpcFlow), ("\n" + flow + "\n", .vpcFlow),
        (gateway, .vpcFlow), ("2026-01-01T00:01:00.000Z " + gateway, .vpcFlow),
        ("version account-id interface-id srcaddr dstaddr", .vpcFlow), ("${srcaddr},${dstaddr}", .vpcFlow),
    ])
    func aLogIsKnownByItsBeginning(text: String, source: LogSource) {
        #expect(LogSource(beginning: Array(text.utf8)) == source)
    }

    @Test(arguments: [
        "", "\n\n", "{}", "[", "lorem ipsum", "1 2 3 4 5 6 7 8 9 10 11 12 13 14",
        "6 TransitGateway x tgw-0a 5 6 7 8 9 10 11 12 13 14", "\u{0}\u{FFFD}", #"{"a":1}"#,
        "zza59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be logs [x] a b c d e f g h",
    ])
    func whatIsNoLogIsNotTakenForOne(text: String) {
        #expect(LogSource(beginning: Array(text.utf8)) == nil)
    }

    @Test func theFirstReadableFileDecides() async throws {
        let file = try TextFile(Self.flow + "\n", name: "a.log")
        defer { file.remove() }
        #expect(try await HuntRun.source(of: LogPlaces([file.path]), in: .testing()) == .vpcFlow)
        let other = try TextFile("lorem\n", name: "a.log")
        defer { other.remove() }
        let failure = await #expect(throws: Failure.self) {
            try await HuntRun.source(of: LogPlaces([other.path]), in: .testing())
        }
        #expect(failure?.advice.contains("--source") == true)
    }
}
