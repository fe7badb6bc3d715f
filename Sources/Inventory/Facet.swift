public import AWSClient

/// A part of the inventory that a check can read: its name, the calls that read it, and the facets that must be read
/// first.
///
/// A facet is declared once, beside the resource that it reads, as a static member of this class:
/// `public static let vpcs = FacetOf.perRegion("vpcs", EC2.describeVPCs()) { … }`. A check names it in its `reads` and
/// gets its fact from the account (`account[.vpcs]`). No list of facets is kept: a run reads the facets that its checks
/// name and the facets that these require; the permissions, the snapshot and the tests follow from the same
/// declaration.
///
/// This class is a facet without the type of its value. It is immutable, and only ``FacetOf`` derives from it.
public class Facet: @unchecked Sendable {
    /// The facet's name in snapshots, which is unique.
    public let name: String
    /// The calls that read this facet itself, without the calls of the facets in ``requires``. Their parameters are
    /// examples. The last call returns the facet's value.
    public let requests: [any Request]
    /// The facets that must be read first, because the requests are made from their values.
    public let requires: Set<Facet>
    let read: @Sendable (Collector, Account) async -> StoredFact

    fileprivate init(
        _ name: String, _ requests: [any Request], _ requires: Set<Facet>,
        _ read: @escaping @Sendable (Collector, Account) async -> StoredFact
    ) {
        self.name = name
        self.requests = requests
        self.requires = requires
        self.read = read
    }

    /// The call that returns the facet's value.
    public var call: Operation { requests[requests.count - 1].operation }
    /// The name of ``call`` in evidence and in unknown facts, such as `ec2:DescribeVpcs`.
    public var source: String { call.description }
    /// The calls that read this facet itself; reading it takes their permissions.
    public var operations: [Operation] { requests.map { $0.operation } }

    /// Returns `facets` with all facets that they require, directly or through others.
    public static func closure(of facets: Set<Facet>) -> Set<Facet> {
        var closed = facets
        var open = Array(facets)
        while let facet = open.popLast() {
            for required in facet.requires where closed.insert(required).inserted {
                open.append(required)
            }
        }
        return closed
    }
}

extension Facet: Hashable, Comparable, CustomStringConvertible {
    public static func == (left: Facet, right: Facet) -> Bool { left.name == right.name }
    public static func < (left: Facet, right: Facet) -> Bool { left.name < right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    public var description: String { name }
}

/// A facet with the type of its value.
public final class FacetOf<Value: Codable & Sendable>: Facet, @unchecked Sendable {
    /// Creates a facet that none of the common shapes fits.
    /// - Parameters:
    ///   - requests: the calls that `read` makes, with example parameters; the last one returns the value.
    ///   - read: called with the account as read so far, which holds the facets in `requires`.
    public init(
        _ name: String, calls requests: any Request..., requires: Set<Facet> = [],
        read: @escaping @Sendable (Collector, Account) async -> Fact<Value>
    ) {
        super.init(name, requests, requires) { StoredFact(await read($0, $1)) }
    }

    /// A fact about the account as a whole, from one call, which can have several pages.
    /// - Parameters:
    ///   - code: the error code by which AWS says that the resource does not exist; there are then no pages.
    ///   - value: makes the value from all pages.
    public static func ofAccount<Answer>(
        _ name: String, _ request: ReadRequest<Answer>, absent code: String? = nil,
        _ value: @escaping @Sendable ([Answer]) throws(Unknown) -> Value
    ) -> FacetOf {
        FacetOf(name, calls: request) { collector, _ in
            await collector.pages(of: request, in: collector.baseRegion, absent: code).map(value)
        }
    }

    /// The elements that each region lists, page by page. A failure in one region leaves the other regions known.
    /// - Parameter id: the key by which the elements are sorted.
    public static func perRegion<Answer, Element>(
        _ name: String, _ request: ReadRequest<Answer>, by id: @escaping @Sendable (Element) -> String,
        _ elements: @escaping @Sendable (Answer) -> [Element]
    ) -> FacetOf where Value == ByName<[Element]> {
        perRegion(name, calls: request) { collector, region in
            await collector.pages(of: request, in: region).map { $0.flatMap(elements).sorted { id($0) < id($1) } }
        }
    }

