import Basics
import LogReaders
import Testing
@testable import Hunting

@Suite struct SecretFieldsTests {
    @Test(arguments: [
        ("responseElements.credentials.sessionToken", true), ("requestParameters.masterUserPassword", true),
        ("requestParameters.newPassword", true), ("responseElements.credentials.secretAccessKey", true),
        ("userIdentity.accessKeyId", false), ("requestParameters.passwordPolicy", false),
        ("requestParameters.passwordResetRequired", false), ("eventName", false), ("", false),
        ("requestParameters.X-Amz-Security-Token", true), ("additionalEventData.x-amz-signature", true),
        ("requestParameters.session_token", true), ("requestParameters.secret-access-key", true),
        ("requestParameters.Signature", true), ("requestParameters.policyDocument.Password", true),
        ("additionalEventData.SignatureVersion", false), ("signature_version", false),
        ("requestParameters.passwordPolicy.minimumLength", false),
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
        ("İ?signature=x", "İ?signature=x"), ("", ""),
    ])
    func signedAddressesLoseTheirSignature(_ text: String, _ shown: String) {
        #expect(SecretFields.shown(text, of: "request_uri") == shown)
    }

    @Test func secretsAreFoundAtAnyDepth() throws {
        let json = #"{"a":[{"sessionToken":"s"},{"b":{"password":1,"c":"x"}}],"password":null}"#
        let hidden = SecretFields.hidden(try JSON(parsing: json))
        #expect(
            hidden.description
                == #"{"a":[{"sessionToken":"(not shown)"},{"b":{"password":"(not shown)","c":"x"}}],"password":null}"#)
    }

    @Test(arguments: [
        (#"{"Statement":[{"Password":"p"}]}"#, #"{"Statement":[{"Password":"(not shown)"}]}"#),
        (#" [ {"session-token" : "p"} ]"#, #"[{"session-token":"(not shown)"}]"#),
        // Nothing to hide: the text stays as it was written.
        (#"{ "Statement": [] }"#, #"{ "Statement": [] }"#), ("{not json}", "{not json}"),
        (#"{"a":"{\"password\":\"p\"}"}"#, #"{"a":"{\"password\":\"(not shown)\"}"}"#),
    ])
    func secretsAreFoundInTextsThatAreJSON(_ text: String, _ shown: String) {
        #expect(SecretFields.shown(text, of: "requestParameters.policyDocument") == shown)
        let member = JSON.object(["policyDocument": .string(text)])
        let expected = JSON.object(["policyDocument": .string(shown)])
        #expect(SecretFields.hidden(member) == expected)
    }

    /// Nobody gets a deep recursion by nesting.
    @Test func textsWithinTextsEnd() {
        var text = #"{"password":"p"}"#
        for _ in 0..<12 { text = JSON.array([.string(text)]).description }
        #expect(SecretFields.hidden(.string(text)) == .string(text))
    }
}
