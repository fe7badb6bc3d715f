import DistributedEngines
import Foundation
import Testing

@Suite struct SQLConditionTests {
    private let name = ColumnText.text(["eventname"])

    @Test(arguments: SQLDialect.allCases)
    func aNullBelowNotIsFalse(dialect: SQLDialect) {
        let condition = SQLCondition.not(.test(name, .isOneOf(["a"], folded: true)))
        #expect(dialect.condition(condition).hasPrefix("NOT coalesce("))
        #expect(dialect.condition(condition).hasSuffix(", FALSE)"))
    }

    @Test func quotesAndWildcardsOfTextsAreEscaped() {
        let condition = SQLCondition.test(name, .like([.literal("5%_!'\\"), .anyRun, .anyOne], folded: false))
        #expect(SQLDialect.athena.condition(condition) == #""eventname" LIKE '5!%!_!!''\%_' ESCAPE '!'"#)
        #expect(SQLDialect.spark.condition(condition) == #"`eventname` LIKE '5!%!_!!\'\\%_' ESCAPE '!'"#)
        #expect(SQLDialect.athena.identifier("a\"b") == "\"a\"\"b\"")
        #expect(SQLDialect.spark.identifier("a`b") == "`a``b`")
    }

    @Test func numbersAreWrittenAsFloatingPoint() {
        let port = ColumnText.converted(["dstport"])
        #expect(SQLDialect.athena.condition(.test(port, .compare(.less, 22))) == "\"dstport\" < 22.0E0")
        #expect(SQLDialect.athena.condition(.test(port, .compare(.equal, 1e300))) == "\"dstport\" = 1E300")
        #expect(
            SQLDialect.spark.condition(.test(name, .compare(.equal, -0.5)))
                == "try_cast(`eventname` AS double) = -0.5E0")
    }

    @Test(arguments: [(8, 1), (9, 2), (400, 7), (5_000, 11)])
    func manyAlternativesAreNotDeep(count: Int, depth: Int) {
        let parts = (0..<count).map { SQLCondition.test(name, .like([.literal("\($0)"), .anyRun], folded: false)) }
        let text = SQLDialect.athena.condition(.any(parts))
        var (open, deepest) = (0, 0)
        for character in text {
            open += character == "(" ? 1 : character == ")" ? -1 : 0
            deepest = max(deepest, open)
        }
        #expect(deepest == depth)
        #expect(text.components(separatedBy: " OR ").count == count)
    }

    @Test func constantsAndRepetitionsDisappear() {
        let one = SQLCondition.test(name, .isOneOf(["a"], folded: true))
        let other = SQLCondition.test(name, .isOneOf(["b"], folded: true))
        #expect(SQLCondition.any([.never, one, .all([.always])]).simplified == .always)
        #expect(SQLCondition.all([.always, one, one]).simplified == one)
        #expect(
            SQLCondition.any([one, .any([other, one])]).simplified == .test(name, .isOneOf(["a", "b"], folded: true)))
        #expect(SQLCondition.not(.not(one)).simplified == one)
        #expect(SQLCondition.all([]).simplified == .always)
        #expect(SQLCondition.any([]).simplified == .never)
        #expect(SQLDialect.athena.condition(.never) == "FALSE")
    }
}

@Suite struct ColumnTypeTests {
    @Test(arguments: [
        "string", "struct<a:string,b:array<struct<c:int>>>", "map<string,array<string>>", "decimal(10,2)",
    ])
    func typesAreRead(text: String) throws {
        #expect(try #require(ColumnType(parsing: text)).description == text)
    }

    @Test(arguments: [
        "", "struct<>", "struct<a>", "struct<a:>", "array<", "array<int", "map<string>", "int>", "struct<a:int,>", ",",
        "decimal(", "array<<int>>",
        String(repeating: "array<", count: 5_000) + "int" + String(repeating: ">", count: 5_000),
        "ſtruct<a:int>", "struct<a:int>\u{0}",
    ])
    func otherTextsAreNoTypes(text: String) {
        #expect(ColumnType(parsing: text) == nil)
    }
}
