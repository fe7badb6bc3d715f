import LogReaders

/// The rules that an event can match, by a few of its fields.
struct RuleIndex: Sendable {
    struct Lookup: Sendable {
        var field: String
        /// Rules by their required value.
        var byValue: [[UInt8]: [Int]] = [:]
        /// Rules that only require the field to be present.
        var ifPresent: [Int] = []
    }

    /// Rules by literals. The field's text must contain at least one literal of a rule. One pass over the text finds
    /// all literals.
    struct Scan: Sendable {
        /// ``LiteralRequirement/anywhere`` for all texts of the event.
        var field: String
        var byLiteral: [[UInt8]: [Int]] = [:]
    }

    var lookups: [Lookup] = []
    var scans: [Scan] = []
    /// Rules that may match any event.
    var rest: [Int] = []
    /// A record that passes none of these matches none but the broad rules.
    var filters: [RecordFilter] = []
    /// Rules that may match a large part of all records.
    var broad: Set<Int> = []
    /// A record that passes none of these matches no broad rule; `nil` if some broad rule may match any record.
    var broadFilters: [RecordFilter]?

    /// The highest number of rules that are found by the same value of a field. If there are more, the rules that also
    /// need a literal elsewhere are found by that literal.
    private static let longestList = 32
    /// The highest number of parts of texts that a reader looks for in each record, since it tries one after the other.
    private static let mostParts = 48

    init(_ predicates: [Predicate]) {
        let requirements = predicates.map(LiteralRequirement.all)
        // A field with more distinct required values distinguishes more events.
        var values: [String: Set<[UInt8]>] = [:]
        for requirement in requirements.compactMap({ $0 }).joined() {
            if let needed = requirement.values { values[requirement.field, default: []].formUnion(needed) }
        }
        let best = requirements.map { requirements in
            requirements?.filter { $0.values != nil && $0.field != LiteralRequirement.anywhere }.max {
                let (left, right) = (values[$0.field]?.count ?? 0, values[$1.field]?.count ?? 0)
                return left == right ? $0.field > $1.field : left < right
            }
        }
        var rulesOf: [LiteralRequirement.Shape: Int] = [:]
        for shape in best.compactMap({ $0?.shapes }).joined() { rulesOf[shape, default: 0] += 1 }
        var gates: [LiteralRequirement] = []
        var broadGates: [LiteralRequirement] = []
        var isOpen = false
        for (rule, requirements) in requirements.enumerated() {
            // A rule that never matches is in no list.
            guard let requirements else { continue }
            let best = best[rule]
            let ofFields = requirements.filter { $0.field != LiteralRequirement.anywhere }
            let seldom = ofFields.first { !Self.isUsual($0.field) }
            let isCrowded = best?.shapes?.contains { rulesOf[$0, default: 0] > Self.longestList } ?? true
            let scanned = isCrowded ? Self.scanned(requirements.filter { $0 != best }) : nil
            if let scanned, let literals = scanned.literals {
                let place = scans.place(of: scanned.field) { Scan(field: $0) }
                for literal in literals { scans[place].byLiteral[literal, default: []].append(rule) }
            } else if let best, let needed = best.values {
                let place = lookups.place(of: best.field) { Lookup(field: $0) }
                for value in needed { lookups[place].byValue[value, default: []].append(rule) }
            } else if let seldom {
                lookups[lookups.place(of: seldom.field) { Lookup(field: $0) }].ifPresent.append(rule)
            } else {
                rest.append(rule)
            }
            let gate = Self.gate(of: ofFields, best: best) ?? seldom
            if let gate, !Self.isBroad(gate) {
                gates.append(gate)
            } else {
                broad.insert(rule)
                if let gate { broadGates.append(gate) } else { isOpen = true }
            }
        }
        filters = Self.filters(gates)
        broadFilters = isOpen ? nil : Self.filters(broadGates)
    }

    /// The part of the index that finds just these rules.
    func only(_ rules: Set<Int>) -> RuleIndex {
        var index = self
        for place in lookups.indices {
            index.lookups[place].byValue = lookups[place].byValue.keeping(rules)
            index.lookups[place].ifPresent.removeAll { !rules.contains($0) }
        }
        for place in scans.indices { index.scans[place].byLiteral = scans[place].byLiteral.keeping(rules) }
        index.lookups.removeAll { $0.byValue.isEmpty && $0.ifPresent.isEmpty }
        index.scans.removeAll { $0.byLiteral.isEmpty }
        index.rest.removeAll { !rules.contains($0) }
        return index
    }

    /// The requirement whose literals probably occur in the fewest texts: the longest ones.
    private static func scanned(_ requirements: [LiteralRequirement]) -> LiteralRequirement? {
        func length(_ requirement: LiteralRequirement) -> Int {
            let shortest = requirement.literals?.map(\.count).min() ?? 0
            return min(shortest, 8) * 2 - (requirement.field == LiteralRequirement.anywhere ? 1 : 0)
        }
        return requirements.filter { $0.literals != nil }.max {
            (length($0), $1.field) < (length($1), $0.field)
        }
    }

