import Testing

@testable import IAMPolicy

/// A value in a condition on the key `k` of a request in which `k` is `value`, `aws:username` is `ada*` and `aws:TagKeys` is `[x]`.
struct VariableRow: Sendable, CustomTestStringConvertible {
    let page: GuidePage
    let `operator`: String
    let pattern: String
    let value: String
    let version: Policy.Version
    let holds: Bool

    init(
        _ page: GuidePage, _ operator: String, _ pattern: String, _ value: String, _ holds: Bool,
        version: Policy.Version = .v2012_10_17
    ) {
        self.page = page
        self.operator = `operator`
        self.pattern = pattern
        self.value = value
        self.version = version
        self.holds = holds
    }

    var testDescription: String {
        "\(`operator`) \(pattern) \(holds ? "holds" : "fails") for \(value) in \(version.rawValue) (\(page.rawValue))"
    }
}

@Suite struct VariableTests {
    static let rows: [VariableRow] = [
        .init(.variables, "StringEquals", "${aws:username}", "ada*", true),
        .init(.variables, "StringEquals", "${AWS:UserName}", "ada*", true),
        .init(.variables, "StringEquals", "home/${aws:username}/x", "home/ada*/x", true),
        .init(.variables, "StringLike", "home/${aws:username}/*", "home/ada*/y", true),
        .init(.variables, "StringLike", "${aws:username}", "adam", false),
        .init(.variables, "StringEquals", "${aws:userid}", "${aws:userid}", false),
        .init(.variables, "StringEquals", "${aws:userid, 'guest'}", "guest", true),
        .init(.variables, "StringEquals", "${aws:userid,'guest'}", "guest", true),
        .init(.variables, "StringEquals", "${aws:username, 'guest'}", "ada*", true),
        .init(.variables, "StringEquals", "${aws:userid, ''}", "", true),
        .init(.variables, "StringEquals", "${aws:userid, guest}", "guest", false),
        .init(.variables, "StringNotEquals", "${aws:userid}", "x", false),
        .init(.variables, "StringNotEquals", "${aws:username}", "x", true),
        .init(.variables, "StringEquals", "${aws:TagKeys}", "x", false),
        .init(.variables, "StringLike", "a${*}", "a*", true),
        .init(.variables, "StringLike", "a${*}", "ab", false),
        .init(.variables, "StringLike", "a${?}", "ab", false),
        .init(.variables, "StringEquals", "a${$}{b}", "a${b}", true),
        .init(.variables, "StringEquals", "${aws:username", "${aws:username", true),
        .init(.variables, "StringEqualsIgnoreCase", "X${aws:username}", "xADA*", true),
        .init(.variables, "ArnLike", "arn:aws:sns:r:1:${aws:username}", "arn:aws:sns:r:1:ada*", true),
        .init(.variables, "ArnLike", "arn:aws:${aws:username}:r:1:t", "arn:aws:ada*:r:1:t", true),
        .init(.variables, "ArnNotLike", "arn:aws:sns:r:1:${aws:userid}", "arn:aws:sns:r:1:x", false),
        .init(.version, "StringEquals", "${aws:username}", "${aws:username}", true, version: .v2008_10_17),
        .init(.version, "StringEquals", "${aws:username}", "ada*", false, version: .v2008_10_17),
        .init(.version, "StringEquals", "${*}", "${*}", true, version: .v2008_10_17),
        .init(.version, "StringLike", "${*}", "${abc}", true, version: .v2008_10_17),
    ]

    @Test(arguments: rows)
    func aVariableIsReplaced(row: VariableRow) throws {
        let condition = PolicyCondition(try #require(ConditionOperator(row.operator)), key: "k", values: [row.pattern])
        let context: RequestContext = ["k": .single(row.value), "aws:username": "ada*", "aws:TagKeys": ["x"]]
        #expect(CompiledCondition(condition, version: row.version).holds(in: context) == Truth(row.holds))
    }
}
