public import EffectiveAccess
import IAMPolicy
public import Inventory

/// How access stands in the JSON documents of all access verbs.
struct AccessRecord: Encodable {
    /// `allowed`, `conditional` or `denied`.
    var outcome: String
    /// In words, where it is conditional.
    var condition: String?
    var grants: [StatementRecord]
    var denials: [StatementRecord]

    init(_ access: Access) {
        outcome = AccessOutcome(access).rawValue
        condition = access.isCertain || access.isRuledOut ? nil : AccessWords.condition(of: access)
        grants = access.grants.map { StatementRecord($0) }
        denials = access.denials.map { StatementRecord($0) }
    }
}

/// The three answers, and that there is none.
public enum AccessOutcome: String, Sendable, Hashable {
    case allowed
    case conditional
    case denied
    /// It could not be determined.
    case unknown

    init(_ access: Access) {
        self = access.isCertain ? .allowed : access.isRuledOut ? .denied : .conditional
    }
}

struct StatementRecord: Encodable {
    var policy: String
    var statement: String
    var effect: String
    /// The statement as JSON text.
    var text: String?

    init(_ statement: DecidingStatement, text: String? = nil) {
        policy = statement.policy
        self.statement = statement.statement
        effect = statement.effect.rawValue
        self.text = text
    }
}

struct DoubtRecord: Encodable {
    var reason: String
    var call: String?
    var permission: String?
    var explanation: String

    init(_ unknown: Unknown) {
        reason = unknown.reason.rawValue
        call = unknown.call
        permission = unknown.permission
        explanation = unknown.explanation
    }
}

struct AssumptionRecord: Encodable {
    var who: String
    var roles: [String]
    var outcome: String
    /// In words, where a step is conditional.
    var condition: String?

    init(_ assumption: Assumption) {
        who = assumption.who
        roles = assumption.roles
        outcome = (assumption.isCertain ? AccessOutcome.allowed : .conditional).rawValue
        condition = assumption.condition
    }
}

extension Assumption {
    /// What its steps demand, in words.
    var condition: String? {
        let conditions = steps.filter { !$0.isCertain }.map(AccessWords.condition(of:))
        return conditions.isEmpty
            ? nil : conditions.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", then ")
    }
}
