import IAMPolicy
import Inventory
import Testing

@Suite struct PolicyDocumentTests {
    /// Whoever looks for the statement in the console must find it.
    @Test func aStatementIsQuotedAsItWasWritten() throws {
        let first = #"{"Resource":["*"],"Action":["S3:getobject"],"Effect":"Allow"}"#
        let second = #"{"Effect":"Allow","Action":"*","Resource":"*","Sid":"All"}"#
        let several = PolicyDocument(#"{"Version":"2012-10-17","Statement":[\#(first),\#(second)]}"#)
        #expect(try several.policy.statements.map(several.text) == [first, second])
        let single = PolicyDocument(#"{"Statement": {"Effect": "Allow", "NotAction": ["iam:*"], "Resource": ["*"]}}"#)
        #expect(
            try single.policy.statements.map(single.text)
                == [#"{"Effect":"Allow","NotAction":["iam:*"],"Resource":["*"]}"#])
    }
}
