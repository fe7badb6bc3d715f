import IAMPolicy
import Testing

/// Amazon S3 User Guide, "Security best practices for Amazon S3".
@Suite struct TLSOnlyTests {
    private static let plain = #""Condition":{"Bool":{"aws:SecureTransport":"false"}}"#

    @Test(arguments: [
        (
            #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],\#(plain)}"#,
            true
        ),
        (#"{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"*","Resource":"*",\#(plain)}"#, true),
        (#"{"Effect":"Deny","Principal":"*","Action":"S3:*","Resource":"arn:aws:s3:::b*",\#(plain)}"#, true),
        (#"{"Effect":"Deny","Principal":"*","Action":"s3:*","NotResource":"arn:aws:s3:::other/*",\#(plain)}"#, true),
        (
            #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"AWS:SECURETRANSPORT":[false]}}}"#,
            true
        ),
        (
            #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b",\#(plain)},"#
                + #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*",\#(plain)}"#, true
        ),
        (#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*",\#(plain)}"#, false),
        (#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b",\#(plain)}"#, false),
        (
            #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/AWSLogs/*"],\#(plain)}"#,
            false
        ),
        (#"{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*",\#(plain)}"#, false),
        (#"{"Effect":"Deny","Principal":"*","NotAction":"s3:GetObject","Resource":"*",\#(plain)}"#, false),
        (#"{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*",\#(plain)}"#, false),
        (#"{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*",\#(plain)}"#, false),
        (#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*",\#(plain)}"#, false),
        (#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#, false),
        (
            #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#,
            false
        ),
        (
            #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}}"#,
            false
        ),
        (
            #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:SourceVpc":"vpc-1"}}}"#,
            false
        ),
    ])
    func requestsWithoutTLSAreRefusedOnlyIfAllOfThemAre(statements: String, refused: Bool) throws {
        let policy = try Policy(parsing: #"{"Version":"2012-10-17","Statement":[\#(statements)]}"#)
        #expect(policy.allowsOnlyTLS(for: "arn:aws:s3:::b") == refused)
    }
}
