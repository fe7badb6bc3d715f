import Basics
import IAMPolicy
import Testing

@Suite struct AccessCaseTests {
    private func answers(_ text: String) throws -> [String] {
        try AccessCase.read(Array(text.utf8)).map(\.answerJSON)
    }

    @Test func everyCaseIsAnsweredInItsOrder() throws {
        let text = """
            [ {"id": "a", "request": {"principal": "arn:aws:iam::111122223333:user/ada", "action": "s3:GetObject",
                "resource": "arn:aws:s3:::b/k", "resourceAccount": "111122223333", "context": {"aws:SourceIp": "10.0.0.1"}},
               "identityPolicies": [{"Version": "2012-10-17", "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:*",
                  "Resource": "*", "Condition": {"IpAddress": {"AWS:sourceip": "10.0.0.0/8"}}}}],
               "sessionPolicy": null, "expected": "allowed"},
              {"id": "b", "request": {"principal": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"},
               "resourcePolicy": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]},
               "settings": {"s3BlockPublicAccess": true}},
              {"id": "c", "request": {"principal": "arn:aws:iam::111122223333:user/ada", "action": "ec2:DescribeVpcs",
                "resource": "*", "wildcardOnlyAction": true, "context": {"aws:TagKeys": ["x", "y"], "n": 1, "t": true}},
               "serviceControlPolicies": [{"id": "r-root", "policies": [{"Statement": {"Effect": "Deny", "Action": "ec2:*",
                  "Resource": "*"}}]}]} ]
            """
        #expect(
            try answers(text) == [
                #"{"id":"a","decision":"allowed","because":[{"policy":"identityPolicies[0]","statement":"Read","effect":"Allow"}]}"#,
                #"{"id":"b","decision":"explicitDeny","because":[{"policy":"S3 Block Public Access","statement":"RestrictPublicBuckets","effect":"Deny"}]}"#,
                #"{"id":"c","decision":"explicitDeny","because":[{"policy":"serviceControlPolicies[r-root][0]","statement":"[0]","effect":"Deny"}]}"#,
            ])
    }

    @Test(arguments: [
        (#"{"id":"x"}"#, "the case has no request"),
        (#"{"request":{}}"#, "the case has no id"),
        (#"{"id":1,"request":{}}"#, "the id must be a string"),
        (#"{"id":"x","request":{},"request":{}}"#, "the case has the field \"request\" twice"),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*"},"settings":{"s3BlockPublicAccess":"true"}}"#,
            "s3BlockPublicAccess must be true or false"
        ),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*"},"identityPolicies":{"Statement":[]}}"#,
            "identityPolicies must be an array"
        ),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*"},"serviceControlPolicies":[{"id":"r"}]}"#,
            "serviceControlPolicies[r] has no policies"
        ),
        (
            #"{"id":"x","request":{"principal":"nobody","action":"a:b","resource":"*"}}"#,
            "the principal \"nobody\" is neither an ARN of IAM or STS, nor a service, nor anonymous"
        ),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"b","resource":"*"}}"#,
            "the action \"b\" is not SERVICE:NAME"
        ),
        (#"{"id":"x","request":{"principal":"anonymous","action":"a:b"}}"#, "resource must be a string"),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*","who":1}}"#,
            "the request has an unknown field \"who\""
        ),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*","resourceAccount":"1"}}"#,
            "the resourceAccount must have twelve digits"
        ),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*","context":{"k":"1","K":"2"}}}"#,
            "the context has the key K twice (case does not matter)"
        ),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*","context":{"k":{}}}}"#,
            "the context's k must be a string or an array of strings"
        ),
        (#"{"id":"x","sessionPolicies":[],"request":{}}"#, "the case has an unknown field \"sessionPolicies\""),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*"},"identityPolicies":[{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}}]}"#,
            "identityPolicies[0]: line 1, column 73: there is no condition operator \"StringIs\""
        ),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*"},"resourcePolicy":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}"#,
            "resourcePolicy: line 1, column 17: more than 16 arrays and objects are inside each other"
        ),
        (
            #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*"},"resourcePolicy":{oops}}"#,
            "resourcePolicy: line 1, column 2: not JSON: \"o\" where a key in quotation marks should be"
        ),
        (#"["id"]"#, "the case must be an object"),
    ])
    func aCaseThatCannotBeReadLeavesTheOthersAnswered(text: String, error: String) throws {
        let sound = #"{"id":"sound","request":{"principal":"anonymous","action":"a:b","resource":"*"}}"#
        let entries = try AccessCase.read(Array("[\(text),\(sound)]".utf8))
        #expect(entries.count == 2)
        #expect(throws: AccessCaseError.self) { try entries[0].result.get() }
        guard case .failure(let found) = entries[0].result else { return }
        #expect(found.description == error)
        #expect(entries[1].answerJSON == #"{"id":"sound","decision":"implicitDeny","because":[]}"#)
    }

    @Test func anIdThatStandsTwiceIsAnError() throws {
        let one = #"{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*"}}"#
        #expect(try answers("[\(one),\(one)]")[1] == #"{"id":"x","error":"the id stands twice in the file"}"#)
    }

    @Test func aPolicyThatIsNotUTF8IsAnErrorOfItsCase() throws {
        let bytes =
            Array(
                #"[{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*"},"sessionPolicy":{"Id":""#
                    .utf8)
            + [0xFF] + Array(#""}}]"#.utf8)
        #expect(
            try AccessCase.read(bytes)[0].answerJSON
                == #"{"id":"x","error":"sessionPolicy: line 1, column 8: the bytes are not UTF-8"}"#)
    }

    @Test(arguments: ["", "{}", "[", "[{]", "[}]"])
    func aFileThatIsNoArrayIsRefused(text: String) {
        #expect(throws: AccessCaseError.self) { try AccessCase.read(Array(text.utf8)) }
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        let text = #"[{"id":"x","request":{"principal":"anonymous","action":"a:b","resource":"*"}}]"#
        #expect(try answers("\u{FEFF}" + text) == answers(text))
    }

    @Test func anEmptyFileOfCasesHasNoAnswers() throws {
        #expect(try answers(" [ ] ").isEmpty)
    }
}
