import IAMPolicy
import Testing

/// How the ARNs of `Resource` and `NotResource` are read: completed in policies that belong to their caller, and with wildcards
/// at the ends of their segments that reach across colons.
///
/// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)" and "IAM JSON policy elements: Resource".
@Suite struct ResourceARNTests {
    static let queue = "arn:aws:sqs:us-east-1:111122223333:jobs"

    /// A pattern, a resource, and whether the pattern names it in an identity policy and in a resource policy.
    static let rows: [(pattern: String, resource: String, isInCallers: Bool, isInNaming: Bool)] = [
        ("arn:aws:sqs", queue, true, false),
        ("arn:aws:sqs:us-east-1", queue, true, false),
        ("arn:aws:sqs:us-east-1:111122223333", queue, true, false),
        ("arn:aws:sqs:eu-west-1", queue, false, false),
        ("arn:aws:sq", queue, false, false),
        ("arn:aws:sqs:us-*-1", queue, true, false),
        ("arn:aws", queue, true, false),
        ("arn:aws-cn", queue, false, false),
        ("arn:aws:s3", "arn:aws:s3:::bucket/key", true, false),
        ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket/key", false, false),
        ("arn:aws:sqs", "*", false, false),
        ("sqs", queue, false, false),
        ("arn:aws:sqs:*", queue, true, true),
        ("arn:aws:sqs:*:jobs", queue, true, true),
        ("arn:aws:*:jobs", queue, true, true),
        ("arn:*:jobs", queue, true, true),
        ("arn:aws:s*:jobs", queue, true, true),
        ("arn:aws:s*s:us-east-1:111122223333:jobs", queue, true, true),
        ("arn:aws:s*1:111122223333:jobs", queue, false, false),
        ("arn:aws:sqs:us-*3333:jobs", queue, false, false),
        ("arn:aws:sqs:us-*:jobs", queue, true, true),
        ("arn:aws:sqs:*:obs", queue, false, false),
        ("arn:aws:sqs:*:*:jobs", "arn:aws:sqs:us-east-1:111122223333:a:jobs", true, true),
        ("arn:aws:sqs:*?jobs", queue, false, false),
        ("arn:aws:sqs:us-east-1?111122223333:jobs", queue, false, false),
        ("arn:aws:logs:*:log-group:g:*", "arn:aws:logs:us-east-1:111122223333:log-group:g:log-stream:s", true, true),
        ("arn:aws:s3:*:bucket", "arn:aws:s3:::bucket", true, true),
        ("arn:aws:sqs:*:${aws:username}", "arn:aws:sqs:us-east-1:111122223333:ada", true, true),
        ("arn:aws:sqs:*:${aws:username}", queue, false, false),
        ("arn:aws:sqs:*:${*}", "arn:aws:sqs:us-east-1:111122223333:*", true, true),
        ("arn:aws:sqs:*:${*}", queue, false, false),
    ]

    @Test(arguments: rows)
    func aPatternNamesAResourceInAPolicyOfItsCaller(
        row: (pattern: String, resource: String, isInCallers: Bool, isInNaming: Bool)
    ) {
        let pattern = ResourcePattern(row.pattern)
        let everything = Policy(statements: [allow()])
        let allowed = [
            PolicySet(identity: [named(allow(on: pattern))]),
            PolicySet(identity: [NamedPolicy("all", everything)], boundaries: [named(allow(on: pattern))]),
            PolicySet(identity: [NamedPolicy("all", everything)], session: named(allow(on: pattern))),
        ].map { isAllowed($0, row.resource) }
        #expect(allowed == [row.isInCallers, row.isInCallers, row.isInCallers], "\(row)")
        let denied = PolicySet(identity: [named(allow(), deny(on: pattern))])
        #expect(isAllowed(denied, row.resource) == !row.isInCallers)
        let excepted = Statement(effect: .allow, actions: .only(["*"]), resources: .allExcept([pattern]))
        #expect(isAllowed(PolicySet(identity: [named(excepted)]), row.resource) == !row.isInCallers)
    }

