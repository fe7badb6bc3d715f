import IAMPolicy
import Testing

@testable import Reports

/// Conditions as a person says them.
@Suite struct AccessWordsTests {
    struct Phrase: Sendable, CustomTestStringConvertible {
        var name: String
        var key: String
        var values: [String]
        var isDenial = false
        var words: String
        var testDescription: String { "\(isDenial ? "not " : "")\(name) \(key) \(values)" }
    }

    private static let phrases: [Phrase] = [
        .init(name: "Bool", key: "aws:MultiFactorAuthPresent", values: ["true"], words: "with MFA"),
        .init(name: "bool", key: "AWS:multifactorauthpresent", values: ["True"], words: "with MFA"),
        .init(
            name: "BoolIfExists", key: "aws:MultiFactorAuthPresent", values: ["true"],
            words: "with MFA, or with an access key"),
        .init(
            name: "BoolIfExists", key: "aws:MultiFactorAuthPresent", values: ["false"], isDenial: true,
            words: "with MFA"),
        .init(
            name: "NumericLessThan", key: "aws:MultiFactorAuthAge", values: ["3600"],
            words: "with MFA in the last 3600 seconds"),
        .init(
            name: "IpAddress", key: "aws:SourceIp", values: ["10.0.0.0/8", "192.0.2.1"],
            words: "from 10.0.0.0/8 or 192.0.2.1"),
        .init(
            name: "NotIpAddress", key: "aws:SourceIp", values: ["10.0.0.0/8"], isDenial: true, words: "from 10.0.0.0/8"),
        .init(
            name: "IpAddress", key: "aws:SourceIp", values: ["10.0.0.0/8"], isDenial: true,
            words: "unless from 10.0.0.0/8"),
        .init(
            name: "StringEquals", key: "aws:SourceVpce", values: ["vpce-1"], words: "through the VPC endpoint vpce-1"),
        .init(
            name: "StringNotEquals", key: "aws:SourceVpc", values: ["vpc-1"], isDenial: true,
            words: "from the VPC vpc-1"),
        .init(
            name: "StringEquals", key: "aws:PrincipalTag/Team", values: ["blue"],
            words: "as a caller tagged Team = blue"),
        .init(
            name: "StringEquals", key: "kms:EncryptionContext:aws:cloudtrail:arn", values: ["x"],
            words: "with the encryption context aws:cloudtrail:arn = x"),
        .init(name: "Null", key: "aws:TokenIssueTime", values: ["false"], words: "with any aws:TokenIssueTime"),
        .init(
            name: "ForAnyValue:StringEquals", key: "aws:TagKeys", values: ["a", "b"],
            words: "aws:TagKeys ForAnyValue:StringEquals a or b"),
        .init(
            name: "NumericEquals", key: "s3:max-keys", values: ["10"], words: "s3:max-keys NumericEquals 10"),
        .init(
            name: "StringNotEqualsIfExists", key: "aws:PrincipalOrgID", values: ["o-1"],
            words: "not from the organization o-1 (if known)"),
    ]

    @Test(arguments: phrases)
    func aConditionIsSaidInPlainWords(_ phrase: Phrase) throws {
        let comparison = try #require(ConditionOperator(phrase.name))
        let statement = UncertainStatement(
            statement: DecidingStatement(policy: "p", statement: "s", effect: phrase.isDenial ? .deny : .allow),
            conditions: [PolicyCondition(comparison, key: phrase.key, values: phrase.values)])
        #expect(AccessWords.words(phrase.isDenial ? .appliesNot(statement) : .applies(statement)) == phrase.words)
    }

    @Test func choicesAndListsDoNotRunTogether() {
        func part(_ key: String) -> AccessRequirement {
            .applies(
                UncertainStatement(
                    statement: DecidingStatement(policy: "p", statement: key, effect: .allow),
                    conditions: [PolicyCondition(ConditionOperator(.stringEquals), key: key, values: ["x"])]))
        }
        let a = part("aws:SourceVpc")
        let b = part("aws:SourceVpce")
        let c = part("aws:PrincipalOrgID")
        #expect(
            AccessWords.words(.all([.any([a, b]), c]))
                == "(from the VPC x or through the VPC endpoint x), from the organization x")
        #expect(
            AccessWords.words(.any([.all([a, b]), c]))
                == "(from the VPC x, through the VPC endpoint x) or from the organization x")
    }

    @Test func brokenJSONStaysTheSameJSON() {
        let json = #"{"a":"x:y, \"z\":1","b":["c\\","d"]}"#
        #expect(JSONText.spaced(json) == #"{"a": "x:y, \"z\":1", "b": ["c\\", "d"]}"#)
    }
}
