import IAMPolicy
import Testing

/// Damaged documents give an error or a policy that prints as one, never a crash.
@Suite struct PolicyFuzzTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func aDamagedDocumentIsReadOrRefused(seed: UInt64) throws {
        var random = RandomPolicies(seed: seed)
        let fragments = [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "\\u", "\\ud800", "0", "-", "e", "null", "${", "*", "\u{0}", "é",
        ]
        for _ in 0..<800 {
            var bytes = Array(random.policy(withPrincipal: true).indentedJSON.utf8)
            for _ in 0..<random.pick([1, 2, 5]) {
                let place = random.pick(Array(bytes.indices))
                switch random.pick([0, 1, 2, 3]) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(contentsOf: random.pick(fragments).utf8, at: place)
                case 2: bytes[place] = random.pick(Array(0...255))
                default: bytes.removeSubrange(place..<min(place + 20, bytes.count))
                }
                if bytes.isEmpty { bytes = [UInt8(ascii: "{")] }
            }
            do throws(PolicyError) {
                let policy = try Policy(parsing: bytes)
                #expect((try? Policy(parsing: policy.json)) == policy)
            } catch {
                #expect(error.line >= 1 && error.column >= 1)
            }
        }
    }
}
