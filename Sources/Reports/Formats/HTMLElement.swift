/// A piece of a page. Text that comes into it is escaped; only ``element(_:_:content:)`` makes tags.
struct HTML: Sendable {
    /// As it is written out.
    private(set) var source: String

    private init(source: String) { self.source = source }

    /// Escaped, as is fit for an attribute as well.
    static func text(_ text: some StringProtocol) -> HTML { HTML(source: MarkupText.escaped(String(text))) }

    static let empty = HTML(source: "")

    /// - Parameter name: must be one of the program's own words, as must the attributes' names. Values are escaped.
    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
        @Builder content: () -> HTML = { .empty }
    ) -> HTML {
        let list = attributes.map { " \($0.key)=\"\(MarkupText.escaped($0.value))\"" }.joined()
        return HTML(source: "<\(name)\(list)>\(content().source)</\(name)>")
    }

    /// The beginning of an element whose content is written piece by piece.
    static func opened(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) -> HTML {
        void(name, attributes)
    }

    /// An element that has no content, such as `meta`.
    static func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) -> HTML {
        HTML(source: "<\(name)" + attributes.map { " \($0.key)=\"\(MarkupText.escaped($0.value))\"" }.joined() + ">")
    }

    /// A style or script. What stands in it is not escaped, so it is the program's own.
    static func own(_ name: StaticString, _ text: StaticString) -> HTML { HTML(source: "<\(name)>\(text)</\(name)>") }

    /// What a page begins with.
    static func beginning(_ text: StaticString) -> HTML { HTML(source: "\(text)") }

    static func + (left: HTML, right: HTML) -> HTML { HTML(source: left.source + right.source) }

    /// Puts what a block lists one after the other.
    @resultBuilder enum Builder {
        static func buildExpression(_ part: HTML) -> HTML { part }
        static func buildExpression(_ text: String) -> HTML { .text(text) }
        static func buildExpression(_ part: HTML?) -> HTML { part ?? .empty }
        static func buildExpression(_ parts: [HTML]) -> HTML { HTML(source: parts.map(\.source).joined()) }
        static func buildBlock(_ parts: HTML...) -> HTML { HTML(source: parts.map(\.source).joined()) }
        static func buildOptional(_ part: HTML?) -> HTML { part ?? .empty }
        static func buildEither(first: HTML) -> HTML { first }
        static func buildEither(second: HTML) -> HTML { second }
        static func buildArray(_ parts: [HTML]) -> HTML { HTML(source: parts.map(\.source).joined()) }
    }
}
