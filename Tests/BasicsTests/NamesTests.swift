import Basics
import Foundation
import Testing

@Suite struct NamesTests {
    @Test(
        arguments: [
            ("arn:aws:iam::111122223333:role/path/name", "111122223333", "role", "path/name", "name"),
            ("arn:aws:logs:us-east-1:111122223333:log-group:g:*", "111122223333", "log-group", "g:*", "log-group:g:*"),
            ("arn:aws:s3:::bucket", nil, nil, "bucket", "bucket"),
            (
                "arn:aws:iam::aws:policy/AdministratorAccess", nil, "policy", "AdministratorAccess",
                "AdministratorAccess"
            ),
            ("arn:aws:iam::١١١١٢٢٢٢٣٣٣٣:root", nil, nil, "root", "root"),
            ("arn:aws:iam::*:role/*", nil, "role", "*", "*"),
        ] as [(String, String?, String?, String, String)])
    func arnsHaveParts(text: String, account: String?, type: String?, id: String, name: String) throws {
        let arn = try #require(ARN(text))
        #expect(arn.accountID == account)
        #expect(arn.resourceType.map(String.init) == type)
        #expect(arn.resourceID == id)
        #expect(arn.name == name)
        let again = ARN(
            partition: arn.partition, service: arn.service, region: arn.region, account: arn.account,
            resource: arn.resource)
        #expect(again == arn && again.description == text && again.region == arn.region)
    }

    @Test func whatIsNoARNIsRefused() {
        for text in ["", "arn", "arn:aws:s3::", "ARN:aws:s3:::b", " arn:aws:s3:::b", "arn:aws:s3:b"] {
            #expect(ARN(text) == nil)
        }
        #expect(ARN.segments(of: "a:b") == ["a", "b"])
        #expect(ARN.segments(of: "a:b:c:d:e:f:g") == ["a", "b", "c", "d", "e", "f:g"])
    }

    @Test(arguments: [
        ("111122223333", true), ("11112222333", false), ("1111222233334", false), ("11112222333a", false),
        ("１１１１２２２２３３３３", false), ("١١١١٢٢٢٢٣٣٣٣", false), ("", false),
    ])
    func accountsAreTwelveDigits(text: String, isValid: Bool) {
        #expect(AccountID.isValid(text) == isValid)
        #expect(text.withUTF8Bytes { AccountID.isValid($0) } == isValid)
    }

    @Test(arguments: [
        ("us-east-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("us-isob-east-1", "aws-iso-b"),
        ("cn-north-1", "aws-cn"),
        ("us-iso-west-1", "aws-iso"), ("eusc-de-east-1", "aws-eusc"), ("xx-new-1", "aws"),
    ])
    func regionsHavePartitions(region: String, partition: String) {
        #expect(Partition.of(region: region).id == partition)
        #expect(Partition.named(partition)?.id == partition)
    }

    @Test func practicesAreNumberedInTheirOrder() throws {
        #expect(Practice.all.map(\.number) == Array(1...Practice.all.count))
        #expect(Set(Practice.all.map(\.id)).count == Practice.all.count)
        #expect(Practice.all == Practice.all.sorted())
        #expect(Practice(id: "flow-logs") == .flowLogs)
        #expect(Practice(id: "nonsense") == nil)
        let encoded = try JSONEncoder().encode(Practice.all)
        #expect(try JSONDecoder().decode([Practice].self, from: encoded) == Practice.all)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Practice].self, from: Data(#"["x"]"#.utf8)) }
        #expect(Severity.allCases == Severity.allCases.sorted())
    }

    @Test func failuresAreReadInOneLineAndKeepTheirCause() {
        let failure = Failure(
            "the file cannot be read", why: "it is not there", advice: "make it", cause: CocoaError(.fileNoSuchFile))
        #expect("\(failure)" == "the file cannot be read: it is not there: make it")
        #expect(failure.cause is CocoaError)
        #expect(failure == Failure("the file cannot be read", why: "it is not there", advice: "make it"))
    }
}
