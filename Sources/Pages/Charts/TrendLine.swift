import Basics

/// The trend of a number in a line of text.
public enum TrendLine {
    /// - Parameters:
    ///   - values: the earliest first.
    ///   - name: such as `Failing findings of the last 30 days`.
    /// - Returns: `nil` if there is no value.
    public static func drawing(_ values: [Int], name: String) -> Drawing? {
        guard let first = values.first, let last = values.last, let most = values.max() else { return nil }
        let (width, height, edge) = (132.0, 34.0, 4.0)
        let change =
            first == last ? "unchanged at \(Figures.count(last))" : "\(Figures.count(first)) to \(Figures.count(last))"
        var drawing = Drawing("spark", name: "\(name): \(change)", width: width, height: height)
        let step = (width - 2 * edge) / Double(max(1, values.count - 1))
        let scale = (height - 2 * edge) / Double(max(1, most))
        let points = values.enumerated().map { place, value in
            (
                x: edge + (values.count == 1 ? width - 2 * edge : Double(place) * step),
                y: height - edge - Double(value) * scale
            )
        }
        drawing.line(edge, height - edge, width - edge, height - edge)
        if let start = points.first, let end = points.last {
            if points.count > 1 {
                drawing.polygon([(start.x, height - edge)] + points + [(end.x, height - edge)], kind: "area")
                drawing.polyline(points, kind: "line")
            }
            drawing.circle(end.x, end.y, radius: 3, kind: "dot")
        }
        return drawing
    }
}
