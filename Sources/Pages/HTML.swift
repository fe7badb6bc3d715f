/// A piece of a self-contained page. Text in it is escaped; only ``element(_:_:content:)`` makes tags.
public struct HTML: Sendable {
    /// The HTML as written to the page.
    public private(set) var source: String

    private init(source: String) { self.source = source }

    /// Escaped text, which is also safe in an attribute.
    public static func text(_ text: some StringProtocol) -> HTML { HTML(source: MarkupText.escaped(String(text))) }

    public static let empty = HTML(source: "")

    /// - Parameter name: must be a constant of the program, as must the attributes' names. Values are escaped.
    public static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
        @Builder content: () -> HTML = { .empty }
    ) -> HTML {
        let list = attributes.map { " \($0.key)=\"\(MarkupText.escaped($0.value))\"" }.joined()
        return HTML(source: "<\(name)\(list)>\(content().source)</\(name)>")
    }

    /// The beginning of an element whose content is written piece by piece.
    public static func opened(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) -> HTML {
        void(name, attributes)
    }

    /// An element that has no content, such as `meta`.
    public static func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) -> HTML {
        HTML(source: "<\(name)" + attributes.map { " \($0.key)=\"\(MarkupText.escaped($0.value))\"" }.joined() + ">")
    }

    /// A style or script. Its content is not escaped, so it must be a constant of the program.
    public static func own(_ name: StaticString, _ text: StaticString) -> HTML {
        HTML(source: "<\(name)>\(text)</\(name)>")
    }

    /// The beginning of a page.
    public static func beginning(_ text: StaticString) -> HTML { HTML(source: "\(text)") }

    public static func + (left: HTML, right: HTML) -> HTML { HTML(source: left.source + right.source) }

    /// Concatenates the parts that a block lists.
    @resultBuilder public enum Builder {
        public static func buildExpression(_ part: HTML) -> HTML { part }
        public static func buildExpression(_ text: String) -> HTML { .text(text) }
        public static func buildExpression(_ part: HTML?) -> HTML { part ?? .empty }
        public static func buildExpression(_ parts: [HTML]) -> HTML { HTML(source: parts.map(\.source).joined()) }
        public static func buildBlock(_ parts: HTML...) -> HTML { HTML(source: parts.map(\.source).joined()) }
        public static func buildOptional(_ part: HTML?) -> HTML { part ?? .empty }
        public static func buildEither(first: HTML) -> HTML { first }
        public static func buildEither(second: HTML) -> HTML { second }
        public static func buildArray(_ parts: [HTML]) -> HTML { HTML(source: parts.map(\.source).joined()) }
    }
}
