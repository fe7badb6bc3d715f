/// A history as a line of text.
enum Sparkline {
    private static let marks = Array("▁▂▃▄▅▆▇█")

    static func text(_ values: [Double]) -> String {
        guard let least = values.min(), let most = values.max(), most > least else {
            return String(repeating: marks[0], count: values.count)
        }
        return String(values.map { marks[max(0, min(7, Int(saturating: ($0 - least) / (most - least) * 8)))] })
    }
}
