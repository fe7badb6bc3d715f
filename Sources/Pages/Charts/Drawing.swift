import Basics

/// A chart in SVG. Its texts and marks can be read without color, and it has a name for users who cannot see it.
public struct Drawing: Sendable {
    /// An element of SVG. Its attributes are the program's own.
    public struct Shape: Sendable {
        public var tag: StaticString
        public var attributes: KeyValuePairs<StaticString, String>
        public var text: String?
        /// The text that appears when the pointer rests on the shape.
        public var tip: String?
    }

    /// The classes of the element, such as `chart`.
    public var kind: StaticString
    /// The chart in one sentence.
    public var name: String
    public var width: Double
    public var height: Double
    public internal(set) var shapes: [Shape] = []

    init(_ kind: StaticString, name: String, width: Double, height: Double) {
        self.kind = kind
        self.name = name
        self.width = width
        self.height = height
    }

    /// The patterns that fill parts of charts, so that they differ without color. A page with charts has them once, in
    /// an SVG element of the class `sprite`.
    public static let patterns: StaticString = """
        <pattern id="p-gap" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="p-gap" width="7" height="7"/><line class="p-gap-line" x1="1.5" y1="0" x2="1.5" y2="7"/></pattern>
        <pattern id="p-open" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="p-open" width="6" height="6"/><circle class="p-open-line" cx="3" cy="3" r=".6"/></pattern>
        """

    public var viewBox: String { "0 0 \(Self.short(width)) \(Self.short(height))" }

    /// The chart in a self-contained page.
    public var html: HTML {
        HTML.element("svg", ["class": "\(kind)", "viewBox": viewBox, "role": "img", "aria-label": name]) {
            HTML.element("title") { name }
            shapes.map { shape in
                HTML.element(shape.tag, shape.attributes) {
                    if let tip = shape.tip { HTML.element("title") { tip } }
                    shape.text ?? ""
                }
            }
        }
    }

    /// The values of ``PageTemplates/drawing``.
    public var model: [String: Any] {
        [
            "kind": "\(kind)", "name": name, "viewBox": viewBox,
            "shapes": shapes.map { shape -> [String: Any] in
                [
                    "tag": "\(shape.tag)", "text": shape.text ?? false, "tip": shape.tip ?? false,
                    "attributes": shape.attributes.map { ["key": "\($0.key)", "value": $0.value] },
                ]
            },
        ]
    }

    // MARK: Shapes

    mutating func text(_ text: String, _ x: Double, _ y: Double, anchor: String = "start", kind: String = "label") {
        shapes.append(
            Shape(
                tag: "text",
                attributes: ["class": kind, "x": Self.short(x), "y": Self.short(y), "text-anchor": anchor], text: text))
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, kind: String = "grid") {
        shapes.append(
            Shape(
                tag: "line",
                attributes: [
                    "class": kind, "x1": Self.short(x1), "y1": Self.short(y1), "x2": Self.short(x2),
                    "y2": Self.short(y2),
                ]))
    }

    /// - Parameter pattern: the ID of a pattern of the page that fills it; `nil` for the fill of its class.
    mutating func rect(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, kind: String, pattern: String? = nil,
        radius: Double = 0, tip: String? = nil
    ) {
        let places = (Self.short(x), Self.short(y), Self.short(max(0, width)), Self.short(max(0, height)))
        let corner = Self.short(radius)
        let shape =
            if let pattern {
                Shape(
                    tag: "rect",
                    attributes: [
                        "class": kind, "x": places.0, "y": places.1, "width": places.2, "height": places.3,
                        "rx": corner, "fill": "url(#\(pattern))",
                    ], tip: tip)
            } else if radius > 0 {
                Shape(
                    tag: "rect",
                    attributes: [
                        "class": kind, "x": places.0, "y": places.1, "width": places.2, "height": places.3,
                        "rx": corner,
                    ], tip: tip)
            } else {
                Shape(
                    tag: "rect",
                    attributes: [
                        "class": kind, "x": places.0, "y": places.1, "width": places.2, "height": places.3,
                    ], tip: tip)
            }
        shapes.append(shape)
    }

    mutating func polyline(_ points: [(x: Double, y: Double)], kind: String) {
        shapes.append(Shape(tag: "polyline", attributes: ["class": kind, "points": Self.list(points)]))
    }

    mutating func polygon(_ points: [(x: Double, y: Double)], kind: String) {
        shapes.append(Shape(tag: "polygon", attributes: ["class": kind, "points": Self.list(points)]))
    }

    mutating func circle(_ x: Double, _ y: Double, radius: Double, kind: String, tip: String? = nil) {
        shapes.append(
            Shape(
                tag: "circle",
                attributes: ["class": kind, "cx": Self.short(x), "cy": Self.short(y), "r": Self.short(radius)], tip: tip
            ))
    }

    private static func list(_ points: [(x: Double, y: Double)]) -> String {
        points.map { "\(short($0.x)),\(short($0.y))" }.joined(separator: " ")
    }

    /// The number with at most one decimal place.
    static func short(_ number: Double) -> String {
        guard number.isFinite, number.magnitude < 1e12 else { return "0" }
        let tenths = Int((number * 10).rounded())
        guard tenths % 10 != 0 else { return "\(tenths / 10)" }
        return (tenths < 0 ? "-" : "") + "\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
