import Foundation
import Testing

@testable import AWSClient

@Suite struct XMLTests {
    private struct Answer: Decodable, Equatable {
        var name: String
        var count: Int?
        var flag: Bool?
        var made: Date?
        var items: [Item]?
        var words: [String]?

        struct Item: Decodable, Equatable {
            var id: String
        }
    }

    private struct FlatAnswer: Decodable {
        var rules: Flattened<Answer.Item>

        enum CodingKeys: String, CodingKey {
            case rules = "Rule"
        }
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ xml: String) throws -> Value {
        let tree = try XMLTree(parsing: Array(xml.utf8))
        return try Value(from: XMLTreeDecoder(tree: tree, element: tree.root))
    }

    @Test func readsMembersListsAndDates() throws {
        let answer = try decode(
            Answer.self,
            """
            <?xml version="1.0"?><!-- c --><r:R xmlns:r="x"><name>a &amp; b<![CDATA[ <c>]]></name><count>3</count>
            <flag>true</flag><made>2026-01-01T00:00:00.000Z</made>
            <items> <item><id>1</id></item> <member><id>2</id></member> </items><words><w>x</w></words></r:R>
            """)
        #expect(answer.name == "a & b <c>")
        #expect(answer.count == 3)
        #expect(answer.flag == true)
        #expect(answer.made == Date(timeIntervalSince1970: 1_767_225_600))
        #expect(answer.items == [.init(id: "1"), .init(id: "2")])
        #expect(answer.words == ["x"])
    }

    @Test func anEmptyElementIsAnEmptyListOrAnEmptyText() throws {
        let answer = try decode(Answer.self, "<R><name/><items/></R>")
        #expect(answer.name == "")
        #expect(answer.items == [])
        #expect(answer.words == nil)
    }

    @Test func flattenedListsAreTheElementsOfOneName() throws {
        #expect(
            try decode(FlatAnswer.self, "<R><Rule><id>1</id></Rule><Other/><Rule><id>2</id></Rule></R>").rules.elements
                .map(\.id) == ["1", "2"])
        #expect(try decode(FlatAnswer.self, "<R></R>").rules.elements.isEmpty)
    }

    @Test(arguments: [
        "<R></R>", "<R><name>a</name><count>x</count></R>", "<R><name>a</name><flag>maybe</flag></R>",
        "<R><name>a</name><made>yesterday</made></R>", "<R><name>a</name><items><item><no/></item></items></R>",
    ])
    func whatIsNotTheShapeIsAnError(xml: String) {
        #expect(throws: DecodingError.self) { try decode(Answer.self, xml) }
    }

    @Test(arguments: [
        "", " ", "not xml", "<R>", "<R><name>cut", "<R></S>", "<R/><R/>", "<R>&undefined;</R>", "\u{0}\u{1}",
        "<!DOCTYPE r [<!ENTITY a \"aaaa\">]><R>&a;</R>",
        String(repeating: "<a>", count: 5000),
    ])
    func garbageIsAnError(xml: String) {
        #expect(throws: XMLError.self) { try XMLTree(parsing: Array(xml.utf8)) }
    }

    @Test func everyTruncationOfADocumentIsAnError() throws {
        let whole = Array("<R><name>a</name><items><item><id>1</id></item></items></R>".utf8)
        for length in 0..<whole.count {
            #expect(throws: XMLError.self) { try XMLTree(parsing: Array(whole[..<length])) }
        }
    }

    @Test func bytesThatAreNotUTF8AreAnError() {
        #expect(throws: XMLError.self) { try XMLTree(parsing: [0x3C, 0x52, 0x3E, 0xFF, 0xFE, 0x3C, 0x2F, 0x52, 0x3E]) }
    }
}
