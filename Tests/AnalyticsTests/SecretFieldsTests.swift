import Basics
import LogReaders
import TestSupport
import Testing
@testable import Analytics

@Suite struct SecretFieldsTests {
    /// The text without secrets.
    private static func hidden(_ json: String) -> String {
        let bytes = Array(json.utf8)
        return bytes.withUnsafeBufferPointer { SecretFields.hidden($0).map { String(decoding: $0, as: UTF8.self) } }
            ?? json
    }

    @Test(arguments: [
        ("responseElements.credentials.sessionToken", true), ("requestParameters.masterUserPassword", true),
        ("requestParameters.newPassword", true), ("responseElements.credentials.secretAccessKey", true),
        ("userIdentity.accessKeyId", false), ("requestParameters.passwordPolicy", false),
        ("requestParameters.passwordResetRequired", false), ("eventName", false), ("", false),
        ("requestParameters.X-Amz-Security-Token", true), ("additionalEventData.x-amz-signature", true),
        ("requestParameters.session_token", true), ("requestParameters.secret-access-key", true),
        ("requestParameters.Signature", true), ("requestParameters.policyDocument.Password", true),
        ("additionalEventData.SignatureVersion", false), ("signature_version", false),
        ("requestParameters.passwordPolicy.minimumLength", false), ("requestParameters.userData", true),
        ("requestParameters.minimumPasswordLength", false), ("requestParameters.nextToken", false),
        ("requestParameters.clientRequestToken", false), ("requestParameters.secretId", false),
        ("requestParameters.oAuthClientSecret", true),
    ])
    func secretsAreKnownByTheirNames(_ path: String, _ isSecret: Bool) {
        #expect(SecretFields.isSecret(path) == isSecret)
        #expect(SecretFields.shown("x", of: path) == (isSecret ? "(not shown)" : "x"))
    }

    @Test(arguments: [
        (
            "GET /b/k?X-Amz-Date=1&X-Amz-Security-Token=abc%2F&X-Amz-Signature=0f1e HTTP/1.1",
            "GET /b/k?X-Amz-Date=1&X-Amz-Security-Token=(not shown)&X-Amz-Signature=(not shown) HTTP/1.1"
        ),
        (
            "/k?AWSAccessKeyId=AKIA&Signature=vjbyPxybdZaNmGa&Expires=1",
            "/k?AWSAccessKeyId=AKIA&Signature=(not shown)&Expires=1"
        ),
        ("the signature=valid", "the signature=valid"), ("?", "?"), ("?signature=", "?signature=(not shown)"),
        ("İ?signature=x", "İ?signature=(not shown)"), ("", ""),
        // Percent-encoded, once and twice, as a parameter of another address has it.
        (
            "/go?to=https%3A%2F%2Fb%2Fk%3FX-Amz-Signature%3Dabc%26X-Amz-Expires%3D5",
            "/go?to=https%3A%2F%2Fb%2Fk%3FX-Amz-Signature%3D(not shown)%26X-Amz-Expires%3D5"
        ),
        ("k%253FX-Amz-Security-Token%253Dabc%252F%2526x", "k%253FX-Amz-Security-Token%253D(not shown)%2526x"),
        ("?X%2DAmz%2DSignature=abc&x", "?X%2DAmz%2DSignature=(not shown)&x"),
        ("?a=1%26Signature%3Dabc", "?a=1%26Signature%3D(not shown)"),
        ("https://me:pa@ss@example.org/x", "https://me:(not shown)@example.org/x"),
        ("https://example.org:443/@x", "https://example.org:443/@x"),
        ("mysql --password hunter2 -h db", "mysql --password (not shown) -h db"),
        ("mysql --password=hunter2 -h db", "mysql --password=(not shown) -h db"),
        ("#!/bin/sh\nexport DB_PASSWORD='hunter 2'\nrun", "#!/bin/sh\nexport DB_PASSWORD='(not shown)'\nrun"),
        ("Authorization: Bearer abc def\nx", "Authorization: (not shown)\nx"),
        (
            "AWS4-HMAC-SHA256 Credential=AKIA/1/s3, SignedHeaders=host, X-Amz-Signature=abc",
            "AWS4-HMAC-SHA256 Credential=AKIA/1/s3, SignedHeaders=host, X-Amz-Signature=(not shown)"
        ),
        (
            "arn:aws:secretsmanager:us-east-1:1:secret:password-x",
            "arn:aws:secretsmanager:us-east-1:1:secret:password-x"
        ),
        ("arn:aws:iam::123456789012:user/ann", "arn:aws:iam::123456789012:user/ann"),
        // Cut by AWS or by a log group: no JSON any more.
        (#"{"user":"a","password": "hunter2"#, #"{"user":"a","password": "(not shown)"#),
        (#"{"password":{"a":"hunter2"#, #"{"password":(not shown)"#),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx",
            "(not shown)-----END RSA PRIVATE KEY-----\nx"
        ),
        (
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"
        ),
        ("password=(not shown) x", "password=(not shown) x"),
    ])
    func secretsInTextsAreKnownByTheirShape(_ text: String, _ shown: String) {
        #expect(SecretFields.shown(text, of: "request_uri") == shown)
        #expect(SecretFields.shown(shown, of: "request_uri") == shown)
    }

    @Test func tokensAreKnownWhereverTheyStand() {
        let token = "IQoJb3JpZ2luX2VjE" + String(repeating: "aZ9/+", count: 40) + "=="
        #expect(
            SecretFields.shown("The security token \(token) is expired") == "The security token (not shown) is expired")
        let web = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
        #expect(SecretFields.shown("got \(web), and left") == "got (not shown), and left")
    }

