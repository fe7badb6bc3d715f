public import AWSClient
public import EffectiveAccess
public import FoundationEssentials
public import IAMPolicy
public import Inventory
import Synchronization

/// The input of a check: an account's facts, the criteria for their evaluation, and values derived from both.
///
/// Each derived value is made once, when a check first needs it. All checks of an evaluation share it, also checks that
/// run at the same time. A reading forwards the members of its account: `reading.trails`.
@dynamicMemberLookup
public final class Reading: Sendable {
    public let account: Account
    public let criteria: Criteria
    /// The other accounts of the run, in which their own resources are evaluated.
    let peers: [Account]
    private let derived = Mutex<[String: any Sendable]>([:])
    private let policies = Mutex<[PolicyDocument: Fact<Policy>]>([:])

    /// - Parameter peers: The other accounts of the run.
    public init(_ account: Account, by criteria: Criteria, beside peers: [Account] = []) {
        self.account = account
        self.criteria = criteria
        self.peers = peers
    }

    public subscript<Value>(dynamicMember path: KeyPath<Account, Value>) -> Value { account[keyPath: path] }

    /// The value of a facet, or the reason why it is unknown.
    public subscript<Value>(_ facet: FacetOf<Value>) -> Fact<Value> { account[facet] }

    public var settings: Settings { criteria.settings }

    /// Whole days from `date` to the moment of the evaluation; 0 for a date in the future.
    public func days(since date: Date) -> Int { criteria.days(since: date) }

    /// Whole days from the moment of the evaluation to `date`; 0 for a date in the past.
    public func days(until date: Date) -> Int { criteria.days(until: date) }

    /// Hours from `date` to the moment of the evaluation; 0 for a date in the future.
    public func hours(since date: Date) -> Double { criteria.hours(since: date) }

    /// The value of the property that calls this, made by `derive` at the first call.
    ///
    /// The property's file and name are the key, so call it only from a property of `Reading`, and once in it.
    public func once<Value: Sendable>(
        file: String = #fileID, name: String = #function, _ derive: (Reading) -> Value
    ) -> Value {
        let lazy = derived.withLock { derived in
            let key = "\(file) \(name)"
            if let known = derived[key] as? Lazy<Value> { return known }
            let new = Lazy<Value>()
            derived[key] = new
            return new
        }
        return lazy.value { derive(self) }
    }

    /// The statements of a document. A document that several checks read, or several identities share, is parsed once.
    /// - Parameter operation: The call that returned the document.
    /// - Throws: ``Inventory/Unknown`` if the text is not a policy.
    public func policy(
        _ document: PolicyDocument, from operation: AWSClient.Operation
    ) throws(Unknown) -> Policy {
        let policy = policies.withLock { policies in
            if let known = policies[document] { return known }
            let parsed = Fact.known(document).map { document throws(Unknown) in try document.policy }
            policies[document] = parsed
            return parsed
        }
        do throws(Unknown) {
            return try policy.value
        } catch {
            throw error.asked(of: operation.description)
        }
    }

    /// The statements of a document, or `nil` if there is none.
    /// - Throws: ``Inventory/Unknown`` if the text is not a policy.
    public func policy(
        _ document: PolicyDocument?, from operation: AWSClient.Operation
    ) throws(Unknown) -> Policy? {
        guard let document else { return nil }
        return try policy(document, from: operation) as Policy
    }

    /// The account's users and roles with everything that decides what they are allowed to do.
    public var landscape: Landscape { once { Landscape([$0.account], at: $0.criteria.now) } }
}

/// A value that the first of several callers makes while the others wait.
private final class Lazy<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)

    func value(_ make: () -> Value) -> Value {
        made.withLock { made in
            if let made { return made }
            let new = make()
            made = new
            return new
        }
    }
}
