import Basics

/// How an engine writes what Parapet asks it.
///
/// Sources: Trino 4xx documentation, "SQL language" (Athena engine version 3 is based on Trino); Amazon Athena User
/// Guide, "Reserved keywords"; Apache Spark SQL Guide, "Literals", "Identifiers" and "LIKE predicate".
public enum SQLDialect: String, Sendable, Hashable, CaseIterable {
    case athena, spark

    /// A name in quotes, so that no name is a keyword.
    public func identifier(_ name: String) -> String {
        switch self {
        case .athena: "\"\(name.replacing("\"", with: "\"\""))\""
        case .spark: "`\(name.replacing("`", with: "``"))`"
        }
    }

    func path(_ names: [String]) -> String { names.map(identifier).joined(separator: ".") }

    /// A text in quotes. Spark also reads backslashes in it.
    public func literal(_ text: String) -> String {
        switch self {
        case .athena: "'\(text.replacing("'", with: "''"))'"
        case .spark: "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        }
    }

    func name(of table: LogTable) -> String {
        [table.catalog, table.database, table.name].compactMap(\.self).map(identifier).joined(separator: ".")
    }

    /// Any value as text.
    func asText(_ value: String) -> String { "CAST(\(value) AS \(textType))" }

    private var textType: String { self == .athena ? "varchar" : "string" }

    /// The seconds since 1970 of a time as text, as in `2026-03-01T00:00:00Z`; NULL if there is no such time.
    func seconds(of text: String) -> String {
        switch self {
        case .athena:
            let time = "try_cast(replace(replace(\(text), 'T', ' '), 'Z', '') AS timestamp)"
            return "date_diff('second', TIMESTAMP '1970-01-01 00:00:00', \(time))"
        case .spark: return "CAST(try_cast(\(text) AS timestamp) AS bigint)"
        }
    }

    /// The value as text.
    public func text(_ value: ColumnText) -> String {
        switch value {
        case .text(let names): path(names)
        case .converted(let names): asText(path(names))
        case .dashed(let name): "nullif(\(identifier(name)), '-')"
        case .joined(let names, let member): "array_join(\(list(names, member)), ' ')"
        case .map(let names):
            self == .athena ? "json_format(CAST(\(path(names)) AS json))" : "to_json(\(path(names)))"
        case .filled(let value, let absent):
            absent.reduce(text(value)) { "nullif(\($0), \(literal($1)))" }
        case .moment(let names):
            self == .athena
                ? "date_format(\(path(names)), '%Y-%m-%dT%H:%i:%sZ')"
                : "date_format(\(path(names)), \(literal("yyyy-MM-dd'T'HH:mm:ss'Z'")))"
        case .first(let one, let other): "coalesce(\(text(one)), \(text(other)))"
        case .renamed(let value, let names):
            "CASE \(text(value))"
                + names.map { " WHEN \(literal($0.from)) THEN \(literal($0.to))" }.joined() + " END"
        }
    }

    /// The value in the form in which a row brings it back: a list as a JSON array.
    public func selected(_ value: ColumnText) -> String {
        guard case .joined(let names, let member) = value else { return text(value) }
        return self == .athena
            ? "json_format(CAST(\(list(names, member)) AS json))" : "to_json(\(list(names, member)))"
    }

    private func list(_ names: [String], _ member: String?) -> String {
        member.map { "transform(\(path(names)), e -> e.\(path($0.split(separator: ".").map(String.init))))" }
            ?? path(names)
    }

    /// The column with the place of the object that a row comes from: hidden in Athena, made by the view in Spark.
    public var objectPath: String { self == .athena ? "\"$path\"" : identifier(RowQuery.pathColumn) }

    /// The condition. A NULL counts as false: `WHERE` takes it so, and below a `NOT` it is made false.
    public func condition(_ condition: SQLCondition) -> String {
        switch condition {
        case .always: return "TRUE"
        case .never: return "FALSE"
        case .all(let parts): return joined(parts, "AND")
        case .any(let parts): return joined(parts, "OR")
        case .not(.test(let value, .isNull)): return "\(text(value)) IS NOT NULL"
        case .not(let part): return "NOT coalesce(\(self.condition(part)), FALSE)"
        case .test(let value, let test): return self.test(value, test)
        case .anyIsUnusual(let values):
            let all = values.count == 1 ? text(values[0]) : "concat_ws('', \(values.map(text).joined(separator: ", ")))"
            return "regexp_like(\(all), '[^ -~]')"
        }
    }

    private func joined(_ parts: [SQLCondition], _ word: String) -> String {
        Self.balanced(parts.map(condition)[...], " \(word) ")
    }

    /// Joins many conditions in brackets within brackets. A parser or analyzer may go one level deeper for each condition
    /// of a flat chain, and Trino rejects a statement that its stack has no room for ("statement is too large"). Here the
    /// depth grows as the logarithm of their number.
    static func balanced(_ parts: ArraySlice<String>, _ separator: String) -> String {
        guard parts.count > flatChain else { return "(" + parts.joined(separator: separator) + ")" }
        let half = parts.startIndex + parts.count / 2
        return "(" + balanced(parts[..<half], separator) + separator + balanced(parts[half...], separator) + ")"
    }

    private static let flatChain = 8

    private func test(_ value: ColumnText, _ test: SQLTest) -> String {
        let text = text(value)
        switch test {
        case .isNull: return "\(text) IS NULL"
        case .isOneOf(let values, let folded):
            let left = folded ? "lower(\(text))" : text
            return values.count == 1
                ? "\(left) = \(literal(values[0]))" : "\(left) IN (\(values.map(literal).joined(separator: ", ")))"
        case .like(let parts, let folded):
            if parts == [.anyRun] { return "\(text) IS NOT NULL" }
            let (pattern, isEscaped) = Self.pattern(parts)
            return "\(folded ? "lower(\(text))" : text) LIKE \(literal(pattern))" + (isEscaped ? " ESCAPE '!'" : "")
        case .compare(let comparison, let number):
            guard case .converted(let names) = value else {
                return "try_cast(\(text) AS double) \(comparison.rawValue) \(Self.number(number))"
            }
            return "\(path(names)) \(comparison.rawValue) \(Self.number(number))"
        case .isPlainNumber: return "regexp_like(\(text), '^-?[0-9]{1,15}$')"
        case .matches(let expression): return "regexp_like(\(text), \(literal(expression)))"
        // Printable ASCII without the backslash, which stands between the brackets.
        case .isUnusualJSON: return "regexp_like(\(text), \(literal(#"[^ -\x5B\x5D-~]"#)))"
        case .isAtLeast(let bound): return "\(text) >= \(literal(bound))"
        case .isBelow(let bound): return "\(text) < \(literal(bound))"
        case .isNotBefore(let moment): return "\(column(value)) >= \(timestamp(moment))"
        case .isBefore(let moment): return "\(column(value)) < \(timestamp(moment))"
        }
    }

    /// The value as it stands in the table.
    private func column(_ value: ColumnText) -> String {
        guard case .converted(let names) = value else { return text(value) }
        return path(names)
    }

    private func timestamp(_ moment: Moment) -> String {
        let text = moment.description
        return "TIMESTAMP '\(text.prefix(10)) \(text.dropFirst(11).prefix(8))'"
    }

    /// A pattern of `LIKE` in which `!` escapes.
    private static func pattern(_ parts: [SQLTest.Part]) -> (text: String, isEscaped: Bool) {
        var text = ""
        // Spark escapes with a backslash if the condition names no other character.
        var isEscaped = false
        for part in parts {
            switch part {
            case .anyRun: text += "%"
            case .anyOne: text += "_"
            case .literal(let literal):
                for character in literal.unicodeScalars {
                    if "%_!".unicodeScalars.contains(character) { text += "!" }
                    if "%_!\\".unicodeScalars.contains(character) { isEscaped = true }
                    text.unicodeScalars.append(character)
                }
            }
        }
        return (text, isEscaped)
    }

    /// A number with a floating point.
    private static func number(_ value: Double) -> String {
        let text = "\(value)"
        return text.utf8.contains(UInt8(ascii: "e"))
            ? text.replacing("e", with: "E").replacing("+", with: "") : "\(text)E0"
    }
}
