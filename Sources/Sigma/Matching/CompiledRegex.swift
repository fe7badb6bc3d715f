import CPCRE2

/// A compiled regular expression. Backtracking is bounded: if an expression needs more steps than `stepLimit` on a
/// text, it counts as no match, and ``RegexScratch/givenUp`` is increased.
///
/// It uses PCRE2, since Sigma's flavor is PCRE, and since PCRE2 works on bytes and can be bounded.
final class CompiledRegex: @unchecked Sendable {
    // PCRE2's compiled code is immutable, so that threads may share it.
    private let code: OpaquePointer

    init(_ pattern: RegexPattern) throws(ConditionError) {
        var options = UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF) | UInt32(PCRE2_NEVER_BACKSLASH_C)
        if pattern.ignoresCase { options |= UInt32(PCRE2_CASELESS) }
        if pattern.multipleLines { options |= UInt32(PCRE2_MULTILINE) }
        if pattern.dotMatchesAll { options |= UInt32(PCRE2_DOTALL) }
        var errorNumber: Int32 = 0
        var errorOffset = 0
        let text = Array(pattern.text.utf8)
        guard text.count <= Self.longest else { throw ConditionError(reason: "the regular expression is too long") }
        let context = pcre2_compile_context_create_8(nil)
        defer { pcre2_compile_context_free_8(context) }
        pcre2_set_parens_nest_limit_8(context, 100)
        guard let code = pcre2_compile_8(text, text.count, options, &errorNumber, &errorOffset, context) else {
            var message = [UInt8](repeating: 0, count: 256)
            let length = pcre2_get_error_message_8(errorNumber, &message, message.count)
            let reason = length > 0 ? String(decoding: message.prefix(Int(length)), as: UTF8.self) : "it is not valid"
            throw ConditionError(reason: "the regular expression \(pattern.text): \(reason) at \(errorOffset)")
        }
        self.code = code
        // Without a JIT compiler for the machine, the interpreter runs.
        _ = pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
    }

    deinit { pcre2_code_free_8(code) }

    func matches(_ text: UnsafeBufferPointer<UInt8>, _ scratch: RegexScratch) -> Bool {
        let result = pcre2_match_8(
            code, text.baseAddress, text.count, 0, 0, scratch.matchData, scratch.context)
        if result >= 0 { return true }
        if result != PCRE2_ERROR_NOMATCH { scratch.givenUp += 1 }
        return false
    }

    /// The longest expression, in bytes.
    static let longest = 65_536
}

/// A worker's memory for running regular expressions.
final class RegexScratch {
    fileprivate let matchData: OpaquePointer
    fileprivate let context: OpaquePointer
    private let jitStack: OpaquePointer?
    /// The number of matches that were given up at the limits.
    var givenUp = 0

    init() {
        // Only the fact of a match is needed: one pair of offsets is enough.
        guard let matchData = pcre2_match_data_create_8(1, nil), let context = pcre2_match_context_create_8(nil) else {
            fatalError("no memory for regular expressions")
        }
        self.matchData = matchData
        self.context = context
        // The default stack of 32 kB is too small for long texts.
        jitStack = pcre2_jit_stack_create_8(32 * 1024, 4 << 20, nil)
        pcre2_jit_stack_assign_8(context, nil, jitStack.map(UnsafeMutableRawPointer.init))
        pcre2_set_match_limit_8(context, Self.stepLimit)
        pcre2_set_heap_limit_8(context, 16_384)
    }

    deinit {
        pcre2_match_data_free_8(matchData)
        pcre2_match_context_free_8(context)
        pcre2_jit_stack_free_8(jitStack)
    }

    /// About a tenth of a second at worst.
    private static let stepLimit: UInt32 = 1_000_000
}
