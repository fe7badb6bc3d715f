/// Finds which of many literals a text contains, in one pass and without regard to the case of ASCII letters.
///
/// It is the automaton of Aho and Corasick ("Efficient String Matching: An Aid to Bibliographic Search", 1975),
/// complete, so that each byte is one step. Long literals are cut to a prefix, since a text without the prefix does not
/// contain the literal.
struct LiteralScan: BitwiseCopyable {
    private struct Output: BitwiseCopyable {
        var values: UnsafeBufferPointer<Int32>
        /// The state of the shorter literals that end at the same place; -1 if there are none.
        var shorter: Int32 = -1
    }

    /// The class of each byte: 0 for every byte that no literal has.
    private let classes: UnsafeBufferPointer<UInt8>
    private let classCount: Int
    /// By state and class: the number of the next state, shifted left by one bit. The lowest bit is set if literals end
    /// there.
    private let steps: UnsafeBufferPointer<UInt32>
    private let outputs: UnsafeBufferPointer<Output>

    /// The approximate limit of states. Literals are cut so that their bytes, of which each may need a state, stay
    /// below it.
    private static let mostStates = 1 << 16

    /// - Parameter literals: folded texts that are not empty, with their values.
    init(_ literals: [[UInt8]: [Int]], in memory: CompiledMemory) {
        let longest = min(24, max(8, Self.mostStates / max(1, literals.count)))
        var classes = [UInt8](repeating: 0, count: 256)
        var classCount = 1
        var trie: [[UInt8: Int]] = [[:]]
        var values: [Set<Int>] = [[]]
        for (literal, numbers) in literals {
            var state = 0
            for byte in literal.prefix(longest) {
                if let next = trie[state][byte] {
                    state = next
                } else {
                    trie[state][byte] = trie.count
                    state = trie.count
                    trie.append([:])
                    values.append([])
                }
                if classes[Int(byte)] == 0, classCount < 256 {
                    classes[Int(byte)] = UInt8(classCount)
                    classCount += 1
                }
            }
            values[state].formUnion(numbers)
        }
        for upper in 65...90 { classes[upper] = classes[upper | 0x20] }

        var next = [Int](repeating: 0, count: trie.count * classCount)
        var fallback = [Int](repeating: 0, count: trie.count)
        var shorter = [Int32](repeating: -1, count: trie.count)
        var queue = [0]
        var first = 0
        while first < queue.count {
            let state = queue[first]
            first += 1
            // The state starts with the transitions of the longest proper suffix of its text. Its own transitions
            // replace them below.
            if state != 0 {
                let other = fallback[state] * classCount
                for place in 0..<classCount { next[state * classCount + place] = next[other + place] }
                shorter[state] =
                    values[fallback[state]].isEmpty ? shorter[fallback[state]] : Int32(fallback[state])
            }
            for (byte, child) in trie[state] {
                let place = state * classCount + Int(classes[Int(byte)])
                fallback[child] = state == 0 ? 0 : next[place]
                next[place] = child
                queue.append(child)
            }
        }
        self.classes = memory.store(classes)
        self.classCount = classCount
        steps = memory.store(
            next.map { UInt32($0) << 1 | (values[$0].isEmpty && shorter[$0] < 0 ? 0 : 1) })
        outputs = memory.store(
            values.indices.map {
                Output(values: memory.store(values[$0].sorted().map(Int32.init)), shorter: shorter[$0])
            })
    }

    /// Calls `body` with the values of the literals in the text. A value can come more than once.
    @inline(__always)
    func forEachValue(in text: UnsafeBufferPointer<UInt8>, _ body: (Int32) -> Void) {
        var state = 0
        for byte in text {
            let step = steps[state * classCount + Int(classes[Int(byte)])]
            state = Int(step >> 1)
            if step & 1 == 0 { continue }
            var output = state
            repeat {
                for value in outputs[output].values { body(value) }
                output = Int(outputs[output].shorter)
            } while output >= 0
        }
    }
}