    /// Merges the requirements into one filter for each field and test.
    private static func filters(_ gates: [LiteralRequirement]) -> [RecordFilter] {
        struct Key: Hashable {
            var field: String
            var test: RecordFilter.Test
        }
        var values: [Key: Set<[UInt8]>] = [:]
        for gate in gates {
            // Readers fold ASCII letters only.
            if let shapes = gate.shapes, shapes.allSatisfy({ $0.bytes.allSatisfy { $0 < 0x80 } }) {
                for shape in shapes {
                    values[Key(field: gate.field, test: shape.test), default: []].insert(shape.bytes)
                }
            } else {
                values[Key(field: gate.field, test: .exists)] = []
            }
        }
        for (key, parts) in values where key.test != .equals && key.test != .exists && parts.count > mostParts {
            values[key] = nil
            values[Key(field: key.field, test: .exists)] = []
        }
        return values.map { key, values in
            RecordFilter(field: key.field, test: key.test, values: values.sorted { $0.lexicographicallyPrecedes($1) })
        }.sorted { ($0.field, "\($0.test)") < ($1.field, "\($1.test)") }
    }

    /// The requirement by which a reader can skip most records: not one that frequent events meet, if there is
    /// another.
    private static func gate(of requirements: [LiteralRequirement], best: LiteralRequirement?) -> LiteralRequirement? {
        if let best, !isFrequent(best) { return best }
        return requirements.first { $0.field == "errorCode" && $0.shapes != nil }
            ?? requirements.first { $0.shapes != nil && !isUsual($0.field) }
            ?? requirements.first { $0.values != nil && !isFrequent($0) } ?? best
            ?? requirements.first { $0.shapes != nil }
    }

    /// Whether a large part of CloudTrail's records meets the requirement.
    private static func isFrequent(_ requirement: LiteralRequirement) -> Bool {
        if requirement.field == "eventSource" || isBroad(requirement) { return true }
        return requirement.field == "eventName"
            && requirement.values?.contains { frequentCalls.contains(String(decoding: $0, as: UTF8.self)) } ?? true
    }

    /// Whether so many records may pass the gate that it is not worth reading all fields of each.
    private static func isBroad(_ gate: LiteralRequirement) -> Bool {
        guard let shapes = gate.shapes else { return isUsual(gate.field) }
        let fieldsOfFewValues: Set = [
            "eventVersion", "eventTime", "awsRegion", "recipientAccountId", "readOnly", "managementEvent",
            "requestParameters", "userIdentity", "userIdentity.accountId",
        ]
        return fieldsOfFewValues.contains(gate.field)
            || frequentValues[gate.field]?.contains { value in shapes.contains { $0.admits(value) } } ?? false
    }

    private static let frequentValues: [String: [String]] = [
        // Many names begin with the last two.
        "eventName": frequentCalls + ["describe", "list"],
        "eventSource": ["dynamodb", "ec2", "kms", "lambda", "logs", "monitoring", "s3", "sqs", "ssm", "sts"].map {
            $0 + ".amazonaws.com"
        },
        "eventType": ["awsapicall"], "eventCategory": ["data", "management"],
        "userIdentity.type": ["assumedrole", "awsservice", "iamuser"],
    ]

    private static let frequentCalls = [
        "getobject", "putobject", "headobject", "decrypt", "encrypt", "generatedatakey", "assumerole",
    ]

    /// Whether nearly every record has the field, so that its presence distinguishes nothing.
    private static func isUsual(_ field: String) -> Bool {
        let usual: Set = [
            "eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent",
            "requestID",
            "eventID", "eventType", "recipientAccountId", "readOnly", "managementEvent", "eventCategory",
            "requestParameters", "userIdentity", "userIdentity.type", "userIdentity.arn", "userIdentity.accountId",
            "userIdentity.principalId",
        ]
        return usual.contains(field)
    }
}

private protocol FieldEntry {
    var field: String { get }
}

extension RuleIndex.Lookup: FieldEntry {}
extension RuleIndex.Scan: FieldEntry {}

extension Dictionary where Value == [Int] {
    /// Only these rules, and the keys that find one of them.
    fileprivate func keeping(_ rules: Set<Int>) -> Self {
        mapValues { $0.filter(rules.contains) }.filter { !$0.value.isEmpty }
    }
}

extension Array where Element: FieldEntry {
    /// The place of the field's entry, which is created if it does not exist.
    fileprivate mutating func place(of field: String, _ make: (String) -> Element) -> Int {
        if let place = firstIndex(where: { $0.field == field }) { return place }
        append(make(field))
        return count - 1
    }
}
