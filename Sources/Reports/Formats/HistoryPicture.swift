import Basics
import Glibc

/// The values of an item over time on a logarithmic scale, over their normal range, with unusual values marked. It is a
/// drawing in a page, or lines of text. The marks and numbers can be read without colors.
public struct HistoryPicture: Sendable {
    /// The text alternative of the drawing, for users who cannot see it.
    let name: String
    /// The drawing in SVG.
    let shapes: [Shape]
    /// The picture in characters, with a line for each of the last values.
    let lines: [String]

    /// An element of SVG. Its attributes are the program's own.
    struct Shape: Sendable {
        var tag: StaticString
        var attributes: KeyValuePairs<StaticString, String>
        var text: String?
    }

    static let size = (width: 640, height: 210)
    /// The edges of the field in which the values are drawn.
    private static let field = (left: 76.0, right: 628.0, top: 26.0, bottom: 168.0)

    /// - Parameters:
    ///   - history: the values, the newest last.
    ///   - unit: the unit of the values, such as `bytes`.
    ///   - lastHour: the hour of the last value, since 1970, if there is one value for each hour; `nil` if that is not known.
    ///   - amount: formats a value for people.
    /// - Returns: `nil` if there are fewer than two values.
    init?(
        _ history: [Double], usual band: (lower: Double, upper: Double)?, unit: String, lastHour: Int?, name: String,
        amount: (Double) -> String
    ) {
        let values = history.map(Self.scaled)
        guard values.count >= 2, let most = values.max(), let least = values.min() else { return nil }
        let edges = band.map { (lower: Self.scaled($0.lower), upper: Self.scaled($0.upper)) }
        // From 0, so that heights can be compared.
        let bottom = min(0, least)
        let top = max(most, edges?.upper ?? most)
        let range = top > bottom ? top - bottom : 1
        func share(_ value: Double) -> Double { (min(top, max(bottom, value)) - bottom) / range }
        func height(_ value: Double) -> Double {
            Self.field.bottom - share(value) * (Self.field.bottom - Self.field.top)
        }
        let width = (Self.field.right - Self.field.left) / Double(values.count - 1)
        func place(_ index: Int) -> Double { Self.field.left + Double(index) * width }
        func time(_ index: Int) -> String? { lastHour.map { Self.time($0 - (values.count - 1 - index)) } }
        let unusual = values.indices.filter { index in edges.map { values[index] > $0.upper } ?? false }

        let scale = "\(unit.isEmpty ? "amount" : unit)\(lastHour == nil ? "" : " in an hour"), logarithmic"
        var shapes = [Self.text(scale, Self.field.left, 14, anchor: "start")]
        if let edges {
            let (upper, lower) = (height(edges.upper), height(edges.lower))
            shapes.append(
                Shape(
                    tag: "rect",
                    attributes: [
                        "class": "usual", "x": Self.short(Self.field.left), "y": Self.short(upper),
                        "width": Self.short(Self.field.right - Self.field.left),
                        "height": Self.short(max(1, lower - upper)),
                    ]))
            shapes.append(Self.text("shaded: usual", Self.field.right, 14, anchor: "end"))
        }
        for tick in Self.ticks(upTo: top) {
            let y = height(Self.scaled(tick))
            shapes.append(Self.line(Self.field.left, y, Self.field.right, y))
            shapes.append(Self.text(amount(tick), Self.field.left - 6, y + 4, anchor: "end"))
        }
        let points = values.enumerated().map { "\(Self.short(place($0))),\(Self.short(height($1)))" }
        shapes.append(
            Shape(tag: "polyline", attributes: ["class": "line", "points": points.joined(separator: " ")]))
        for index in unusual {
            shapes.append(
                Shape(
                    tag: "circle",
                    attributes: [
                        "class": "mark", "cx": Self.short(place(index)), "cy": Self.short(height(values[index])),
                        "r": "5",
                    ]))
        }
        if let peak = unusual.max(by: { values[$0] < values[$1] }) {
            let isRight = place(peak) > 320
            shapes.append(
                Self.text(
                    "unusual: \(amount(history[peak]))", place(peak) + (isRight ? -10 : 10),
                    max(height(values[peak]) + 4, 24), anchor: isRight ? "end" : "start"))
        }
        for (index, anchor) in [(0, "start"), ((values.count - 1) / 2, "middle"), (values.count - 1, "end")] {
            guard let time = time(index) else { continue }
            shapes.append(Self.text(time, place(index), Self.field.bottom + 18, anchor: anchor))
        }
        let axis = lastHour == nil ? "the last \(values.count) values, the newest on the right" : "hours, UTC"
        shapes.append(
            Self.text(axis, (Self.field.left + Self.field.right) / 2, Self.field.bottom + 36, anchor: "middle"))
        self.shapes = shapes
        self.name = "The last \(values.count) values, on a logarithmic scale. \(name)"

        let shown = values.indices.suffix(24)
        let columns = 32.0
        let amounts = shown.map { amount(history[$0]) }
        let longest = amounts.map(\.count).max() ?? 0
        let limit = edges.map { Int((share($0.upper) * columns).rounded()) }
        var lines = [
            "\(scale); the bar ends at the value" + (limit == nil ? "" : ", ┊ is the upper end of what is usual")
        ]
        for (index, amount) in zip(shown, amounts) {
            let length = Int((share(values[index]) * columns).rounded())
            let bar = (0..<Int(columns)).map { $0 + 1 == limit ? "┊" : $0 < length ? "▇" : " " }.joined()
            let space = String(repeating: " ", count: longest - amount.count)
            let mark = unusual.contains(index) ? " ◀ unusual" : ""
            lines.append((time(index).map { $0 + "  " } ?? "") + "\(space)\(amount) \(bar)\(mark)".trimmedAtTheEnd)
        }
        self.lines = lines
    }

