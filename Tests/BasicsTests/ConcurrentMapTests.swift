import Basics
import Testing

@Test(arguments: [0, 1, 1_000])
func aConcurrentMapKeepsTheOrder(count: Int) {
    #expect((5..<5 + count).concurrentMap { "\($0)" } == (5..<5 + count).map { "\($0)" })
}
