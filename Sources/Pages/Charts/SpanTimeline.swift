public import Basics

/// Rows of time ranges under one another, such as what was proved of each Region's logs.
public enum SpanTimeline {
    public struct Row: Sendable {
        public var name: String
        public var spans: [Span]

        public init(name: String, spans: [Span]) {
            self.name = name
            self.spans = spans
        }

        /// What was proved of a Region's logs. The rest of the window is shown as not verified.
        /// - Parameters:
        ///   - proved: in any order; ranges that overlap or are at most a second apart become one.
        ///   - changed: the times of changed and missing files.
        public init(
            name: String, proved: [Range<Moment>], gaps: [Range<Moment>], changed: [Moment],
            within window: Range<Moment>
        ) {
            let proved = SpanTimeline.joined(proved)
            // A file is a moment: the drawing gives it a width that can be seen.
            self.init(
                name: name,
                spans: SpanTimeline.open(proved, window).map { Span(.open, $0) } + proved.map { Span(.proved, $0) }
                    + gaps.map { Span(.gap, $0) } + changed.map { Span(.changed, $0..<$0 + .seconds(60)) })
        }
    }

    /// The ranges in their order, without pauses of up to a second: digests are an hour apart, and end a second early.
    private static func joined(_ ranges: [Range<Moment>]) -> [Range<Moment>] {
        var joined: [Range<Moment>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound + .seconds(1) {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    /// The parts of the window that no range covers.
    private static func open(_ ranges: [Range<Moment>], _ window: Range<Moment>) -> [Range<Moment>] {
        var (open, at): ([Range<Moment>], Moment) = ([], window.lowerBound)
        for range in ranges {
            if at < range.lowerBound { open.append(at..<min(range.lowerBound, window.upperBound)) }
            at = max(at, range.upperBound)
            if at >= window.upperBound { break }
        }
        if at < window.upperBound { open.append(at..<window.upperBound) }
        return open
    }

    public struct Span: Sendable {
        public enum Kind: String, Sendable, CaseIterable { case proved, gap, changed, open }

        public var kind: Kind
        public var range: Range<Moment>

        public init(_ kind: Kind, _ range: Range<Moment>) {
            self.kind = kind
            self.range = range
        }
    }

    /// - Parameters:
    ///   - rows: at most a few dozen; spans outside the window are cut off.
    ///   - window: the time from the left to the right edge.
    public static func drawing(_ rows: [Row], _ window: Range<Moment>, name: String) -> Drawing {
        let (left, right, top, step) = (132.0, 948.0, 8.0, 28.0)
        let bottom = top + Double(rows.count) * step
        var drawing = Drawing("timeline", name: name, width: 960, height: bottom + 26)
        let length = Double(window.upperBound.milliseconds - window.lowerBound.milliseconds)
        func place(_ moment: Moment) -> Double {
            let share = Double(moment.milliseconds - window.lowerBound.milliseconds) / max(1, length)
            return left + min(1, max(0, share)) * (right - left)
        }
        for tick in ticks(window) {
            let x = place(tick)
            drawing.line(x, top, x, bottom)
            let text = tick.description
            let isDay = text.dropFirst(11).hasPrefix("00:00")
            drawing.text(
                isDay ? String(text.dropFirst(5).prefix(5)) : String(text.dropFirst(11).prefix(5)), x, bottom + 18,
                // A label at the right edge would be cut.
                anchor: x > right - 10 ? "end" : "middle")
        }
        for (number, row) in rows.enumerated() {
            let y = top + Double(number) * step
            drawing.text(row.name, left - 10, y + step / 2 + 4, anchor: "end")
            drawing.rect(left, y + 5, right - left, step - 10, kind: "track")
            for span in row.spans where span.range.overlaps(window) {
                let (start, end) = (place(span.range.lowerBound), place(span.range.upperBound))
                let words =
                    "\(row.name): \(span.kind.words), \(Figures.stretch(span.range.lowerBound.seconds, span.range.upperBound.seconds))"
                drawing.rect(
                    start, y + 5, max(3, end - start), step - 10, kind: span.kind.rawValue,
                    pattern: span.kind.pattern, tip: words)
            }
        }
        return drawing
    }

    /// Whole days or hours, at most ten of them.
    private static func ticks(_ window: Range<Moment>) -> [Moment] {
        let hours = Int(window.upperBound.milliseconds - window.lowerBound.milliseconds) / 3_600_000
        let step = [1, 3, 6, 12, 24, 48, 72, 168, 336, 720, 2_160].first { hours / $0 <= 9 } ?? max(2_160, hours / 9)
        let first = (window.lowerBound.seconds / 3_600 / step + 1) * step
        return stride(from: first, to: window.upperBound.seconds / 3_600 + 1, by: step).prefix(12)
            .compactMap { Moment(seconds: $0 * 3_600) }
    }
}

extension SpanTimeline.Span.Kind {
    /// As people read it.
    public var words: String {
        switch self {
        case .proved: "proved"
        case .gap: "gap"
        case .changed: "changed or missing file"
        case .open: "not verified"
        }
    }

    /// The ID of the pattern in ``Drawing/patterns`` that fills it; `nil` for the fill of its class.
    public var pattern: String? {
        switch self {
        case .proved, .changed: nil
        case .gap: "p-gap"
        case .open: "p-open"
        }
    }
}
