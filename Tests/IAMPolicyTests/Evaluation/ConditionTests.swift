import Testing

@testable import IAMPolicy

/// A condition on the key `k`, the value that the request has for it, and whether the condition holds.
struct ConditionRow: Sendable, CustomTestStringConvertible {
    let page: GuidePage
    let `operator`: String
    let values: [String]
    let value: RequestContext.Value?
    let holds: Bool

    init(_ page: GuidePage, _ operator: String, _ values: [String], _ value: RequestContext.Value?, _ holds: Bool) {
        self.page = page
        self.operator = `operator`
        self.values = values
        self.value = value
        self.holds = holds
    }

    var testDescription: String {
        "\(`operator`) \(values) \(holds ? "holds" : "fails") for \(value.map { "\($0)" } ?? "no key") (\(page.rawValue))"
    }
}

@Suite struct ConditionTests {
    static let strings: [ConditionRow] = [
        .init(.conditionOperators, "StringEquals", ["a"], "a", true),
        .init(.conditionOperators, "StringEquals", ["a"], "A", false),
        .init(.conditionOperators, "StringEquals", ["a", "b"], "b", true),
        .init(.conditionOperators, "StringEquals", ["a*"], "ab", false),
        .init(.conditionOperators, "StringEquals", ["a*"], "a*", true),
        .init(.conditionOperators, "StringEquals", [""], "", true),
        .init(.conditionOperators, "StringEquals", ["a"], nil, false),
        .init(.conditionOperators, "StringEquals", [], "a", false),
        .init(.conditionOperators, "StringEquals", ["é"], "e\u{301}", false),
        .init(.conditionOperators, "StringNotEquals", ["a"], "b", true),
        .init(.conditionOperators, "StringNotEquals", ["a"], "a", false),
        .init(.conditionOperators, "StringNotEquals", ["a", "b"], "b", false),
        .init(.conditionOperators, "StringNotEquals", ["a", "b"], "c", true),
        .init(.conditionOperators, "StringNotEquals", ["a"], nil, true),
        .init(.conditionOperators, "StringEqualsIgnoreCase", ["AbC"], "aBc", true),
        .init(.conditionOperators, "StringEqualsIgnoreCase", ["AbC"], "abd", false),
        .init(.conditionOperators, "StringEqualsIgnoreCase", ["a*"], "AB", false),
        .init(.conditionOperators, "StringEqualsIgnoreCase", ["a"], nil, false),
        .init(.conditionOperators, "StringNotEqualsIgnoreCase", ["ABC"], "abc", false),
        .init(.conditionOperators, "StringNotEqualsIgnoreCase", ["ABC"], "abd", true),
        .init(.conditionOperators, "StringNotEqualsIgnoreCase", ["ABC"], nil, true),
        .init(.conditionOperators, "StringLike", ["a*"], "abc", true),
        .init(.conditionOperators, "StringLike", ["a?c"], "abc", true),
        .init(.conditionOperators, "StringLike", ["a?c"], "ac", false),
        .init(.conditionOperators, "StringLike", ["A*"], "abc", false),
        .init(.conditionOperators, "StringLike", ["*"], "", true),
        .init(.conditionOperators, "StringLike", ["*"], nil, false),
        .init(.conditionOperators, "StringLike", ["", "home/"], "", true),
        .init(
            .conditionOperators, "StringLike", ["arn:aws:someservice:*:111122223333:finance/*"],
            "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt", true),
        .init(.conditionOperators, "StringNotLike", ["a*"], "abc", false),
        .init(.conditionOperators, "StringNotLike", ["a*"], "bcd", true),
        .init(.conditionOperators, "StringNotLike", ["a*"], nil, true),
        .init(.conditionOperators, "StringNotLike", [], "a", true),
    ]

