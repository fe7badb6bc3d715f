import IAMPolicy
import Testing

/// What must be true of every policy, tried on many made by chance.
@Suite struct EvaluationPropertyTests {
    private static let rounds = 800

    @Test(arguments: [1, 2] as [UInt64])
    func addingADenialNeverAllowsMore(seed: UInt64) {
        var random = RandomPolicies(seed: seed)
        for _ in 0..<Self.rounds {
            let inputs = random.inputs()
            let request = random.request()
            let places: [WritableKeyPath<PolicyInputs, Policy?>] = [\.resource, \.boundary, \.session, \.endpoint]
            let lists: [WritableKeyPath<PolicyInputs, [Policy]>] = [\.serviceControl, \.resourceControl]
            var more = inputs
            let place = random.pick(places)
            let list = random.pick(lists)
            if random.chance(2, in: 3), more[keyPath: place] != nil {
                let withPrincipal = place == \.resource || place == \.endpoint
                more[keyPath: place]?.statements.append(random.statement(withPrincipal: withPrincipal, effect: .deny))
            } else if !more[keyPath: list].isEmpty {
                let withPrincipal = list == \.resourceControl
                more[keyPath: list][0].statements.append(random.statement(withPrincipal: withPrincipal, effect: .deny))
            } else {
                more.identity[0].statements.append(random.statement(withPrincipal: false, effect: .deny))
            }
            let before = inputs.decision(on: request), after = more.decision(on: request)
            #expect(before.isAllowed || !after.isAllowed, "\(request) under \(more)")
            #expect(before.outcome != .explicitDeny || after.outcome == .explicitDeny)
        }
    }

    @Test(arguments: [3, 4] as [UInt64])
    func addingAnAllowToAServiceControlPolicyNeverAllowsLess(seed: UInt64) {
        var random = RandomPolicies(seed: seed)
        for _ in 0..<Self.rounds {
            var inputs = random.inputs()
            inputs.serviceControl = [random.policy(withPrincipal: false)]
            let request = random.request()
            var more = inputs
            more.serviceControl[0].statements.append(random.statement(withPrincipal: false, effect: .allow))
            #expect(
                !inputs.decision(on: request).isAllowed || more.decision(on: request).isAllowed,
                "\(request) under \(more)")
        }
    }

    @Test(arguments: [5, 6] as [UInt64])
    func theOrderOfStatementsDoesNotMatter(seed: UInt64) {
        var random = RandomPolicies(seed: seed)
        var outcomes: Set<Decision.Outcome> = []
        for _ in 0..<Self.rounds {
            let inputs = random.inputs()
            let request = random.request()
            let shuffled = inputs.mapped { policy in
                var policy = policy
                policy.statements = random.shuffled(policy.statements)
                return policy
            }
            let decision = inputs.decision(on: request), other = shuffled.decision(on: request)
            #expect(decision.outcome == other.outcome && decision.stage == other.stage)
            outcomes.insert(decision.outcome)
        }
        #expect(outcomes == Set(Decision.Outcome.allCases), "the vocabulary must reach every outcome")
    }

    @Test(arguments: [7, 8] as [UInt64])
    func aPolicyPrintedAndReadAgainIsEqual(seed: UInt64) throws {
        var random = RandomPolicies(seed: seed)
        for round in 0..<Self.rounds {
            let policy = try Policy(parsing: Self.canonical(random.policy(withPrincipal: round % 2 == 0)).json)
            #expect(try Policy(parsing: policy.json) == policy)
            #expect(try Policy(parsing: policy.indentedJSON) == policy)
        }
    }

    /// What can be written in JSON: principals by type, one line for an operator and key.
    private static func canonical(_ policy: Policy) -> Policy {
        var policy = policy
        for index in policy.statements.indices {
            policy.statements[index].conditions = Array(policy.statements[index].conditions.prefix(1))
        }
        return policy
    }

    @Test func anExplicitDenialAlwaysNamesItsStatement() {
        var random = RandomPolicies(seed: 9)
        for _ in 0..<Self.rounds {
            let inputs = random.inputs()
            let decision = inputs.decision(on: random.request())
            switch decision.outcome {
            case .explicitDeny: #expect(!decision.because.isEmpty && decision.because.allSatisfy { $0.effect == .deny })
            case .implicitDeny: #expect(decision.because.isEmpty)
            case .allowed: #expect(decision.because.allSatisfy { $0.effect == .allow })
            }
        }
    }
}
