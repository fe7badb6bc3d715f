internal import Basics
import LogReaders

/// A compiled test of a field, in plain memory.
enum CompiledTest: BitwiseCopyable {
    /// By reference, so that a step stays small.
    case texts(UnsafePointer<TextSet>)
    case regex(Unmanaged<CompiledRegex>)
    case blocks(UnsafeBufferPointer<CIDR>)
    case exists
    case null
    case compare(Comparison, Double)
    case timePart(TimePart, Comparison, Double)
    case reference(FieldList.Number, FieldReference.Relation, cased: Bool)
    /// With the field of the owning account.
    case policy(Unmanaged<CompiledPolicyTest>, FieldList.Number)

    /// - Parameters:
    ///   - other: returns the value of another field of the same event.
    func passes(
        _ value: FieldValue, _ scratch: RegexScratch, other: (FieldList.Number) -> FieldValue
    ) -> Bool {
        switch value {
        case .absent:
            if case .null = self { return true }
            return false
        case .text(let bytes):
            if passes(bytes, scratch, other: other) { return true }
            switch self {
            case .texts, .regex:
                let compact = CompactJSON.bytes(of: bytes)
                return compact?.withUnsafeBufferPointer { passes($0, scratch, other: other) } ?? false
            case .blocks, .exists, .null, .compare, .timePart, .reference, .policy: return false
            }
        case .number(let bytes):
            if passes(bytes, scratch, other: other) { return true }
            return NumberText.whole(bytes)?.withUnsafeBufferPointer { passes($0, scratch, other: other) } ?? false
        case .boolean(let flag): return passes(BooleanText.bytes(flag), scratch, other: other)
        case .null:
            if case .null = self { return true }
            return false
        case .object(let json, let leaves):
            switch self {
            case .exists: return true
            case .texts, .regex:
                if passes(json, scratch, other: other) { return true }
                return leaves.contains { passes($0, scratch, other: other) }
            case .blocks: return leaves.contains { passes($0, scratch, other: other) }
            case .policy: return passes(json, scratch, other: other)
            case .null, .compare, .timePart, .reference: return false
            }
        case .list(let values):
            if case .exists = self, values.isEmpty { return true }
            return values.contains { passes($0, scratch, other: other) }
        }
    }

    @inline(__always)
    private func passes(_ text: Bytes, _ scratch: RegexScratch, other: (FieldList.Number) -> FieldValue) -> Bool {
        switch self {
        case .texts(let set): return set.pointee.matches(text)
        case .regex(let regex): return regex._withUnsafeGuaranteedRef { $0.matches(text, scratch) }
        case .blocks(let blocks):
            guard let address = IPAddress(text) else { return false }
            for block in blocks where block.contains(address) { return true }
            return false
        case .exists: return true
        case .null: return false
        case .compare(let comparison, let number):
            return NumberText.value(text).map { comparison.holds($0, number) } ?? false
        case .timePart(let part, let comparison, let number):
            return CivilTime(log: text).map { comparison.holds(Double($0.value(of: part)), number) } ?? false
        case .reference(let field, let relation, let cased):
            return TextRelation.anyText(of: other(field)) { TextRelation.holds(relation, text, $0, cased: cased) }
        case .policy(let test, let owner):
            return test._withUnsafeGuaranteedRef { $0.passes(text, owner: other(owner)) }
        }
    }

    /// Tests a keyword: only texts and regular expressions occur.
    func passesKeyword(_ text: Bytes, _ scratch: RegexScratch) -> Bool {
        switch self {
        case .texts(let set): set.pointee.matches(text)
        case .regex(let regex): regex._withUnsafeGuaranteedRef { $0.matches(text, scratch) }
        default: false
        }
    }
}

/// Booleans as text.
enum BooleanText {
    static func bytes(_ flag: Bool) -> Bytes {
        let text: StaticString = flag ? "true" : "false"
        return Bytes(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}

/// Relations between the texts of two fields.
enum TextRelation {
    /// Whether `body` returns true for one of the value's texts.
    static func anyText(of value: FieldValue, _ body: (Bytes) -> Bool) -> Bool {
        switch value {
        case .absent, .null, .object: false
        case .text(let bytes), .number(let bytes): body(bytes)
        case .boolean(let flag): body(BooleanText.bytes(flag))
        case .list(let values): values.contains { anyText(of: $0, body) }
        }
    }

    static func holds(_ relation: FieldReference.Relation, _ text: Bytes, _ other: Bytes, cased: Bool) -> Bool {
        if cased { return holds(relation, text, other) }
        let foldedText = CaseFolding.fold(text)
        let foldedOther = CaseFolding.fold(other)
        return foldedText.withUnsafeBufferPointer { text in
            foldedOther.withUnsafeBufferPointer { holds(relation, text, $0) }
        }
    }

    private static func holds(_ relation: FieldReference.Relation, _ text: Bytes, _ other: Bytes) -> Bool {
        switch relation {
        case .equal: return text.elementsEqual(other)
        case .startsWith: return text.starts(with: other)
        case .endsWith: return text.count >= other.count && text.suffix(other.count).elementsEqual(other)
        case .contains:
            guard text.count >= other.count else { return false }
            return (0...(text.count - other.count)).contains { text[$0...].starts(with: other) }
        }
    }
}

/// Parses numbers.
enum NumberText {
    /// The usual text of a whole number that is written with a fraction or an exponent, such as `5.0`; `nil` for other
    /// texts.
    static func whole(_ text: Bytes) -> [UInt8]? {
        guard text.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }),
            let number = value(text), let whole = Int64(exactly: number)
        else { return nil }
        return Array("\(whole)".utf8)
    }

    /// The number, if the whole text is one and it is finite.
    static func value(_ text: Bytes) -> Double? {
        guard let first = text.first, text.count <= 400 else { return nil }
        // Most numbers are short integers.
        if text.count <= 18 {
            let isNegative = first == UInt8(ascii: "-")
            var number: Int64 = 0
            var isWhole = text.count > (isNegative ? 1 : 0)
            for byte in text.dropFirst(isNegative ? 1 : 0) {
                guard byte >= 48, byte <= 57 else {
                    isWhole = false
                    break
                }
                number = number * 10 + Int64(byte - 48)
            }
            if isWhole { return Double(isNegative ? -number : number) }
        }
        // Excludes the names of NaN and infinity.
        guard text.allSatisfy({ $0 >= 48 && $0 <= 57 || "+-.eE".utf8.contains($0) }),
            let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite
        else { return nil }
        return number
    }
}

extension CivilTime {
    /// A part of the time as written, without regard to the time zone.
    fileprivate func value(of part: TimePart) -> Int {
        switch part {
        case .minute: minute
        case .hour: hour
        case .day: day
        case .month: month
        case .year: year
        case .week: week
        }
    }
}
