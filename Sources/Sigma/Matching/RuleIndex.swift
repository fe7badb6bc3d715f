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

    var lookups: [Lookup] = []
    /// Rules that may match any event.
    var rest: [Int] = []
    /// A record that passes none of these matches no rule; `nil` if some rule may match any record.
    var filters: [RecordFilter]?

    init(_ predicates: [Predicate]) {
        let requirements = predicates.map(LiteralRequirement.all)
        // A field with more distinct required values distinguishes more events.
        var values: [String: Set<[UInt8]>] = [:]
        for requirement in requirements.compactMap({ $0 }).joined() {
            if let needed = requirement.values { values[requirement.field, default: []].formUnion(needed) }
        }
        var places: [String: Int] = [:]
        var gates: [LiteralRequirement] = []
        var isOpen = false
        func place(_ field: String, _ lookups: inout [Lookup]) -> Int {
            if let place = places[field] { return place }
            lookups.append(Lookup(field: field))
            places[field] = lookups.count - 1
            return lookups.count - 1
        }
        for (rule, requirements) in requirements.enumerated() {
            // A rule that never matches is in no list.
            guard let requirements else { continue }
            let best = requirements.filter { $0.values != nil }.max {
                let (left, right) = (values[$0.field]?.count ?? 0, values[$1.field]?.count ?? 0)
                return left == right ? $0.field > $1.field : left < right
            }
            let seldom = requirements.first { !Self.isUsual($0.field) }
            if let best, let needed = best.values {
                let place = place(best.field, &lookups)
                for value in needed { lookups[place].byValue[value, default: []].append(rule) }
            } else if let seldom {
                lookups[place(seldom.field, &lookups)].ifPresent.append(rule)
            } else {
                rest.append(rule)
            }
            if let gate = Self.gate(of: requirements, best: best) ?? seldom {
                gates.append(gate)
            } else {
                isOpen = true
            }
        }
        filters = isOpen ? nil : Self.filters(gates)
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
        if requirement.field == "eventSource" { return true }
        let calls: Set = [
            "getobject", "putobject", "headobject", "decrypt", "encrypt", "generatedatakey", "assumerole",
        ]
        return requirement.field == "eventName"
            && requirement.values?.contains { calls.contains(String(decoding: $0, as: UTF8.self)) } ?? true
    }

    /// Whether nearly every record has the field, so that its presence means nothing.
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
