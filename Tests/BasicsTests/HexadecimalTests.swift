import Basics
import Testing

@Suite struct HexadecimalTests {
    @Test func bytesComeBack() {
        let bytes: [UInt8] = [0, 15, 16, 255]
        #expect(Hexadecimal.text(bytes) == "000f10ff")
        #expect(Hexadecimal.bytes("000F10ff") == bytes)
    }

    @Test(arguments: ["0", "0g", "é0", " 0"])
    func anythingElseIsRefused(text: String) {
        #expect(Hexadecimal.bytes(text) == nil)
    }
}