    @Test(arguments: rows)
    func aPatternNamesAResourceInAPolicyOfTheResource(
        row: (pattern: String, resource: String, isInCallers: Bool, isInNaming: Bool)
    ) {
        let pattern = ResourcePattern(row.pattern)
        #expect(
            isAllowed(PolicySet(resource: named(allow(on: pattern, to: .everyone))), row.resource) == row.isInNaming,
            "\(row)")
        let excepted = Statement(
            effect: .allow, principals: .only([.everyone]), actions: .only(["*"]), resources: .allExcept([pattern]))
        #expect(isAllowed(PolicySet(resource: named(excepted)), row.resource) == !row.isInNaming)
    }

    @Test(arguments: [
        ("arn:aws:sqs:*:jobs", false), ("arn:aws:sqs", false), ("arn:aws:sqs:*", true), ("arn:aws:sqs:*:*:jobs", true),
    ])
    func aConditionComparesEachSegment(pattern: String, isMet: Bool) {
        for comparison in [ConditionOperator.Comparison.arnLike, .arnEquals, .arnNotLike, .arnNotEquals] {
            let condition = PolicyCondition(ConditionOperator(comparison), key: "aws:SourceArn", values: [pattern])
            let statement = Statement(
                effect: .allow, actions: .only(["*"]), resources: .only(["*"]), conditions: [condition])
            #expect(
                isAllowed(PolicySet(identity: [named(statement)]), Self.queue) == (isMet != comparison.isNegated),
                "\(comparison)")
        }
    }

    @Test func aPopulationFindsWhatIsCompleted() {
        let population = Population(
            policies: Self.rows.map { row in
                NamedPolicy(row.pattern, Policy(statements: [allow(on: ResourcePattern(row.pattern))]))
            },
            controls: [],
            members: Self.rows.indices.map {
                .init(
                    .user(arn: "arn:aws:iam::111122223333:user/\($0)"), policies: [$0], context: ["aws:username": "ada"]
                )
            })
        let question = population.question("sqs:SendMessage")
        for (number, row) in Self.rows.enumerated() {
            let holders = question.holders(of: GuardedResource(row.resource, ownedBy: "111122223333"))
            #expect(holders.certain.contains(number) == row.isInCallers, "\(row)")
        }
    }

    @Test func whatNamesEverythingIsSeenAtRest() {
        for text in ["arn:aws", "arn:aws:*", "arn:aws:*:*"] {
            let policy = Policy(statements: [allow(on: ResourcePattern(text))])
            #expect(!policy.unconditionalFullAdministration.isEmpty, "\(text)")
        }
        #expect(Policy(statements: [allow(on: "arn:aws:s3")]).unconditionalFullAdministration.isEmpty)
        let bucket = Policy(statements: [allow("s3:*", on: "arn:aws:s3")])
        #expect(!bucket.statements(allowing: "s3:GetObject", on: "arn:aws:s3:::b/k").isEmpty)
    }

    /// Every pattern of a small vocabulary is compared with a matcher that tries everything.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func wildcardsMatchAsANaiveMatcherSays(seed: UInt64) {
        var random = RandomPolicies(seed: seed)
        var matching = 0
        for _ in 0..<20_000 {
            let pattern = (0..<6).map { _ in random.pick(["*", ":", ":", "a", "?", "*:", "é"]) }.joined()
            let text = (0..<6).map { _ in random.pick([":", ":", "a", "aa", "é"]) }.joined()
            let answer = Resources.only([ResourcePattern(pattern)]).match(text)
            let expected = Naive.matches(Array(pattern), Naive.marked(text))
            if answer != expected { Issue.record("\(pattern) and \(text): \(answer)") }
            matching += expected ? 1 : 0
        }
        #expect(matching > 300, "\(matching)")
    }

    private func named(_ statements: Statement...) -> NamedPolicy {
        NamedPolicy("policy", Policy(statements: statements))
    }

    private func isAllowed(_ policies: PolicySet, _ resource: String) -> Bool {
        policies.decision(
            on: AccessRequest(
                Sample.user, "sqs:SendMessage", on: resource, ownedBy: Sample.account,
                context: ["aws:username": "ada", "aws:SourceArn": .single(Self.queue)])
        ).isAllowed
    }
}

private enum Naive {
    /// The text with another character for its first five colons.
    static func marked(_ text: String) -> [Character] {
        var colons = 0
        return text.map { character in
            if character == ":" { colons += 1 }
            return character == ":" && colons <= 5 ? "|" : character
        }
    }

    static func matches(_ pattern: [Character], _ text: [Character]) -> Bool { matches(pattern[...], text[...]) }

    private static func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        if first == "*" {
            if matches(rest, text) { return true }
            guard let next = text.first, next != "|" || rest.isEmpty || rest.first == ":" else { return false }
            return matches(pattern, text.dropFirst())
        }
        guard let next = text.first else { return false }
        let fits = first == "?" ? next != "|" : first == ":" ? next == ":" || next == "|" : first == next
        return fits && matches(rest, text.dropFirst())
    }
}
