import Basics

/// The shares of statuses in a bar. The numbers stand beside it as text.
public enum StatusBar {
    /// - Parameter counts: the statuses (`fail`, `pass`, …) in their order, with the number of findings of each.
    public static func drawing(_ counts: [(status: String, count: Int)]) -> Drawing {
        let sum = counts.reduce(0) { $0 + max(0, $1.count) }
        let words = counts.filter { $0.count > 0 }.map { "\(Figures.count($0.count)) \($0.status)" }
        var drawing = Drawing(
            "bar", name: words.isEmpty ? "nothing" : words.joined(separator: ", "), width: 1_000, height: 16)
        var left = 0
        for (status, count) in counts where count > 0 && sum > 0 {
            let (start, end) = (left * 1_000 / sum, (left + count) * 1_000 / sum)
            drawing.rect(Double(start), 0, Double(max(4, end - start)), 16, kind: status)
            left += count
        }
        return drawing
    }
}