    /// A value for each region that takes more than one list call to read.
    public static func perRegion<Content>(
        _ name: String, calls requests: any Request..., requires: Set<Facet> = [],
        _ read: @escaping @Sendable (Collector, String) async -> Fact<Content>
    ) -> FacetOf where Value == ByName<Content> {
        FacetOf(name, requests, requires.union([.regions])) { collector, account in
            await account[.regions].concurrently { regions in
                await collector.concurrently(regions) { await read(collector, $0) }
            }
        }
    }

    /// The answer of one call for each element of another facet.
    /// - Parameters:
    ///   - places: the elements by name, each with the region and the name for the call about it; unknown for an
    ///     element about which no call can be made.
    ///   - request: makes the request from the element's name and the account ID.
    ///   - code: the error code by which AWS says that the resource does not exist; there are then no pages.
    ///   - value: makes the value from all pages; usually there is one.
    public static func each<Answer, Content>(
        _ name: String, of requires: Set<Facet>,
        at places: @escaping @Sendable (Collector, Account) -> Fact<ByName<Place>>, absent code: String? = nil,
        _ request: @escaping @Sendable (_ name: String, _ account: String) -> ReadRequest<Answer>,
        _ value: @escaping @Sendable ([Answer]) throws(Unknown) -> Content
    ) -> FacetOf where Value == ByName<Content> {
        FacetOf(name, [request("example", "123456789012")], requires) { collector, account in
            await places(collector, account).concurrently { places in
                await collector.concurrently(places) { place in
                    await collector.pages(
                        of: request(place.name, collector.accountID), in: place.region, absent: code, isShared: true
                    ).map(value)
                }
            }
        }
    }

    private init(
        _ name: String, _ requests: [any Request], _ requires: Set<Facet>,
        _ read: @escaping @Sendable (Collector, Account) async -> Fact<Value>
    ) {
        super.init(name, requests, requires) { StoredFact(await read($0, $1)) }
    }
}

/// Facts by name: for each region, trail or bucket.
public typealias ByName<Value: Sendable> = [String: Fact<Value>]
/// The fact of a facet that is read in each region separately.
public typealias Regional<Value: Sendable> = Fact<ByName<Value>>

/// The region and the name for a call about an element.
public struct Place: Sendable {
    public var region: String
    public var name: String

    public init(_ name: String, in region: String) {
        self.region = region
        self.name = name
    }
}

extension Fact {
    /// Applies `read` to the value; an unknown fact stays unknown.
    func concurrently<Result>(_ read: (Value) async -> Result) async -> Fact<Result> {
        switch state {
        case .known(let value): .known(await read(value))
        case .unknown(let unknown): .unknown(unknown)
        }
    }

    /// The fact with this name. Setting one makes the collection known.
    public subscript<Element>(name: String) -> Fact<Element> where Value == ByName<Element> {
        get {
            map { $0[name] ?? .notCollected }.flattened()
        }
        set {
            var elements = (try? value) ?? [:]
            elements[name] = newValue
            self = .known(elements)
        }
    }
}

extension Fact {
    /// The inner fact, with its own source, or the outer fact's source if it has none.
    fileprivate func flattened<Inner>() -> Fact<Inner> where Value == Fact<Inner> {
        switch state {
        case .known(let inner): inner.seen(through: source)
        case .unknown(let unknown): Fact<Inner>(state: .unknown(unknown), source: source)
        }
    }
}

extension Fact where Value: ExpressibleByDictionaryLiteral {
    /// The facts by name; empty if the collection is unknown.
    public var facts: Value { (try? value) ?? [:] }
}

extension Array {
    /// Returns the only answer of an operation that always returns one.
    /// - Throws: ``Unknown`` if there is none.
    func only(_ operation: Operation) throws(Unknown) -> Element {
        guard let answer = first else {
            throw Unknown(.failed, call: operation.description, detail: "there is no answer")
        }
        return answer
    }
}
