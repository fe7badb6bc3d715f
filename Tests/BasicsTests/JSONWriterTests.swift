import Basics
import Testing

@Suite struct JSONWriterTests {
    private static let page = JSON.Style(isPretty: true, isSorted: true, isSpaced: true)

    private static func fill(_ members: inout some JSONMembers) {
        members.member("a", "é\u{7F}\u{202E}\"\\\u{01}")
        members.member("b", [1, [:], [], ["y": 2, "x": "z"]])
        members.member("c", ifAny: nil)
        members.object("d") {
            $0.member("e", true)
            $0.objects("f", of: ["one", "two"]) { $1.member("g", $0) }
            $0.objects("h", of: [String]()) { $1.member("g", $0) }
        }
    }

    @Test(arguments: [JSON.Style.compact, .pretty, .sorted, .prettySorted, Self.page])
    func membersAreWrittenAsTheValueTheyMake(_ style: JSON.Style) throws {
        var object = JSON.Object()
        Self.fill(&object)
        for depth in [0, 2] {
            var bytes = Array("before".utf8)
            JSONWriter.append(to: &bytes, style, depth: depth) { $0.object { Self.fill(&$0) } }
            #expect(
                String(decoding: bytes, as: UTF8.self) == "before" + JSON.object(object).written(style, depth: depth))
        }
        #expect(try JSON(parsing: JSON.object(object).written(style)) == .object(object))
    }

    @Test func aPageIsSpacedAndEscaped() {
        let value: JSON = ["b": "\u{202E}\u{7F}é\u{E0001}", "a": []]
        #expect(
            value.written(Self.page, depth: 1)
                == "{\n    \"a\" : [],\n    \"b\" : \"\\u202e\\u007fé\\udb40\\udc01\"\n  }")
        #expect(value.written(.sorted) == "{\"a\":[],\"b\":\"\\u202e\\u007fé\\udb40\\udc01\"}")
    }
}