    static let numbers: [ConditionRow] = [
        .init(.conditionOperators, "NumericEquals", ["10"], "10", true),
        .init(.conditionOperators, "NumericEquals", ["10"], "10.0", true),
        .init(.conditionOperators, "NumericEquals", ["10"], "11", false),
        .init(.conditionOperators, "NumericEquals", ["9007199254740993"], "9007199254740992", false),
        .init(.conditionOperators, "NumericEquals", ["10"], "ten", false),
        .init(.conditionOperators, "NumericEquals", ["nan"], "nan", false),
        .init(.conditionOperators, "NumericEquals", ["0x10"], "16", false),
        .init(.conditionOperators, "NumericEquals", ["10"], nil, false),
        .init(.conditionOperators, "NumericNotEquals", ["10"], "11", true),
        .init(.conditionOperators, "NumericNotEquals", ["10", "11"], "11", false),
        .init(.conditionOperators, "NumericNotEquals", ["10"], nil, true),
        .init(.conditionOperators, "NumericLessThan", ["1.2"], "1.1", true),
        .init(.conditionOperators, "NumericLessThan", ["1.2"], "1.2", false),
        .init(.conditionOperators, "NumericLessThan", ["1.2"], nil, false),
        .init(.conditionOperators, "NumericLessThanEquals", ["10"], "10", true),
        .init(.conditionOperators, "NumericLessThanEquals", ["10"], "9", true),
        .init(.conditionOperators, "NumericLessThanEquals", ["10"], "11", false),
        .init(.conditionOperators, "NumericLessThanEquals", ["10"], "-11", true),
        .init(.conditionOperators, "NumericGreaterThan", ["10"], "10", false),
        .init(.conditionOperators, "NumericGreaterThan", ["10"], "10.5", true),
        .init(.conditionOperators, "NumericGreaterThanEquals", ["10"], "10", true),
        .init(.conditionOperators, "NumericGreaterThanEquals", ["10", "5"], "6", true),
        .init(.conditionOperators, "NumericGreaterThanEquals", ["10"], "9.99", false),
    ]

    static let dates: [ConditionRow] = [
        .init(.conditionOperators, "DateEquals", ["2020-01-01T00:00:01Z"], "2020-01-01T00:00:01Z", true),
        .init(.conditionOperators, "DateEquals", ["2020-01-01T00:00:01Z"], "1577836801", true),
        .init(.conditionOperators, "DateEquals", ["1577836801"], "2020-01-01T01:00:01+01:00", true),
        .init(.conditionOperators, "DateEquals", ["2020-01-01T00:00:01Z"], "2020-01-01T00:00:02Z", false),
        .init(.conditionOperators, "DateEquals", ["2020-01-01"], nil, false),
        .init(.w3cDates, "DateEquals", ["2020"], "2020-01-01T00:00:00Z", true),
        .init(.w3cDates, "DateEquals", ["2020-03"], "2020-03-01", true),
        .init(.w3cDates, "DateEquals", ["1997-07-16T19:20+01:00"], "1997-07-16T18:20:00Z", true),
        .init(.w3cDates, "DateEquals", ["1997-07-16T19:20:30.45+01:00"], "1997-07-16T18:20:30.45Z", true),
        .init(.w3cDates, "DateEquals", ["1997-07-16T19:20-05:30"], "1997-07-17T00:50Z", true),
        .init(.w3cDates, "DateEquals", ["2020-02-29"], "1582934400", true),
        .init(.w3cDates, "DateEquals", ["2021-02-29"], "2021-02-29", false),
        .init(.w3cDates, "DateEquals", ["2020-13-01"], "2020-13-01", false),
        .init(.w3cDates, "DateEquals", ["2020-01-01T24:00Z"], "2020-01-02", false),
        .init(.conditionOperators, "DateNotEquals", ["2020-01-01"], "2020-01-02", true),
        .init(.conditionOperators, "DateNotEquals", ["2020-01-01"], "2020-01-01T00:00:00Z", false),
        .init(.conditionOperators, "DateNotEquals", ["2020-01-01"], nil, true),
        .init(.conditionOperators, "DateLessThan", ["2020-01-01"], "2019-12-31T23:59:59Z", true),
        .init(.conditionOperators, "DateLessThan", ["2020-01-01"], "2020-01-01T00:00:00Z", false),
        .init(.conditionOperators, "DateLessThanEquals", ["2020-01-01"], "2020-01-01T00:00:00Z", true),
        .init(.conditionOperators, "DateGreaterThan", ["2020-01-01T00:00:01Z"], "2020-06-01T12:00:00Z", true),
        .init(.conditionOperators, "DateGreaterThan", ["2020-01-01T00:00:01Z"], nil, false),
        .init(.conditionOperators, "DateGreaterThanEquals", ["1577836800"], "1577836800", true),
        .init(.conditionOperators, "DateGreaterThanEquals", ["1577836800"], "0", false),
        .init(.conditionOperators, "DateGreaterThan", ["*"], "2020-01-01", false),
    ]

