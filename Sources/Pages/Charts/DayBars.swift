import Basics

/// Two kinds of counts for each day, one upon the other: what was allowed, and what was denied.
public enum DayBars {
    public struct Day: Sendable {
        /// Days since 1970.
        public var day: Int
        public var allowed: Int
        public var denied: Int

        public init(day: Int, allowed: Int, denied: Int) {
            self.day = day
            self.allowed = allowed
            self.denied = denied
        }
    }

    /// - Parameter days: the earliest first, without gaps.
    /// - Returns: `nil` if there is no day.
    public static func drawing(_ days: [Day], name: String) -> Drawing? {
        guard let first = days.first, let last = days.last else { return nil }
        let (left, right, top, bottom) = (56.0, 632.0, 12.0, 132.0)
        var drawing = Drawing("chart", name: name, width: 640, height: 160)
        let most = max(1, days.map { $0.allowed + $0.denied }.max() ?? 1)
        let scale = (bottom - top) / Double(most)
        for tick in [0, most / 2, most] where tick == 0 || tick == most || most > 1 {
            let y = bottom - Double(tick) * scale
            drawing.line(left, y, right, y)
            drawing.text(Figures.count(tick), left - 6, y + 4, anchor: "end")
        }
        let step = (right - left) / Double(days.count)
        let width = max(1, min(28, step - 2))
        for (place, day) in days.enumerated() where day.allowed + day.denied > 0 {
            let x = left + Double(place) * step + (step - width) / 2
            let (allowed, denied) = (Double(day.allowed) * scale, Double(day.denied) * scale)
            let tip = "\(date(day.day)): \(Figures.count(day.allowed)) allowed, \(Figures.count(day.denied)) denied"
            drawing.rect(x, bottom - allowed, width, allowed, kind: "allowed", tip: tip)
            if day.denied > 0 {
                let height = max(3, denied)
                drawing.rect(x, bottom - allowed - height, width, height, kind: "gap", pattern: "p-gap", tip: tip)
            }
        }
        drawing.text(date(first.day), left, bottom + 18)
        drawing.text(date(last.day), right, bottom + 18, anchor: "end")
        return drawing
    }

    private static func date(_ day: Int) -> String {
        let (seconds, overflow) = day.multipliedReportingOverflow(by: 86_400)
        return String(Figures.moment(overflow ? 0 : seconds).prefix(10))
    }
}
