import IAMPolicy
import Testing

@Suite struct PinsTests {
    private func statement(_ condition: String) throws -> Statement {
        let policy = try Policy(
            parsing: #"{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":\#(condition)}}"#)
        return policy.statements[0]
    }

    @Test(arguments: [
        (#"{"StringEquals":{"aws:SourceArn":"arn:x"}}"#, ["arn:x"]),
        (#"{"ArnLike":{"AWS:SourceARN":["arn:x","arn:y*"]}}"#, ["arn:x", "arn:y*"]),
        (#"{"ArnEquals":{"aws:SourceArn":"arn:x"}}"#, ["arn:x"]),
        (#"{"StringLike":{"aws:SourceArn":["a","b"]},"StringEquals":{"aws:SourceArn":"a"}}"#, ["a"]),
        (#"{"StringEqualsIfExists":{"aws:SourceArn":"arn:x"},"Null":{"aws:SourceArn":"false"}}"#, ["arn:x"]),
        (#"{"StringEqualsIfExists":{"aws:SourceArn":"arn:x"}}"#, nil),
        (#"{"ForAnyValue:StringEqualsIfExists":{"aws:SourceArn":"arn:x"}}"#, ["arn:x"]),
        (#"{"StringNotEquals":{"aws:SourceArn":"arn:x"}}"#, nil),
        (#"{"ArnNotLike":{"aws:SourceArn":"arn:x"}}"#, nil),
        (#"{"ForAllValues:StringEquals":{"aws:SourceArn":"arn:x"}}"#, nil),
        (#"{"Null":{"aws:SourceArn":"false"}}"#, nil),
        (#"{"StringEquals":{"aws:SourceAccount":"arn:x"}}"#, nil),
        (#"{}"#, nil),
    ])
    func aKeyIsPinnedByAConditionThatDemandsIt(condition: String, values: [String]?) throws {
        #expect(try statement(condition).pinnedValues(of: "aws:SourceArn") == values)
        #expect(try statement(condition).pins("aws:sourcearn") == (values != nil))
    }

    /// AWS CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail".
    @Test func anEncryptionContextIsPinned() throws {
        let statement = try statement(
            #"{"StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*:111122223333:trail/*"}}"#)
        #expect(statement.pins("kms:EncryptionContext:aws:cloudtrail:arn"))
    }
}