    static let booleansAndBinaries: [ConditionRow] = [
        .init(.conditionOperators, "Bool", ["true"], "true", true),
        .init(.conditionOperators, "Bool", ["true"], "false", false),
        .init(.conditionOperators, "Bool", ["false"], "false", true),
        .init(.conditionOperators, "Bool", ["False"], "FALSE", true),
        .init(.conditionOperators, "Bool", ["true", "false"], "false", true),
        .init(.conditionOperators, "Bool", ["yes"], "yes", false),
        .init(.conditionOperators, "Bool", ["false"], nil, false),
        .init(.conditionOperators, "BoolIfExists", ["false"], nil, true),
        .init(.conditionOperators, "BoolIfExists", ["false"], "true", false),
        .init(
            .conditionOperators, "BinaryEquals", ["QmluYXJ5VmFsdWVJbkJhc2U2NA=="], "QmluYXJ5VmFsdWVJbkJhc2U2NA==", true),
        .init(.conditionOperators, "BinaryEquals", ["QmluYXJ5VmFsdWVJbkJhc2U2NA=="], "QmluYXJ5", false),
        .init(.conditionOperators, "BinaryEquals", ["QQ=="], nil, false),
        .init(.conditionOperators, "BinaryEquals", ["not base64"], "not base64", false),
    ]

