import Basics
import Foundation
import Testing

@testable import AWSClient

/// Members are found without regard to case, in JSON and in XML.
@Suite struct CaselessDecodingTests {
    private struct Answer: Decodable, Equatable {
        var groupID: String
        var isTruncated: Bool?
        var made: Date?
        var count: Int?
        var share: Double?
        var rules: [Rule]?
        var context: [String: String]?

        struct Rule: Decodable, Equatable {
            var cidrIPv4: String
        }
    }

    private func decodeJSON(_ text: String) throws -> Answer {
        try Answer(from: JSONTreeDecoder(value: JSONDecoder().decode(JSON.self, from: Data(text.utf8))))
    }

    @Test(arguments: ["groupId", "GroupId", "GROUPID", "groupid"])
    func aMemberIsFoundInEverySpelling(name: String) throws {
        #expect(try decodeJSON(#"{"\#(name)": "sg-1"}"#).groupID == "sg-1")
        let tree = try XMLTree(parsing: Array("<R><\(name)>sg-1</\(name)></R>".utf8))
        #expect(try Answer(from: XMLTreeDecoder(tree: tree, element: tree.root)).groupID == "sg-1")
    }

    @Test("of two members of one name the last counts", arguments: ["groupID", "GroupId"])
    func lastMember(name: String) throws {
        let answer = try JSON(parsing: Array(#"{"\#(name)": null, "\#(name)": "new"}"#.utf8))
        #expect(try Answer(from: JSONTreeDecoder(value: answer)).groupID == "new")
    }

    @Test func valuesOfEveryKindAreRead() throws {
        let answer = try decodeJSON(
            #"""
            {"GroupId": "g", "IsTruncated": false, "Made": 1767225600.5, "Count": 3.0, "Share": 1, "Rules": [{"CidrIpv4": "x"}],
             "Context": {"Key": "one", "KEY": "two"}, "Unknown": {"a": [null]}}
            """#)
        #expect(answer.isTruncated == false && answer.count == 3 && answer.share == 1)
        #expect(answer.made == Date(timeIntervalSince1970: 1_767_225_600.5))
        #expect(answer.rules == [.init(cidrIPv4: "x")])
        #expect(answer.context == ["Key": "one", "KEY": "two"], "the keys of a map are data")
        #expect(try decodeJSON(#"{"groupId": "g", "made": "2026-01-01T00:00:00Z", "count": null}"#).count == nil)
    }

    @Test(arguments: [
        "null", "[]", "{}", #"{"groupId": null}"#, #"{"groupId": 1}"#, #"{"groupId": "g", "count": "3"}"#,
        #"{"groupId": "g", "count": 1.5}"#, #"{"groupId": "g", "count": 1e300}"#,
        #"{"groupId": "g", "isTruncated": 1}"#,
        #"{"groupId": "g", "rules": {}}"#, #"{"groupId": "g", "rules": [null]}"#, #"{"groupId": "g", "made": "soon"}"#,
        #"{"groupId": "g", "made": 1e300}"#, #"{"groupID ": "g"}"#, #"{"gröupId": "g"}"#,
    ])
    func whatIsNotTheShapeIsAnError(text: String) {
        #expect(throws: DecodingError.self) { try decodeJSON(text) }
    }

    @Test func onlyASCIILettersAreFolded() {
        #expect(CaselessName.areEqual("VpcId", "vpcID"))
        #expect(!CaselessName.areEqual("K", "\u{212A}") && !CaselessName.areEqual("ä", "Ä"))
        #expect(!CaselessName.areEqual("a[", "a{") && !CaselessName.areEqual("ab", "abc"))
        #expect(CaselessName.hash("VpcId") == CaselessName.hash("VPCID"))
    }

    @Test(
        "AWS's words for a denial say whether a policy forbids the call",
        arguments: [
            (
                "User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetBucketPolicy on resource: \"x\" with an explicit deny in a service control policy",
                true, "service control policy"
            ),
            (
                "User: u is not authorized to perform: ec2:DescribeVpcs with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/p",
                true, "identity-based policy"
            ),
            (
                "User: u is not authorized to perform: iam:GetAccountSummary because no identity-based policy allows the iam:GetAccountSummary action",
                false, "identity-based policy"
            ),
            (
                "User: u is not authorized to perform: kms:ListGrants because no permissions boundary allows the kms:ListGrants action",
                false, "permissions boundary"
            ),
            (
                "User: u is not authorized to perform: ec2:DescribeVpcs because no service control policy allows the ec2:DescribeVpcs action",
                false, "service control policy"
            ),
            ("Access Denied", false, nil), ("", false, nil),
        ] as [(String, Bool, String?)])
    func denials(message: String, isExplicit: Bool, policyType: String?) {
        let denial = AccessDenial(message)
        #expect(denial.isExplicit == isExplicit)
        #expect(denial.policyType == policyType)
        #expect(denial.isFinal == (isExplicit || policyType == "service control policy"))
    }
}
