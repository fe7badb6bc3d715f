public import AWSClient

/// A part of the inventory that a check can read: what it is called, which calls read it, and what must be read first.
///
/// A facet is declared once, beside the resource that it reads, as a static member of this class:
/// `public static let vpcs = FacetOf.perRegion("vpcs", EC2.describeVPCs()) { … }`. A check names it in its `reads` and
/// asks the account for it (`account[.vpcs]`). No list of facets is kept: a run reads the facets that its checks name,
/// with what these require; the permissions, the snapshot and the tests follow from the same declaration.
///
/// This class is a facet without the type of its value. It is immutable, and only ``FacetOf`` derives from it.
public class Facet: @unchecked Sendable {
    /// The facet's name in snapshots; no other facet bears it.
    public let name: String
    /// The calls that read this facet itself, without those of the facets in ``requires``, each with some parameters.
    /// The last one answers with the facet's value.
    public let requests: [any Request]
    /// The facets that must be read first, because they say what to ask for.
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

    /// The call that answers with the facet's value.
    public var call: Operation { requests[requests.count - 1].operation }
    /// The same call as evidence and unknown facts name it, such as `ec2:DescribeVpcs`.
    public var source: String { call.description }
    /// The calls that read this facet itself, whose permissions it takes.
    public var operations: [Operation] { requests.map { $0.operation } }

    /// `facets` with everything that they require, directly or through others.
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
    /// A facet that no common shape fits.
    /// - Parameters:
    ///   - requests: the calls that `read` makes, with some parameters, the decisive one last.
    ///   - read: called with the account as far as it is read, which holds the facets in `requires`.
    public init(
        _ name: String, calls requests: any Request..., requires: Set<Facet> = [],
        read: @escaping @Sendable (Collector, Account) async -> Fact<Value>
    ) {
        super.init(name, requests, requires) { StoredFact(await read($0, $1)) }
    }

    /// A fact about the account as a whole, by one call or page by page.
    /// - Parameters:
    ///   - code: the error by which AWS says that there is none; there are then no pages.
    ///   - value: made of all pages.
    public static func ofAccount<Answer>(
        _ name: String, _ request: ReadRequest<Answer>, absent code: String? = nil,
        _ value: @escaping @Sendable ([Answer]) throws(Unknown) -> Value
    ) -> FacetOf {
        FacetOf(name, calls: request) { collector, _ in
            await collector.pages(of: request, in: collector.baseRegion, absent: code).map(value)
        }
    }

    /// The elements that each region lists, page by page. One region's failure says nothing about the others.
    /// - Parameter id: what the elements are ordered by.
    public static func perRegion<Answer, Element>(
        _ name: String, _ request: ReadRequest<Answer>, by id: @escaping @Sendable (Element) -> String,
        _ elements: @escaping @Sendable (Answer) -> [Element]
    ) -> FacetOf where Value == ByName<[Element]> {
        perRegion(name, calls: request) { collector, region in
            await collector.pages(of: request, in: region).map { $0.flatMap(elements).sorted { id($0) < id($1) } }
        }
    }

    /// What each region answers to something more than one list.
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

    /// What one call answers for each element of another facet.
    /// - Parameters:
    ///   - places: the elements by name, each with where and by which name it is asked for; unknown for an element that
    ///     nobody can be asked about.
    ///   - request: the request for the element of a name, in the account of that id.
    ///   - code: the error by which AWS says that there is none; there are then no pages.
    ///   - value: made of all pages, of which there mostly is one.
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

/// Facts by name: of each region, of each trail, of each bucket.
public typealias ByName<Value: Sendable> = [String: Fact<Value>]
/// A facet's fact if it is read in each region on its own.
public typealias Regional<Value: Sendable> = Fact<ByName<Value>>

/// Where and by which name an element is asked about.
public struct Place: Sendable {
    public var region: String
    public var name: String

    public init(_ name: String, in region: String) {
        self.region = region
        self.name = name
    }
}

extension Fact {
    /// What `read` makes of the value.
    func concurrently<Result>(_ read: (Value) async -> Result) async -> Fact<Result> {
        switch state {
        case .known(let value): .known(await read(value))
        case .unknown(let unknown): .unknown(unknown)
        }
    }

    /// The fact of one name. Setting one makes the list known.
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
    /// The inner fact, seen through its own call or through the outer one's.
    fileprivate func flattened<Inner>() -> Fact<Inner> where Value == Fact<Inner> {
        switch state {
        case .known(let inner): inner.seen(through: source)
        case .unknown(let unknown): Fact<Inner>(state: .unknown(unknown), source: source)
        }
    }
}

extension Fact where Value: ExpressibleByDictionaryLiteral {
    /// The facts by name; none if it is not known which there are.
    public var facts: Value { (try? value) ?? [:] }
}

extension Array {
    /// The one answer of an operation that always gives one.
    /// - Throws: ``Unknown`` if there is none.
    func only(_ operation: Operation) throws(Unknown) -> Element {
        guard let answer = first else {
            throw Unknown(.failed, call: operation.description, detail: "there is no answer")
        }
        return answer
    }
}
