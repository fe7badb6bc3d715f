import LogReaders
import Testing

@testable import Detection

@Suite struct SecretFieldsTests {
    @Test(arguments: [
        ("responseElements.credentials.sessionToken", true), ("requestParameters.masterUserPassword", true),
        ("requestParameters.newPassword", true), ("responseElements.credentials.secretAccessKey", true),
        ("userIdentity.accessKeyId", false), ("requestParameters.passwordPolicy", false),
        ("requestParameters.passwordResetRequired", false), ("eventName", false), ("", false),
    ])
    func secretsAreKnownByTheirNames(_ path: String, _ isSecret: Bool) {
        #expect(SecretFields.isSecret(path.utf8) == isSecret)
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
        let hidden = SecretFields.hidden(try JSONValue(parsing: json.utf8))
        #expect(
            String(decoding: hidden.compact, as: UTF8.self)
                == #"{"a":[{"sessionToken":"(not shown)"},{"b":{"password":"(not shown)","c":"x"}}],"password":null}"#)
    }
}
