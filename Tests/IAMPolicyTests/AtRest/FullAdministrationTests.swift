import IAMPolicy
import Testing

@Suite struct FullAdministrationTests {
    @Test(arguments: [
        (#"{"Effect":"Allow","Action":"*","Resource":"*"}"#, true),
        (#"{"Effect":"Allow","Action":["s3:Get*","*:*"],"Resource":["arn:aws:s3:::x","*"]}"#, true),
        (#"{"Effect":"Allow","Action":"**","Resource":"**"}"#, true),
        (#"{"Effect":"Allow","Action":"?*:**","Resource":"arn:aws:*:*:*:*"}"#, true),
        (#"{"Effect":"Allow","Action":"*","Resource":"arn:*"}"#, true),
        (#"{"Effect":"Allow","NotAction":[],"Resource":"*"}"#, true),
        (#"{"Effect":"Allow","Action":"*","NotResource":[]}"#, true),
        (#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#, false),
        (#"{"Effect":"Allow","NotAction":"nosuch:Thing","Resource":"*"}"#, false),
        (#"{"Effect":"Allow","Action":"a*:*","Resource":"*"}"#, false),
        (#"{"Effect":"Allow","Action":"*:Get*","Resource":"*"}"#, false),
        (#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#, false),
        (#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*"}"#, false),
        (#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:*:*:111122223333:*"}"#, false),
        (#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::x"}"#, false),
        (#"{"Effect":"Allow","Action":"*"}"#, false),
        (#"{"Effect":"Deny","Action":"*","Resource":"*"}"#, false),
    ])
    func everyActionOnEveryResourceIsSeenInAnySpelling(statement: String, expected: Bool) throws {
        let policy = try Policy(parsing: #"{"Version":"2012-10-17","Statement":[\#(statement)]}"#)
        #expect(policy.unconditionalFullAdministration.isEmpty == !expected)
        #expect(policy.conditionalFullAdministration.isEmpty)
    }

    @Test func aConditionIsTold() throws {
        let policy = try Policy(
            parsing: """
                {"Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
                  "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}
                """)
        #expect(policy.unconditionalFullAdministration.isEmpty)
        #expect(policy.conditionalFullAdministration == policy.statements)
        #expect(policy.fullAdministration == policy.statements)
    }

    @Test(arguments: [
        (#"{"Effect":"Deny","Action":"*","Resource":"*"}"#, true),
        (#"{"Effect":"Deny","NotAction":[],"Resource":["*"]}"#, true),
        (#"{"Effect":"Deny","Action":"iam:*","Resource":"*"}"#, false),
        (#"{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}"#, false),
        (#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a":"true"}}}"#, false),
    ])
    func onlyADenialOfEverythingTakesItBack(denial: String, cancels: Bool) throws {
        let policy = try Policy(
            parsing: #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},\#(denial)]}"#)
        #expect(policy.fullAdministration.isEmpty == cancels)
    }
}
