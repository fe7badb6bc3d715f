import BitCollections
import Synchronization

/// A cache of the members of a population for which conditions hold. Each condition is evaluated once, because the
/// policies of many resources have the same few conditions.
final class ConditionTruths: Sendable {
    private let population: Population
    private let context: RequestContext
    private let known = Mutex<[Key: TruthSet]>([:])

    private struct Key: Hashable {
        var condition: PolicyCondition
        var version: Policy.Version
    }

    init(population: Population, context: RequestContext) {
        self.population = population
        self.context = context
    }

    /// The members for which all conditions of the statement hold.
    func all(of statement: CompiledStatement) -> TruthSet {
        statement.conditions.reduce(into: TruthSet(population.everybody)) { result, condition in
            result.formIntersection(truth(of: condition.source, condition.compiled, statement.version))
        }
    }

    private func truth(of source: PolicyCondition, _ compiled: CompiledCondition, _ version: Policy.Version) -> TruthSet
    {
        let key = Key(condition: source, version: version)
        if let truth = known.withLock({ $0[key] }) { return truth }
        var truth = TruthSet()
        for number in population.members.indices {
            switch compiled.holds(in: population.contexts[number].adding(context)) {
            case .yes:
                truth.sure.insert(number)
                truth.possible.insert(number)
            case .unknown: truth.possible.insert(number)
            case .no: continue
            }
        }
        let found = truth
        known.withLock { $0[key] = found }
        return found
    }
}