    static let addresses: [ConditionRow] = [
        .init(.conditionOperators, "IpAddress", ["203.0.113.0/24"], "203.0.113.255", true),
        .init(.conditionOperators, "IpAddress", ["203.0.113.0/24"], "203.0.114.0", false),
        .init(.conditionOperators, "IpAddress", ["203.0.113.7"], "203.0.113.7", true),
        .init(.conditionOperators, "IpAddress", ["203.0.113.7"], "203.0.113.8", false),
        .init(
            .conditionOperators, "IpAddress", ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678:9::1",
            true),
        .init(.conditionOperators, "IpAddress", ["2001:DB8:1234:5678::/64"], "2001:db8:1234:5679::1", false),
        .init(.conditionOperators, "IpAddress", ["203.0.113.0/24"], nil, false),
        .init(.cidr, "IpAddress", ["0.0.0.0/0"], "198.51.100.1", true),
        .init(.cidr, "IpAddress", ["0.0.0.0/0"], "2001:db8::1", false),
        .init(.cidr, "IpAddress", ["10.0.0.0/9"], "10.127.0.1", true),
        .init(.cidr, "IpAddress", ["10.0.0.0/9"], "10.128.0.1", false),
        .init(.cidr, "IpAddress", ["203.0.113.77/24"], "203.0.113.1", true),
        .init(.cidr, "IpAddress", ["203.0.113.0/33"], "203.0.113.0", false),
        .init(.cidr, "IpAddress", ["::ffff:203.0.113.0/120"], "::ffff:203.0.113.9", true),
        .init(.cidr, "IpAddress", ["2001:db8::/32"], "2001:db8:0:0:0:0:0:1", true),
        .init(.cidr, "IpAddress", ["2001:db8::/32"], "2001:db8::1::2", false),
        .init(.cidr, "IpAddress", ["203.0.113.0/24"], "203.0.113", false),
        .init(.conditionOperators, "NotIpAddress", ["203.0.113.0/24"], "203.0.113.5", false),
        .init(.conditionOperators, "NotIpAddress", ["203.0.113.0/24"], "198.51.100.1", true),
        .init(.conditionOperators, "NotIpAddress", ["203.0.113.0/24"], nil, true),
        .init(.conditionOperators, "NotIpAddress", ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.1", false),
    ]

    static let arns: [ConditionRow] = [
        .init(.conditionOperators, "ArnEquals", ["arn:aws:sns:r:111122223333:t"], "arn:aws:sns:r:111122223333:t", true),
        .init(
            .conditionOperators, "ArnEquals", ["arn:aws:sns:*:111122223333:t*"], "arn:aws:sns:r:111122223333:topic",
            true),
        .init(.conditionOperators, "ArnLike", ["arn:aws:sns:*:111122223333:?"], "arn:aws:sns:r:111122223333:t", true),
        .init(.conditionOperators, "ArnLike", ["arn:aws:sns:*:111122223333:T"], "arn:aws:sns:r:111122223333:t", false),
        .init(
            .conditionOperators, "ArnLike", ["arn:aws:someservice:*:111122223333:finance/*"],
            "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt", false),
        .init(
            .conditionOperators, "ArnLike", ["arn:aws:logs:*:*:log-group:*:log-stream:x"],
            "arn:aws:logs:r:1:log-group:g:log-stream:x", true),
        .init(.conditionOperators, "ArnLike", ["arn:aws:sns:*:*:*"], nil, false),
        .init(.conditionOperators, "ArnLike", ["arn:aws:sns:*:*:*"], "vpce-1", false),
        .init(
            .conditionOperators, "ArnNotEquals", ["arn:aws:iam::111122223333:role/a*"],
            "arn:aws:iam::111122223333:role/ab", false),
        .init(
            .conditionOperators, "ArnNotLike", ["arn:aws:iam::111122223333:role/a"], "arn:aws:iam::111122223333:role/b",
            true),
        .init(.conditionOperators, "ArnNotLike", ["arn:aws:iam::111122223333:role/a"], nil, true),
    ]

    static let existence: [ConditionRow] = [
        .init(.conditionOperators, "Null", ["true"], nil, true),
        .init(.conditionOperators, "Null", ["true"], "x", false),
        .init(.conditionOperators, "Null", ["false"], "x", true),
        .init(.conditionOperators, "Null", ["false"], nil, false),
        .init(.conditionOperators, "Null", ["true", "false"], nil, true),
        .init(.conditionOperators, "Null", ["true", "false"], "x", true),
        .init(.conditionOperators, "Null", ["false"], ["a", "b"], true),
        .init(.conditionOperators, "Null", ["false"], [], false),
        .init(.conditionOperators, "Null", ["true"], [], true),
        .init(.setOperators, "Null", ["false"], "", false),
        .init(.setOperators, "Null", ["true"], "", true),
        .init(.conditionOperators, "Null", [], "x", false),
        .init(.conditionOperators, "StringEqualsIfExists", ["a"], nil, true),
        .init(.conditionOperators, "StringEqualsIfExists", ["a"], "b", false),
        .init(.conditionOperators, "StringLikeIfExists", ["t1.*", "t2.*"], nil, true),
        .init(.conditionOperators, "StringLikeIfExists", ["t1.*", "t2.*"], "m5.large", false),
        .init(.conditionOperators, "StringNotEqualsIfExists", ["a"], nil, true),
        .init(.conditionOperators, "StringNotEqualsIfExists", ["a"], "a", false),
        .init(.conditionOperators, "NumericLessThanIfExists", ["3600"], nil, true),
        .init(.conditionOperators, "NumericLessThanIfExists", ["3600"], "3601", false),
        .init(.conditionOperators, "DateLessThanIfExists", ["2020-01-01"], nil, true),
        .init(.conditionOperators, "IpAddressIfExists", ["10.0.0.0/8"], nil, true),
        .init(.conditionOperators, "NotIpAddressIfExists", ["10.0.0.0/8"], "10.1.1.1", false),
        .init(.conditionOperators, "ArnLikeIfExists", ["arn:aws:s3:::*"], nil, true),
    ]

    static let sets: [ConditionRow] = [
        .init(.setOperators, "ForAllValues:StringEquals", ["a", "b"], ["a"], true),
        .init(.setOperators, "ForAllValues:StringEquals", ["a", "b"], ["a", "b"], true),
        .init(.setOperators, "ForAllValues:StringEquals", ["a", "b"], ["a", "c"], false),
        .init(.setOperators, "ForAllValues:StringEquals", ["a", "b"], [], true),
        .init(.setOperators, "ForAllValues:StringEquals", ["a", "b"], nil, true),
        .init(.setOperators, "ForAllValues:StringEquals", ["a", "b"], "", true),
        .init(.setOperators, "ForAllValues:StringEquals", ["a", "b"], "a", true),
        .init(.setOperators, "ForAllValues:StringEquals", ["a", "b"], "c", false),
        .init(.setOperators, "ForAllValues:StringEquals", [], ["a"], false),
        .init(.setOperators, "ForAllValues:StringLike", ["a*"], ["ab", "ac"], true),
        .init(.setOperators, "ForAllValues:StringNotEquals", ["a"], ["b", "c"], true),
        .init(.setOperators, "ForAllValues:StringNotEquals", ["a"], ["a", "c"], false),
        .init(.setOperators, "ForAllValues:StringNotEquals", ["a"], nil, true),
        .init(.setOperators, "ForAnyValue:StringEquals", ["a", "b"], ["b", "c"], true),
        .init(.setOperators, "ForAnyValue:StringEquals", ["a", "b"], ["c"], false),
        .init(.setOperators, "ForAnyValue:StringEquals", ["a", "b"], [], false),
        .init(.setOperators, "ForAnyValue:StringEquals", ["a", "b"], nil, false),
        .init(.setOperators, "ForAnyValue:StringEquals", [""], "", false),
        .init(.setOperators, "ForAnyValue:StringEquals", ["a"], "a", true),
        .init(.setOperators, "ForAnyValue:StringLike", ["a*"], ["x", "ab"], true),
        .init(.setOperators, "ForAnyValue:StringNotEquals", ["a"], ["a", "b"], true),
        .init(.setOperators, "ForAnyValue:StringNotEquals", ["a"], ["a"], false),
        .init(.setOperators, "ForAnyValue:StringNotEquals", ["a"], nil, false),
        .init(.setOperators, "ForAnyValue:StringEqualsIfExists", ["a"], nil, false),
        .init(.setOperators, "ForAnyValue:StringNotEqualsIfExists", ["a"], nil, false),
        .init(.setOperators, "ForAnyValue:StringEqualsIfExists", ["a"], ["b", "a"], true),
        .init(.setOperators, "ForAllValues:StringEqualsIfExists", ["a"], nil, true),
        .init(.setOperators, "ForAllValues:StringEqualsIfExists", ["a"], ["a", "b"], false),
        .init(.setOperators, "ForAnyValue:NumericLessThan", ["5"], ["9", "4"], true),
        .init(.setOperators, "ForAllValues:NumericLessThan", ["5"], ["9", "4"], false),
        .init(
            .setOperators, "ForAnyValue:ArnLike", ["arn:aws:iam::1:role/*"],
            ["arn:aws:iam::1:user/a", "arn:aws:iam::1:role/a"], true),
        .init(.setOperators, "ForAllValues:Bool", ["true"], ["true", "false"], false),
        .init(.setOperators, "ForAnyValue:IpAddress", ["10.0.0.0/8"], ["192.0.2.1", "10.0.0.1"], true),
        .init(.multivaluedKeys, "StringEquals", ["a"], ["b", "a"], false),
        .init(.multivaluedKeys, "StringEquals", ["a"], ["a"], false),
        .init(.multivaluedKeys, "StringNotEquals", ["a"], ["b", "c"], false),
        .init(.multivaluedKeys, "StringEqualsIfExists", ["a"], ["a"], false),
        .init(.multivaluedKeys, "StringEqualsIfExists", ["a"], [], true),
        .init(.multivaluedKeys, "StringNotEquals", ["a"], [], true),
    ]

    @Test(arguments: strings + numbers + dates)
    func aTextNumberOrDateIsCompared(row: ConditionRow) throws {
        #expect(try holds(row) == row.holds)
    }

    @Test(arguments: booleansAndBinaries + addresses + arns)
    func aBooleanAddressOrARNIsCompared(row: ConditionRow) throws {
        #expect(try holds(row) == row.holds)
    }

    @Test(arguments: existence + sets)
    func absentKeysAndSetsAreCompared(row: ConditionRow) throws {
        #expect(try holds(row) == row.holds)
    }

    private func holds(_ row: ConditionRow) throws -> Bool {
        let condition = PolicyCondition(try #require(ConditionOperator(row.operator)), key: "K", values: row.values)
        var context = RequestContext()
        context["k"] = row.value
        return CompiledCondition(condition, version: .v2012_10_17).holds(in: context) == .yes
    }
}
