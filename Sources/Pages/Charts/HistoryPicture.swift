public import Basics
import Glibc

/// The values of an item over time on a logarithmic scale, over their normal range, with unusual values marked. It is a
/// drawing in a page, or lines of text. The marks and numbers can be read without colors.
public struct HistoryPicture: Sendable {
    public let drawing: Drawing
    /// The picture in characters, with a line for each of the last values.
    public let lines: [String]

    /// The normal range of a value.
    public struct Band: Sendable, Hashable {
        public var lower: Double
        public var upper: Double

        public init(lower: Double, upper: Double) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// The edges of the field in which the values are drawn.
    private static let field = (left: 76.0, right: 628.0, top: 26.0, bottom: 168.0)

    /// - Parameters:
    ///   - history: the values, the newest last.
    ///   - usual: the normal range of each value; `nil` if none was learned. One range counts for all values.
    ///   - unusual: the places of the unusual values; `nil` for those above their range.
    ///   - unit: the unit of the values, such as `bytes`.
    ///   - lastHour: the hour of the last value, since 1970, if there is one value for each hour; `nil` if that is not known.
    ///   - amount: formats a value for people.
    /// - Returns: `nil` if there are fewer than two values.
    public init?(
        _ history: [Double], usual: [Band?], unusual known: Set<Int>? = nil, unit: String, lastHour: Int?, name: String,
        amount: (Double) -> String
    ) {
        let values = history.map(Self.scaled)
        guard values.count >= 2, let most = values.max(), let least = values.min() else { return nil }
        let edges = values.indices.map { index -> Band? in
            let band = usual.count == 1 ? usual[0] : usual.indices.contains(index) ? usual[index] : nil
            return band.map { Band(lower: Self.scaled($0.lower), upper: Self.scaled($0.upper)) }
        }
        // From 0, so that heights can be compared.
        let bottom = min(0, least)
        let top = max(most, edges.compactMap { $0?.upper }.max() ?? most)
        let range = top > bottom ? top - bottom : 1
        func share(_ value: Double) -> Double { (min(top, max(bottom, value)) - bottom) / range }
        func height(_ value: Double) -> Double {
            Self.field.bottom - share(value) * (Self.field.bottom - Self.field.top)
        }
        let width = (Self.field.right - Self.field.left) / Double(values.count - 1)
        func place(_ index: Int) -> Double { Self.field.left + Double(index) * width }
        func time(_ index: Int) -> String? { lastHour.map { Self.time($0 - (values.count - 1 - index)) } }
        let unusual = values.indices.filter { index in
            known?.contains(index) ?? edges[index].map { values[index] > $0.upper } ?? false
        }

        let scale = "\(unit.isEmpty ? "amount" : unit)\(lastHour == nil ? "" : " in an hour"), logarithmic"
        var drawing = Drawing(
            "chart", name: "The last \(values.count) values, on a logarithmic scale. \(name)", width: 640, height: 210)
        drawing.text(scale, Self.field.left, 14)
        for part in Self.parts(edges) {
            let (first, last) = (part.lowerBound, part.upperBound)
            let x = { (index: Int) in min(Self.field.right, max(Self.field.left, place(index))) }
            // A range of one value is as wide as a step.
            let shift = first == last ? width / 2 : 0
            let above = part.compactMap { index in edges[index].map { (x(index) - shift, height($0.upper)) } }
            let below = part.reversed().compactMap { index in
                edges[index].map { (x(index) + shift, max(height($0.lower), height($0.upper) + 1)) }
            }
            drawing.polygon(above + below, kind: "usual")
        }
        if edges.contains(where: { $0 != nil }) {
            drawing.text("shaded: usual", Self.field.right, 14, anchor: "end")
        }
        for tick in Self.ticks(upTo: top) {
            let y = height(Self.scaled(tick))
            drawing.line(Self.field.left, y, Self.field.right, y)
            drawing.text(amount(tick), Self.field.left - 6, y + 4, anchor: "end")
        }
        drawing.polyline(values.enumerated().map { (place($0), height($1)) }, kind: "line")
        for index in unusual {
            let tip = [time(index), amount(history[index])].compactMap(\.self).joined(separator: ": ")
            drawing.circle(place(index), height(values[index]), radius: 5, kind: "mark", tip: tip)
        }
        if let peak = unusual.max(by: { values[$0] < values[$1] }) {
            let isRight = place(peak) > 320
            drawing.text(
                "unusual: \(amount(history[peak]))", place(peak) + (isRight ? -10 : 10),
                max(height(values[peak]) + 4, 24), anchor: isRight ? "end" : "start", kind: "label strong")
        }
        for (index, anchor) in [(0, "start"), ((values.count - 1) / 2, "middle"), (values.count - 1, "end")] {
            guard let time = time(index) else { continue }
            drawing.text(time, place(index), Self.field.bottom + 18, anchor: anchor)
        }
        let axis = lastHour == nil ? "the last \(values.count) values, the newest on the right" : "hours, UTC"
        drawing.text(axis, (Self.field.left + Self.field.right) / 2, Self.field.bottom + 36, anchor: "middle")
        self.drawing = drawing

        let shown = values.indices.suffix(24)
        let columns = 32.0
        let amounts = shown.map { amount(history[$0]) }
        let longest = amounts.map(\.count).max() ?? 0
        let hasEdges = shown.contains { edges[$0] != nil }
        var lines = ["\(scale); the bar ends at the value" + (hasEdges ? ", ┊ is the upper end of what is usual" : "")]
        for (index, amount) in zip(shown, amounts) {
            let length = Int((share(values[index]) * columns).rounded())
            let limit = edges[index].map { Int((share($0.upper) * columns).rounded()) }
            let bar = (0..<Int(columns)).map { $0 + 1 == limit ? "┊" : $0 < length ? "▇" : " " }.joined()
            let space = String(repeating: " ", count: longest - amount.count)
            let mark = unusual.contains(index) ? " ◀ unusual" : ""
            lines.append((time(index).map { $0 + "  " } ?? "") + "\(space)\(amount) \(bar)\(mark)".trimmedAtTheEnd)
        }
        self.lines = lines
    }

    /// As the page's script draws it: the name, then a list for each shape.
    public var data: JSON {
        .array(
            [.string(drawing.name)]
                + drawing.shapes.map { shape in
                    let attributes = shape.attributes.map { JSON.Object.Member("\($0.key)", .string($0.value)) }
                    return .array(
                        [.string("\(shape.tag)"), .object(JSON.Object(attributes))]
                            + (shape.text.map { [.string($0)] } ?? []))
                })
    }

    /// The stretches of neighbors that have a range.
    private static func parts(_ edges: [Band?]) -> [ClosedRange<Int>] {
        var parts: [ClosedRange<Int>] = []
        for index in edges.indices where edges[index] != nil {
            if let last = parts.last, last.upperBound == index - 1 {
                parts[parts.count - 1] = last.lowerBound...index
            } else {
                parts.append(index...index)
            }
        }
        return parts
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
}

extension String {
    fileprivate var trimmedAtTheEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
