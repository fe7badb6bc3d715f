import IAMPolicy
import Testing

@Suite struct PolicyPrintingTests {
    @Test(arguments: [
        #"{"Statement":[]}"#,
        #"{"Version":"2012-10-17","Id":"a \"b\" \\ \u0001 ü \ud83d\ude00","Statement":[]}"#,
        #"{"Statement":{"Sid":"s","Effect":"Allow","Principal":"*","Action":["a:b","c:*"],"Resource":[]}}"#,
        #"{"Statement":{"Effect":"Deny","NotPrincipal":{"Service":["x","y"],"AWS":["*","111122223333"]},"NotAction":"a:b","NotResource":"*"}}"#,
        #"""
        {"Statement":[{"Effect":"Allow","Principal":{"AWS":[]},"Action":[],"Condition":
        {"StringEquals":{"a":"1","b":[]},"Bool":{"c":true},"ForAllValues:StringLikeIfExists":{"a":["x","y"]}}}]}
        """#,
    ])
    func aPrintedPolicyReadsAsTheSame(text: String) throws {
        let policy = try Policy(parsing: text)
        #expect(try Policy(parsing: policy.json) == policy)
        #expect(try Policy(parsing: policy.indentedJSON) == policy)
        #expect(try Policy(parsing: "\(policy)") == policy)
    }

    @Test func aPolicyIsPrintedInTheOrderOfTheGuides() {
        let policy = Policy(statements: [
            Statement(
                sid: "Logs", effect: .allow, principals: .only([.service("cloudtrail.amazonaws.com")]),
                actions: .only(["s3:PutObject"]), resources: .only(["arn:aws:s3:::logs/*"]),
                conditions: [PolicyCondition(.init(.stringEquals), key: "aws:SourceArn", values: ["arn:x"])])
        ])
        #expect(
            policy.indentedJSON == """
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Sid": "Logs",
                      "Effect": "Allow",
                      "Principal": {
                        "Service": "cloudtrail.amazonaws.com"
                      },
                      "Action": "s3:PutObject",
                      "Resource": "arn:aws:s3:::logs/*",
                      "Condition": {
                        "StringEquals": {
                          "aws:SourceArn": "arn:x"
                        }
                      }
                    }
                  ]
                }
                """)
    }
}