    var content: HTML {
        HTML.element("svg", ["class": "chart", "viewBox": Self.viewBox, "role": "img", "aria-label": name]) {
            HTML.element("title") { name }
            shapes.map { shape in HTML.element(shape.tag, shape.attributes) { shape.text ?? "" } }
        }
    }

    static let viewBox = "0 0 \(size.width) \(size.height)"

    /// As the page's script draws it: the name, then a list for each shape.
    var data: JSON {
        .array(
            [.string(name)]
                + shapes.map { shape in
                    let attributes = shape.attributes.map { JSON.Object.Member("\($0.key)", .string($0.value)) }
                    return .array(
                        [.string("\(shape.tag)"), .members(attributes)] + (shape.text.map { [.string($0)] } ?? []))
                })
    }

    private static func text(_ text: String, _ x: Double, _ y: Double, anchor: String) -> Shape {
        Shape(tag: "text", attributes: ["x": short(x), "y": short(y), "text-anchor": anchor], text: text)
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> Shape {
        Shape(
            tag: "line",
            attributes: ["class": "grid", "x1": short(x1), "y1": short(y1), "x2": short(x2), "y2": short(y2)])
    }

    /// 0 and powers of ten, at most five of them.
    private static func ticks(upTo top: Double) -> [Double] {
        let decades = Int(top / log(10))
        guard decades > 0 else { return [0] }
        let step = decades / 4 + 1
        return [0] + stride(from: step, through: decades, by: step).map { pow(10, Double($0)) }
    }

    /// `12-31 04:00`
    private static func time(_ hour: Int) -> String {
        let (full, overflow) = hour.multipliedReportingOverflow(by: 3_600)
        let text = Figures.moment(overflow ? 0 : full)
        return text.dropFirst(5).prefix(5) + " " + text.dropFirst(11).prefix(5)
    }

    /// The value on the logarithmic scale of the analytics. On it, usual values can be seen beside values that are a
    /// thousand times as high.
    private static func scaled(_ value: Double) -> Double { value < 0 ? -log1p(-value) : log1p(value) }

    private static func short(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
}

extension String {
    fileprivate var trimmedAtTheEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
