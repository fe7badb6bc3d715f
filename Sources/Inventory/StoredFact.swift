import AWSClient
import FoundationEssentials
import Synchronization

/// A fact as an account keeps it, whatever its type: as it was read, or as the text of a snapshot that is decoded when
/// the fact is first asked for.
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

    /// The fact; unknown if the snapshot holds something else in its place.
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

    /// The fact as JSON.
    func encoded() throws -> Data {
        try state.withLock { state in
            switch state {
            case .text(let text): text
            case .fact(let fact): try Snapshot.encoder.encode(fact)
            case .unknown(let unknown): try Snapshot.encoder.encode(Fact<Bool>.unknown(unknown))
            }
        }
    }

    /// What is stored after something was done to the fact; an unknown one stays as it is.
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

/// A fact of whatever type, with what can be done to it without knowing the type.
protocol StorableFact: Codable, Sendable {
    /// The fact if its call, and no other, is refused: each element of a list of facts is then unknown.
    func refused(_ unknown: Unknown) -> Self
    /// The fact with another account's elements beside or in place of its own; the other fact if it has no elements.
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
