import Basics
import IAMPolicy
import Testing

@Suite struct PolicyParsingTests {
    @Test func aSingleValueMeansAListOfOne() throws {
        let one = try Policy(
            parsing: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#)
        let list = try Policy(
            parsing: #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*"],"Resource":["*"]}]}"#
        )
        #expect(one == list)
        #expect(one.statements[0].actions == .only(["s3:Get*"]))
        #expect(one.statements[0].principals == nil)
    }

    /// IAM User Guide, "IAM JSON policy elements: Version".
    @Test func aPolicyWithoutVersionIsOfTheOlderOne() throws {
        #expect(try Policy(parsing: #"{"Statement":[]}"#).version == .v2008_10_17)
    }

    @Test(arguments: [
        (#""*""#, [Principal.everyone]),
        (#"{"AWS":"*"}"#, [.everyone]),
        (#"{"AWS":"111122223333"}"#, [.account("111122223333")]),
        (#"{"AWS":"arn:aws-cn:iam::111122223333:root"}"#, [.account("111122223333")]),
        (#"{"AWS":"arn:aws:iam::111122223333:user/path/ada"}"#, [.user("arn:aws:iam::111122223333:user/path/ada")]),
        (#"{"AWS":"arn:aws:iam::111122223333:role/r"}"#, [.role("arn:aws:iam::111122223333:role/r")]),
        (
            #"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#,
            [.session("arn:aws:sts::111122223333:assumed-role/r/s")]
        ),
        (
            #"{"AWS":"arn:aws:sts::111122223333:federated-user/f"}"#,
            [.federatedUser("arn:aws:sts::111122223333:federated-user/f")]
        ),
        (#"{"AWS":"AROAEXAMPLE"}"#, [.identifier("AROAEXAMPLE")]),
        (#"{"AWS":"arn:aws:iam::cloudfront:user/x"}"#, [.identifier("arn:aws:iam::cloudfront:user/x")]),
        (
            #"{"Service":["a.amazonaws.com","b.amazonaws.com"]}"#,
            [.service("a.amazonaws.com"), .service("b.amazonaws.com")]
        ),
        (#"{"Federated":"accounts.google.com"}"#, [.federated("accounts.google.com")]),
        (#"{"CanonicalUser":"79a5"}"#, [.canonicalUser("79a5")]),
        (#"{"Service":"a.amazonaws.com","AWS":[]}"#, [.service("a.amazonaws.com")]),
    ])
    func principalsAreToldApart(text: String, expected: [Principal]) throws {
        let policy = try Policy(parsing: #"{"Statement":{"Effect":"Allow","Action":"*","Principal":\#(text)}}"#)
        #expect(policy.statements[0].principals == .only(expected))
    }

    @Test func conditionsKeepOperatorKeyAndValues() throws {
        let policy = try Policy(
            parsing: """
                {"Statement": {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "*", "NotPrincipal": "*", "Condition": {
                  "ForAnyValue:stringLikeIfExists": {"aws:TagKeys": ["a", "b"]},
                  "bool": {"aws:SecureTransport": false},
                  "NumericLessThan": {"s3:TlsVersion": 1.2}
                }}}
                """)
        #expect(
            policy.statements[0].conditions == [
                PolicyCondition(
                    .init(.stringLike, quantifier: .forAnyValue, ifExists: true), key: "aws:TagKeys",
                    values: ["a", "b"]),
                PolicyCondition(.init(.bool), key: "aws:SecureTransport", values: ["false"]),
                PolicyCondition(.init(.numericLessThan), key: "s3:TlsVersion", values: ["1.2"]),
            ])
    }

    @Test(arguments: [
        ("", PolicyError(.json(.syntax("the end of the text where a value should be")), line: 1, column: 1)),
        (
            "{",
            PolicyError(
                .json(.syntax("the end of the text where a key in quotation marks should be")), line: 1, column: 2)
        ),
        ("{} x", PolicyError(.json(.syntax("\"x\" where the end of the text should be")), line: 1, column: 4)),
        (
            "{\"Statement\": [],}",
            PolicyError(.json(.syntax("\"}\" where a key in quotation marks should be")), line: 1, column: 18)
        ),
        ("[01]", PolicyError(.json(.syntax("a number that begins with 0")), line: 1, column: 2)),
        ("[\"a\nb\"]", PolicyError(.json(.syntax("a control character in a string")), line: 1, column: 4)),
        (#"["\ud800"]"#, PolicyError(.json(.syntax("half of a surrogate pair")), line: 1, column: 3)),
        (#"["\x"]"#, PolicyError(.json(.syntax("an unknown escape")), line: 1, column: 3)),
        ("\"abc", PolicyError(.json(.syntax("a string that does not end")), line: 1, column: 1)),
        ("nul", PolicyError(.json(.syntax("\"n\" where a value should be")), line: 1, column: 1)),
        (
            "[]",
            PolicyError(.unexpectedValue(of: "a policy", expected: "an object", found: "an array"), line: 1, column: 1)
        ),
        (
            "{\"Version\": \"2012-10-17\"}",
            PolicyError(.missingElement("Statement", in: "a policy"), line: 1, column: 1)
        ),
        ("{\n  \"Statment\": []}", PolicyError(.unknownElement("Statment", in: "a policy"), line: 2, column: 3)),
        ("{\"ü\": 1, \"ü\": 2}", PolicyError(.json(.duplicateName("ü")), line: 1, column: 10)),
        (
            #"{"Statement":[],"Version":"2012-10-18"}"#,
            PolicyError(
                .unexpectedValue(of: "Version", expected: "\"2012-10-17\" or \"2008-10-17\"", found: "\"2012-10-18\""),
                line: 1, column: 27)
        ),
        (
            #"{"Statement":{"Effect":"allow","Action":"*"}}"#,
            PolicyError(
                .unexpectedValue(of: "Effect", expected: "\"Allow\" or \"Deny\"", found: "\"allow\""), line: 1,
                column: 24)
        ),
        (
            #"{"Statement":{"Action":"*"}}"#,
            PolicyError(.missingElement("Effect", in: "a statement"), line: 1, column: 14)
        ),
        (
            #"{"Statement":{"Effect":"Deny"}}"#,
            PolicyError(.missingElement("Action", in: "a statement"), line: 1, column: 14)
        ),
        (
            #"{"Statement":{"Effect":"Deny","Action":"*","NotAction":"a:b"}}"#,
            PolicyError(.conflictingElements("Action", "NotAction"), line: 1, column: 44)
        ),
        (
            #"{"Statement":{"Effect":"Deny","Action":"GetObject"}}"#,
            PolicyError(
                .unexpectedValue(of: "Action", expected: "SERVICE:NAME or \"*\"", found: "\"GetObject\""), line: 1,
                column: 40)
        ),
        (
            #"{"Statement":{"Effect":"Deny","Action":"*","Principal":{"Aws":"*"}}}"#,
            PolicyError(.unknownElement("Aws", in: "Principal"), line: 1, column: 57)
        ),
        (
            #"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"StringEqual":{}}}}"#,
            PolicyError(.unknownOperator("StringEqual"), line: 1, column: 57)
        ),
        (
            #"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"NullIfExists":{"a":"true"}}}}"#,
            PolicyError(.unknownOperator("NullIfExists"), line: 1, column: 57)
        ),
        (
            #"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"Bool":{"aws:x":"true","AWS:X":"true"}}}}"#,
            PolicyError(.json(.duplicateName("AWS:X")), line: 1, column: 80)
        ),
        (
            #"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"Bool":{},"bool":{}}}}"#,
            PolicyError(.json(.duplicateName("bool")), line: 1, column: 67)
        ),
        (
            #"{"Statement":{"Effect":"Deny","Action":"*","Condition":{"Bool":{"a":null}}}}"#,
            PolicyError(
                .unexpectedValue(of: "a value of a", expected: "a string, a number or a boolean", found: "null"),
                line: 1, column: 69)
        ),
    ])
    func whatIsWrongIsSaidWithItsPlace(text: String, error: PolicyError) {
        #expect(throws: error) { try Policy(parsing: text) }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        let text = Array(#"{"Id":""#.utf8) + [0xC3, 0x28] + Array(#"","Statement":[]}"#.utf8)
        #expect(throws: PolicyError(.json(.notUTF8), line: 1, column: 8)) { try Policy(parsing: text) }
    }

    @Test func aNestThatIsTooDeepIsRefused() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: PolicyError(.json(.tooDeep(limit: 16)), line: 1, column: 17)) { try Policy(parsing: deep) }
    }

    @Test func aPolicyTooLongForAnyServiceIsRefused() throws {
        let white = String(repeating: " ", count: 900_000)
        #expect(try Policy(parsing: #"{"Statement":[]}"# + white).statements == [])
        #expect(throws: PolicyError(.json(.tooLarge(limit: 1 << 20)), line: 1, column: 1)) {
            try Policy(parsing: #"{"Statement":[]}"# + white + white)
        }
        let id = String(repeating: "x", count: 263_000)
        #expect(throws: PolicyError(.json(.tooLarge(limit: 256 << 10)), line: 1, column: 1)) {
            try Policy(parsing: #"{"Id":"\#(id)","Statement":[]}"#)
        }
    }

    @Test func anErrorReadsAsASentence() {
        let error = PolicyError(.unknownElement("Statment", in: "a policy"), line: 2, column: 3)
        #expect("\(error)" == #"line 2, column 3: a policy has no element "Statment""#)
    }
}
