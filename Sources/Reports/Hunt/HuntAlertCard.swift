import Analytics
import Glibc

/// One alert on a page: when and where, what the log says of it, and what speaks for it.
struct HuntAlertCard {
    let alert: Alert

    var content: HTML {
        let evidence = HuntEvidence(alert: alert)
        return HTML.element("div", ["class": "alert"]) {
            HTML.element("p") {
                HTML.element("strong") { moments }
                HTML.element("span", ["class": "quiet"]) { place }
            }
            evidence.comparison.map { words in HTML.element("p") { words } }
            HistoryPicture(evidence).content
            table(evidence)
        }
    }

    private var moments: String {
        HuntWords.moment(alert.time) + (alert.lastTime == alert.time ? "" : " to " + HuntWords.moment(alert.lastTime))
    }

    private var place: String {
        let parts = [alert.region, alert.account.map { "account \($0)" }, alert.event.map { "event \($0)" }]
        return parts.compactMap { $0 }.map { " · " + $0 }.joined()
    }

    @HTML.Builder private func table(_ evidence: HuntEvidence) -> HTML {
        let fields = alert.fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        let others = evidence.others
        HTML.element("table") {
            HTML.element("tbody") {
                row("actor", alert.actor)
                fields.map { row($0.key, $0.value) }
                others.map { row($0.name, HuntEvidence.words($0.value, limit: 20)) }
            }
        }
    }

    private func row(_ name: String, _ value: String) -> HTML {
        // One field may hold a whole document; the page shows its beginning.
        let shown = value.count > 2_000 ? value.prefix(2_000) + "…" : value[...]
        return HTML.element("tr") {
            HTML.element("th", ["scope": "row"]) { name }
            HTML.element("td", ["class": "code"]) { HTML.text(shown) }
        }
    }
}

/// The history as a line on a logarithmic scale, over the band of what is usual.
struct HistoryPicture {
    private let values: [Double]
    private let band: (lower: Double, upper: Double)?
    private let comparison: String

    private static let size = (width: 480.0, height: 64.0)

    init(_ evidence: HuntEvidence) {
        values = evidence.history.map(Self.scaled)
        band = evidence.band.map { (lower: Self.scaled($0.lower), upper: Self.scaled($0.upper)) }
        comparison = evidence.comparison ?? ""
    }

    /// Nothing where there is no history to speak of.
    var content: HTML {
        guard values.count >= 2, let most = values.max(), let least = values.min() else { return .empty }
        // From 0, so that heights can be compared.
        let bottom = min(0, least)
        let top = max(most, band?.upper ?? most)
        let range = top > bottom ? top - bottom : 1
        let width = Self.size.width / Double(values.count - 1)
        func height(_ value: Double) -> Double {
            Self.size.height - 2 - (min(top, max(bottom, value)) - bottom) / range * (Self.size.height - 4)
        }
        let points = values.enumerated().map { "\(Self.short(Double($0) * width)),\(Self.short(height($1)))" }
        let name = "The last \(values.count) values, on a logarithmic scale. \(comparison)"
        return HTML.element(
            "svg",
            [
                "class": "spark", "viewBox": "0 0 \(Int(Self.size.width)) \(Int(Self.size.height))", "role": "img",
                "preserveAspectRatio": "none", "aria-label": name,
            ]
        ) {
            HTML.element("title") { name }
            band.map { band in
                HTML.element(
                    "rect",
                    [
                        "class": "usual", "x": "0", "width": Self.short(Self.size.width),
                        "y": Self.short(height(band.upper)),
                        "height": Self.short(max(1, height(band.lower) - height(band.upper))),
                    ])
            }
            HTML.element("polyline", ["class": "line", "points": points.joined(separator: " ")])
        }
    }

    /// On the scale on which the analytics judge, so that what is usual is seen beside a thousandfold of it.
    private static func scaled(_ value: Double) -> Double { value < 0 ? -log1p(-value) : log1p(value) }

    private static func short(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
