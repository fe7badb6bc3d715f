public import AWSClient
import Basics
public import Inventory

/// A check that one property of each resource of a kind has a certain value, or does not have a certain value.
///
/// The declaration is the whole check: verdicts, messages, evidence and examples follow from it. The examples are the
/// sample resource with the property set to a good and to a bad value, and the list, or the fact, that cannot be read.
public struct Condition: Check {
    public let about: About
    private let judge: @Sendable (Reading) throws(Unknown) -> [Verdict]
    private let sample: @Sendable () -> [Example]

    public func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] { try judge(reading) }

    public var examples: [Example] { sample() }

    /// A property of each resource that must be true, or false.
    /// - Parameters:
    ///   - about: The description. It need not name the facets that list the resources.
    ///   - fact: AWS's name for the property, such as `LogFileValidationEnabled`.
    ///   - pass: The message if the condition is met; without it, the fact and its value.
    ///   - fail: The message if it is not met.
    ///   - examples: Edge cases that the three derived examples do not show.
    public init<Element: Sampled & Sendable>(
        _ about: About, each: Each<Element>, _ property: any WritableKeyPath<Element, Bool> & Sendable, is wanted: Bool,
        fact: String, pass: String? = nil, fail: String? = nil,
        examples: @autoclosure @escaping @Sendable () -> [Example] = []
    ) {
        self.init(
            about, each, Property(property, from: each.source), Rule(good: wanted, bad: !wanted) { $0 == wanted },
            Wording(fact: fact, pass: pass, fail: fail), examples)
    }

    /// A property of each resource that must not have a certain value, such as `nil`; the sample resource has another.
    public init<Element: Sampled & Sendable, Value: EvidenceValue & Equatable>(
        _ about: About, each: Each<Element>, _ property: any WritableKeyPath<Element, Value> & Sendable,
        isNot bad: Value, fact: String, pass: String? = nil, fail: String? = nil,
        examples: @autoclosure @escaping @Sendable () -> [Example] = []
    ) {
        self.init(
            about, each, Property(property, from: each.source), Rule(good: nil, bad: bad) { $0 != bad },
            Wording(fact: fact, pass: pass, fail: fail), examples)
    }

    /// A property of a fact of each resource that must have one value; `bad` is an example of another.
    /// - Parameters:
    ///   - known: The fact, which a call of its own reads: the facet of that call must be among the facets that `about`
    ///     reads.
    ///   - source: That call.
    public init<Element: Sampled & Sendable, Facts: Sendable, Value: EvidenceValue & Equatable>(
        _ about: About, each: Each<Element>, _ known: any WritableKeyPath<Element, Fact<Facts>> & Sendable,
        _ property: any WritableKeyPath<Facts, Value> & Sendable, is wanted: Value, not bad: Value, fact: String,
        from source: AWSClient.Operation, pass: String? = nil, fail: String? = nil,
        examples: @autoclosure @escaping @Sendable () -> [Example] = []
    ) {
        self.init(
            about, each, Property(known, property, from: source), Rule(good: wanted, bad: bad) { $0 == wanted },
            Wording(fact: fact, pass: pass, fail: fail), examples)
    }

    private init<Element: Sampled & Sendable, Value: EvidenceValue>(
        _ about: About, _ each: Each<Element>, _ property: Property<Element, Value>, _ rule: Rule<Value>,
        _ wording: Wording, _ more: @escaping @Sendable () -> [Example]
    ) {
        self.about = about.reading(each.reads)
        judge = { reading throws(Unknown) in
            try reading.judgeEach(each) { element throws(Unknown) in
                let value = try property.get(element)
                let evidence = Evidence(wording.fact, value.evidenceValue, from: property.source)
                guard evidence.value != "" else {
                    // An empty value shows neither that the property is set nor that it is not.
                    throw Unknown(
                        .failed, call: property.source.description, detail: "the answer has an empty \(wording.fact)")
                }
                return rule.isMet(value)
                    ? .pass(wording.pass ?? "\(wording.fact) is \(value.evidenceText)", evidence)
                    : .fail(wording.fail ?? "\(wording.fact) is \(value.evidenceText)", evidence)
            }
        }
        sample = {
            let good = Element.sample { element in rule.good.map { property.set(&element, $0) } }
            let bad = Element.sample { element in property.set(&element, rule.bad) }
            let goodText = (try? property.get(good))?.evidenceText ?? ""
            var examples: [Example] = [
                .passes("\(wording.fact) is \(goodText)") { each.hold(&$0, good) },
                .fails("\(wording.fact) is \(rule.bad.evidenceText)") { each.hold(&$0, bad) },
                .unknown("\(each.source) is denied") { each.refuse(&$0) },
            ]
            if let refuse = property.refuse {
                examples.append(
                    .unknown("\(wording.fact) cannot be read") { each.hold(&$0, Element.sample { refuse(&$0) }) })
            }
            return examples + more()
        }
    }
}

/// The functions by which a condition reads the property of an element, and sets it in an example.
private struct Property<Element, Value>: Sendable {
    let get: @Sendable (Element) throws(Unknown) -> Value
    let set: @Sendable (inout Element, Value) -> Void
    /// Makes the property unreadable although the element is listed; `nil` if it comes with the list.
    let refuse: (@Sendable (inout Element) -> Void)?
    let source: AWSClient.Operation

    init(_ path: any WritableKeyPath<Element, Value> & Sendable, from source: AWSClient.Operation) {
        get = { element throws(Unknown) in element[keyPath: path] }
        set = { $0[keyPath: path] = $1 }
        refuse = nil
        self.source = source
    }

    init<Facts: Sendable>(
        _ fact: any WritableKeyPath<Element, Fact<Facts>> & Sendable,
        _ path: any WritableKeyPath<Facts, Value> & Sendable,
        from source: AWSClient.Operation
    ) {
        get = { element throws(Unknown) in try element[keyPath: fact].value[keyPath: path] }
        set = { element, value in
            guard case .known(var facts) = element[keyPath: fact].state else { return }
            facts[keyPath: path] = value
            element[keyPath: fact] = .known(facts)
        }
        refuse = { $0[keyPath: fact] = .denied(source) }
        self.source = source
    }
}

/// The values of a property that meet a condition.
private struct Rule<Value: Sendable>: Sendable {
    /// The value that the passing example gets; `nil` if the sample's own value passes.
    var good: Value?
    var bad: Value
    var isMet: @Sendable (Value) -> Bool
}

private struct Wording: Sendable {
    var fact: String
    var pass: String?
    var fail: String?
}
