import AWSClient
import FoundationEssentials
import Synchronization

/// A fact of any type as an account stores it: as it was read, or as the text of a snapshot, which is decoded when the
/// fact is first used.
final class StoredFact: Sendable {
    private enum State {
        case text(Data)
        case fact(any StorableFact)
        case unknown(Unknown)
    }

    private let state: Mutex<State>

    init(_ fact: any StorableFact) { state = Mutex(.fact(fact)) }
    init(_ unknown: Unknown) { state = Mutex(.unknown(unknown)) }
    /// - Parameter text: JSON, as ``encoded()`` writes it.
    init(text: Data) { state = Mutex(.text(text)) }

    /// Returns the fact; unknown if the snapshot holds a value of another type.
    func fact<Value: Codable & Sendable>(of facet: FacetOf<Value>) -> Fact<Value> {
        state.withLock { state in
            switch state {
            case .unknown(let unknown): return .unknown(unknown)
            case .fact(let fact): return fact as? Fact<Value> ?? .unreadable(facet)
            case .text(let text):
                let fact = (try? Snapshot.decoder.decode(Fact<Value>.self, from: text)) ?? .unreadable(facet)
                state = .fact(fact)
                return fact
            }
        }
    }

    /// Returns the fact as JSON.
    func encoded() throws -> Data {
        try state.withLock { state in
            switch state {
            case .text(let text): text
            case .fact(let fact): try Snapshot.encoder.encode(fact)
            case .unknown(let unknown): try Snapshot.encoder.encode(Fact<Bool>.unknown(unknown))
            }
        }
    }

    /// Returns the transformed fact; `nil` if it is unknown or not decoded yet.
    func mapped(_ transform: (any StorableFact) -> any StorableFact) -> StoredFact? {
        state.withLock { state in
            if case .fact(let fact) = state { StoredFact(transform(fact)) } else { nil }
        }
    }
}

extension Fact {
    fileprivate static func unreadable(_ facet: Facet) -> Fact {
        .unknown(
            Unknown(
                .failed, call: facet.call.description,
                detail: "\(facet.name) in the snapshot cannot be read: create a new snapshot"))
    }
}

/// A fact of any type, with the operations that do not need the type.
protocol StorableFact: Codable, Sendable {
    /// Returns the fact as if only its own call were denied: each element of a collection is then unknown.
    func refused(_ unknown: Unknown) -> Self
    /// Returns the fact with the other fact's elements added or replacing its own; the other fact if it has no
    /// elements.
    func taking(_ other: any StorableFact) -> any StorableFact
}

extension Fact: StorableFact where Value: Codable {
    func refused(_ unknown: Unknown) -> Fact {
        guard case .known(let value) = state, let elements = value as? any StorableElements,
            let refused = elements.refused(unknown) as? Value
        else { return .unknown(unknown) }
        return .known(refused)
    }

    func taking(_ other: any StorableFact) -> any StorableFact {
        guard case .known(let value) = state, let elements = value as? any StorableElements,
            case .known(let others)? = (other as? Fact)?.state, let taken = elements.taking(others) as? Value
        else { return other }
        return Fact.known(taken)
    }
}

private protocol StorableElements {
    func refused(_ unknown: Unknown) -> Self
    func taking(_ others: any Sendable) -> Self
}

extension Dictionary: StorableElements where Key == String, Value: StorableFact {
    func refused(_ unknown: Unknown) -> Self { mapValues { $0.refused(unknown) } }

    func taking(_ others: any Sendable) -> Self {
        merging(others as? Self ?? [:]) { _, other in other }
    }
}
