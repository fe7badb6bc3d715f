internal import Basics
import LogReaders

/// Predicates compiled into steps. Each step tests one field and names the next step, so that an event is evaluated
/// without recursion and without needless tests.
struct RuleProgram: BitwiseCopyable {
    struct Step: BitwiseCopyable {
        var test: CompiledTest
        /// -1 for keywords.
        var field: Int32
        var onPass: Int32
        var onFail: Int32
    }

    /// Results instead of a next step.
    static let match: Int32 = -1
    static let noMatch: Int32 = -2

    private let steps: UnsafeBufferPointer<Step>

    fileprivate init(steps: UnsafeBufferPointer<Step>) {
        self.steps = steps
    }

    @inline(__always)
    func run(from entry: Int32, _ event: some LogEvent, _ scratch: RegexScratch) -> Bool {
        var next = entry
        while next >= 0 {
            let step = steps[Int(next)]
            let test = step.test
            let passes: Bool
            if step.field < 0 {
                passes = event.anyText { test.passesKeyword($0, scratch) }
            } else {
                passes = test.passes(event.value(of: Int(step.field)), scratch) { event.value(of: $0) }
            }
            next = passes ? step.onPass : step.onFail
        }
        return next == Self.match
    }
}

/// Compiles predicates into a program.
struct ProgramBuilder {
    let memory: CompiledMemory
    private(set) var fields: FieldList
    private var steps: [RuleProgram.Step] = []

    init(fields: FieldList, memory: CompiledMemory) {
        self.fields = fields
        self.memory = memory
    }

    func finished() -> RuleProgram { RuleProgram(steps: memory.store(steps)) }

    /// - Returns: the predicate's first step.
    mutating func add(_ predicate: Predicate) throws(ConditionError) -> Int32 {
        try add(predicate, onPass: RuleProgram.match, onFail: RuleProgram.noMatch)
    }

    /// Adds steps from the last to the first, since each must know its successors.
    private mutating func add(_ predicate: Predicate, onPass: Int32, onFail: Int32) throws(ConditionError) -> Int32 {
        switch predicate {
        case .not(let part): return try add(part, onPass: onFail, onFail: onPass)
        case .all(let parts):
            var next = onPass
            let parts = parts.flatMap(Self.conjunction)
            // Cheap tests come first: few records pass them, and regular expressions in long lists take long.
            for part in (parts.filter { !$0.isCostly } + parts.filter(\.isCostly)).reversed() {
                next = try add(part, onPass: next, onFail: onFail)
            }
            return next
        case .any(let parts):
            var next = onFail
            for group in Self.grouped(parts).reversed() {
                switch group {
                case .one(let part): next = try add(part, onPass: onPass, onFail: next)
                case .texts(let field, let patterns):
                    next = add(memory.texts(patterns), field, onPass: onPass, onFail: next)
                case .blocks(let field, let blocks):
                    next = add(.blocks(memory.store(blocks)), field, onPass: onPass, onFail: next)
                }
            }
            return next
        case .keyword(let test): return add(try compiled(test), nil, onPass: onPass, onFail: onFail)
        case .field(let field, .exists(false)): return add(.exists, field, onPass: onFail, onFail: onPass)
        case .field(let field, let test): return add(try compiled(test), field, onPass: onPass, onFail: onFail)
        }
    }

    private mutating func add(_ test: CompiledTest, _ field: String?, onPass: Int32, onFail: Int32) -> Int32 {
        let number = field.map { Int32(fields.number(of: $0)) } ?? -1
        steps.append(RuleProgram.Step(test: test, field: number, onPass: onPass, onFail: onFail))
        return Int32(steps.count - 1)
    }

    private mutating func compiled(_ test: FieldTest) throws(ConditionError) -> CompiledTest {
        switch test {
        case .text(let pattern): memory.texts([pattern])
        case .regex(let pattern): .regex(memory.keep(try CompiledRegex(pattern)))
        case .cidr(let block): .blocks(memory.store([block]))
        // The caller swaps the successors of `.exists(false)`.
        case .exists: .exists
        case .null: .null
        case .compare(let comparison, let number): .compare(comparison, number)
        case .timePart(let part, let comparison, let number): .timePart(part, comparison, number)
        case .reference(let reference):
            .reference(fields.number(of: reference.field), reference.relation, cased: reference.cased)
        case .policy(let test):
            .policy(memory.keep(CompiledPolicyTest(test)), fields.number(of: PolicyTest.ownerField))
        }
    }

    private enum Group {
        case one(Predicate)
        /// The field; `nil` for keywords.
        case texts(String?, [TextPattern])
        case blocks(String, [CIDR])
    }

    /// Groups alternatives for one field into one test.
    private static func grouped(_ parts: [Predicate]) -> [Group] {
        struct Key: Hashable {
            var field: String?
            var cased: Bool?
        }
        var groups: [Group] = []
        var places: [Key: Int] = [:]
        for part in flattened(parts) {
            let (key, pattern, block): (Key, TextPattern?, CIDR?)
            switch part {
            case .field(let field, .text(let text)):
                (key, pattern, block) = (Key(field: field, cased: text.cased), text, nil)
            case .keyword(.text(let text)): (key, pattern, block) = (Key(field: nil, cased: text.cased), text, nil)
            case .field(let field, .cidr(let cidr)): (key, pattern, block) = (Key(field: field, cased: nil), nil, cidr)
            default:
                groups.append(.one(part))
                continue
            }
            guard let place = places[key] else {
                places[key] = groups.count
                if let pattern { groups.append(.texts(key.field, [pattern])) }
                if let block { groups.append(.blocks(key.field ?? "", [block])) }
                continue
            }
            switch groups[place] {
            case .texts(let field, let patterns): groups[place] = .texts(field, patterns + [pattern].compactMap { $0 })
            case .blocks(let field, let blocks): groups[place] = .blocks(field, blocks + [block].compactMap { $0 })
            case .one: break
            }
        }
        return groups
    }

    /// Parts that together mean the same as a predicate.
    private static func conjunction(_ predicate: Predicate) -> [Predicate] {
        switch predicate {
        case .all(let parts): return parts.flatMap(conjunction)
        case .not(.any(let parts)):
            let parts = flattened(parts)
            let (cheap, costly) = (parts.filter { !$0.isCostly }, parts.filter(\.isCostly))
            return cheap.isEmpty || costly.isEmpty ? [predicate] : [.not(.any(cheap)), .not(.any(costly))]
        default: return [predicate]
        }
    }

    private static func flattened(_ parts: [Predicate]) -> [Predicate] {
        parts.flatMap { part in
            if case .any(let inner) = part { flattened(inner) } else { [part] }
        }
    }
}

extension Predicate {
    /// Whether it contains tests that take long.
    fileprivate var isCostly: Bool {
        switch self {
        case .all(let parts), .any(let parts): parts.contains(where: \.isCostly)
        case .not(let part): part.isCostly
        case .keyword, .field(_, .regex), .field(_, .policy): true
        case .field: false
        }
    }
}

extension CompiledMemory {
    fileprivate func texts(_ patterns: [TextPattern]) -> CompiledTest {
        .texts(store(TextSet(patterns, in: self)))
    }
}
