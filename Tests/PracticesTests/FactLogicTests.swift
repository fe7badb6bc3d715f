import Inventory
import Testing

@testable import Practices

@Suite struct FactLogicTests {
    private static let unknown = Fact<Bool>.unknown(Unknown(.failed, detail: "for the test"))

    @Test(
        "or: one that holds settles it",
        arguments: [
            (.known(true), unknown, .known(true)), (unknown, .known(true), .known(true)),
            (.known(false), unknown, unknown), (unknown, .known(false), unknown), (unknown, unknown, unknown),
            (.known(false), .known(false), .known(false)), (.known(true), .known(false), .known(true)),
        ] as [(Fact<Bool>, Fact<Bool>, Fact<Bool>)])
    func or(_ left: Fact<Bool>, _ right: Fact<Bool>, _ result: Fact<Bool>) {
        #expect((left || right) == result)
    }

    @Test(
        "and: one that does not hold settles it",
        arguments: [
            (.known(false), unknown, .known(false)), (unknown, .known(false), .known(false)),
            (.known(true), unknown, unknown), (unknown, .known(true), unknown), (unknown, unknown, unknown),
            (.known(true), .known(true), .known(true)), (.known(true), .known(false), .known(false)),
        ] as [(Fact<Bool>, Fact<Bool>, Fact<Bool>)])
    func and(_ left: Fact<Bool>, _ right: Fact<Bool>, _ result: Fact<Bool>) {
        #expect((left && right) == result)
    }
}