    @Test(arguments: [
        (
            #"{"a":[{"sessionToken":"s"},{"b":{"password":1,"c":"x"}}],"password":null}"#,
            #"{"a":[{"sessionToken":"(not shown)"},{"b":{"password":"(not shown)","c":"x"}}],"password":null}"#
        ),
        // Secrets that are objects and lists.
        (
            #"{"password":{"a":["x",{"b":2}],"c":true}}"#,
            #"{"password":{"a":["(not shown)",{"b":"(not shown)"}],"c":true}}"#
        ),
        (#"{"sessionTokens":["x","y"]}"#, #"{"sessionTokens":["(not shown)","(not shown)"]}"#),
        // Lists of names and values, in any order.
        (
            #"[{"name":"DB_PASSWORD","value":"x"},{"name":"A","value":"y"}]"#,
            #"[{"name":"DB_PASSWORD","value":"(not shown)"},{"name":"A","value":"y"}]"#
        ),
        (
            #"[{"Value":{"s":"x"},"Key":"app/db.password"}]"#,
            #"[{"Value":{"s":"(not shown)"},"Key":"app/db.password"}]"#
        ),
        (
            #"{"parameterKey":"MasterPassword","parameterValue":"x","x":"y"}"#,
            #"{"parameterKey":"MasterPassword","parameterValue":"(not shown)","x":"y"}"#
        ),
        // The environment of functions, tasks and builds, whatever the names.
        (
            #"{"environment":{"variables":{"A":"x","B":5}},"e":{"environment":"prod"}}"#,
            #"{"environment":{"variables":{"A":"(not shown)","B":"(not shown)"}},"e":{"environment":"prod"}}"#
        ),
        (#"{"environment":[{"name":"A","value":"x"}]}"#, #"{"environment":[{"name":"A","value":"(not shown)"}]}"#),
        (
            #"{"environment":{"type":"LINUX","environmentVariables":[{"value":"x","name":"A"}]}}"#,
            #"{"environment":{"type":"LINUX","environmentVariables":[{"value":"(not shown)","name":"A"}]}}"#
        ),
        (#"{"env":["A=x"]}"#, #"{"env":["(not shown)"]}"#),
        (#"{"userData":"IyEvYmlu"}"#, #"{"userData":"(not shown)"}"#),
        // Escapes in names and values.
        (#"{"pass\u0077ord":"x"}"#, #"{"pass\u0077ord":"(not shown)"}"#),
        (#"{"uri":"?x=\u0031&Signature=a\u0062"}"#, #"{"uri":"?x=1&Signature=(not shown)"}"#),
        (#"{"x":"\"password\": \"y\""}"#, #"{"x":"\"password\": \"(not shown)\""}"#),
        // Nothing to hide.
        (
            #"{ "Statement": [], "a": [1.5, -2e3, true, null, "x:y", {}] }"#,
            #"{ "Statement": [], "a": [1.5, -2e3, true, null, "x:y", {}] }"#
        ),
        // What is no JSON is not shown.
        (#"{"a":1"#, #""(not shown)""#), (#"{"a" 1}"#, #""(not shown)""#), ("", #""(not shown)""#),
        (String(repeating: "[", count: 200) + String(repeating: "]", count: 200), #""(not shown)""#),
    ])
    func secretsAreFoundByTheirPlace(_ json: String, _ shown: String) {
        #expect(Self.hidden(json) == shown)
        #expect(Self.hidden(shown) == shown)
    }

    @Test(arguments: [
        (#"{"Statement":[{"Password":"p"}]}"#, #"{"Statement":[{"Password":"(not shown)"}]}"#),
        (#" [ {"session-token" : "p"} ]"#, #" [ {"session-token" : "(not shown)"} ]"#),
        // Nothing to hide: the text stays as it was written.
        (#"{ "Statement": [] }"#, #"{ "Statement": [] }"#), ("{not json}", "{not json}"),
        (#"{"a":"{\"password\":\"p\"}"}"#, #"{"a":"{\"password\":\"(not shown)\"}"}"#),
    ])
    func secretsAreFoundInTextsThatAreJSON(_ text: String, _ shown: String) throws {
        #expect(SecretFields.shown(text, of: "requestParameters.policyDocument") == shown)
        let member = JSON.object(["policyDocument": .string(text)]).description
        #expect(try JSON(parsing: Self.hidden(member)) == JSON.object(["policyDocument": .string(shown)]))
    }

    /// Nobody gets a deep recursion by nesting, and nothing is shown below it.
    @Test func textsWithinTextsEnd() {
        var text = #"{"password":"p4ssw0rd"}"#
        for _ in 0..<12 { text = JSON.array([.string(text)]).description }
        #expect(!Self.hidden(text).contains("p4ssw0rd"))
        #expect(!SecretFields.shown(text).contains("p4ssw0rd"))
    }

    /// Secrets in every place of a record, in every wrapping, are hidden, and the record is one still.
    @Test func noPlaceShowsASecret() throws {
        let secret = "Zx81Planted"
        let plain = [
            #"{"password":"§"}"#, #"{"newPassword":{"deep":[["§"]]}}"#, #"{"credentials":{"sessionToken":["§"]}}"#,
            #"[{"name":"API_SECRET_KEY","value":"§"}]"#, #"{"value":"§","key":"dbPassword"}"#,
            #"{"environment":{"variables":{"X":"§"}}}"#,
            #"{"containerDefinitions":[{"environment":[{"name":"X","value":"§"}]}]}"#,
            #"{"userData":{"value":"§"}}"#, #"{"uri":"/k?X-Amz-Security-Token=§&y"}"#,
            #"{"uri":"%3FX-Amz-Signature%3D§%26y"}"#,
            #"{"commands":["mysql --password §"]}"#, #"{"script":"export TOKEN_SECRET_KEY=§\nrun"}"#,
            #"{"url":"postgres://u:§@db/x"}"#, #"{"a.password":"§"}"#, #"{"text":"{\"private_key\": \"§\""}"#,
        ]
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<600 {
            var value = plain.randomElement(using: &generator)?.replacing("§", with: secret) ?? ""
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: value = #"{"requestParameters":\#(value),"x":"y:z"}"#
                case 1: value = "[1,\(value),null]"
                case 2: value = #"{"policyDocument":\#(JSON.string(value).description)}"#
                case 3: value = #"{"name":"x","value":\#(value)}"#
                default: value = #"{ "Records" : [ {"eventName":"A=b"} , \#(value) ] }"#
                }
            }
            let hidden = Self.hidden(value)
            #expect(!hidden.contains(secret), "\(value)")
            #expect(throws: Never.self, "\(hidden)") { try JSON(parsing: hidden) }
            #expect(!SecretFields.shown(value).contains(secret), "\(value)")
        }
    }

    /// Whatever the bytes are, there is an end, and what was JSON stays JSON.
    @Test func anyBytesAreGoneThrough() {
        var generator = SeededGenerator(seed: 6)
        let words = [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "password", "=", "%3D", "%25", "&", "?", "://", "@", " ", "--",
            "1", "é",
            "\\u00", "name", "value", "-----BEGIN ", "PRIVATE KEY", "eyJ", "null", "Signature", "\u{0}",
        ]
        for _ in 0..<4_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                text += words.randomElement(using: &generator) ?? ""
            }
            _ = Self.hidden(text)
            _ = SecretFields.shown(text)
        }
    }

    /// 16 MB of members took 90 s when each name was searched as a string.
    @Test(.timeLimit(.minutes(1))) func aLargeRecordIsGoneThroughOnce() {
        let member = #""someParameterOfTheCall":{"name":"x","value":"arn:aws:iam::123456789012:role/x"},"#
        let record = "{" + String(repeating: member, count: 20_000) + #""password":"p4ssw0rd"}"#
        #expect(!Self.hidden(record).contains("p4ssw0rd"))
    }
}
