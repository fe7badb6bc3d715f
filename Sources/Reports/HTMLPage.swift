/// A page that needs nothing but itself: no script, no picture, no font from elsewhere, and a policy that says so to the
/// browser.
struct HTMLPage {
    var title: String
    var body: HTML

    /// The whole document, ending with a line feed.
    var source: String {
        let head = HTML.element("head") {
            HTML.void("meta", ["charset": "utf-8"])
            HTML.void("meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy])
            HTML.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            HTML.void("meta", ["name": "color-scheme", "content": "light dark"])
            HTML.void("meta", ["name": "referrer", "content": "no-referrer"])
            HTML.element("title") { title }
            HTML.style(Self.style)
        }
        let page = HTML.element("html", ["lang": "en"]) {
            head
            HTML.element("body") { body }
        }
        return "<!DOCTYPE html>\n" + page.source + "\n"
    }

    /// Only the page's own style, which is known by its hash.
    private static let policy =
        "default-src 'none'; style-src 'sha256-scQqGTEH6CnQ1/owNcHoU9Mn13Sxv0StYfZ+eInv0Fk='; base-uri 'none'; form-action 'none'"

    private static let style: StaticString = """
        :root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b2230;--quiet:#576073;--line:#d9dee7;\
        --link:#0b57b7;--critical:#a3123b;--high:#c0361b;--medium:#8f5a00;--low:#14628f;--informational:#5b6472;\
        --band:#d5e8da;--spark:#0b57b7;--warn:#fff4da;--warn-line:#d9a93a}
        @media (prefers-color-scheme:dark){:root{--page:#12161d;--card:#1a202a;--ink:#e6eaf1;--quiet:#a3adbd;\
        --line:#323b4a;--link:#8ab8ff;--critical:#ff86a3;--high:#ff9a80;--medium:#f0bf5f;--low:#7cc4ec;\
        --informational:#aab3c1;--band:#244532;--spark:#8ab8ff;--warn:#332a14;--warn-line:#8a6a1f}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1120px;padding:24px 16px 48px;background:var(--page);color:var(--ink);\
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
        h1{font-size:1.7rem;line-height:1.2;margin:0 0 4px}h2{font-size:1.15rem;line-height:1.3;margin:0}
        p{margin:6px 0}a{color:var(--link)}.quiet{color:var(--quiet)}
        code,.code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}
        .tiles{display:flex;flex-wrap:wrap;gap:10px;margin:18px 0;padding:0;list-style:none}
        .tiles li{flex:1 1 120px;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px;\
        border-left:5px solid currentColor}
        .tiles strong{display:block;font-size:1.6rem;line-height:1.2}
        .critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}
        .informational{color:var(--informational)}
        .note{background:var(--warn);border:1px solid var(--warn-line);border-radius:8px;padding:10px 16px;margin:12px 0}
        .note ul{margin:6px 0;padding-left:20px}
        section.rule{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:14px 0;padding:14px 16px}
        .badge{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:1px 10px;font-size:.78rem;\
        font-weight:600;text-transform:uppercase;letter-spacing:.04em}
        .heading{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px}
        details{border-top:1px solid var(--line)}section.rule>details:first-of-type{margin-top:10px}
        summary{cursor:pointer;padding:8px 0}summary:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
        summary .who{margin:0 10px}summary .when{color:var(--quiet);font-size:.9rem}
        .alert{border-left:3px solid var(--line);margin:0 0 14px;padding:0 0 0 12px}
        table{border-collapse:collapse;width:100%;margin:6px 0}
        th,td{text-align:left;vertical-align:top;padding:3px 12px 3px 0;border-bottom:1px solid var(--line)}
        th{font-weight:500;color:var(--quiet);width:13rem}
        svg.spark{display:block;width:100%;max-width:480px;height:64px;margin:8px 0 2px}
        svg .line{fill:none;stroke:var(--spark);stroke-width:2;vector-effect:non-scaling-stroke}
        svg .usual{fill:var(--band)}
        @media (max-width:560px){th,td{display:block;width:auto;padding-right:0}th{border-bottom:0;padding-top:6px}\
        summary .who,summary .when{display:block;margin:0}}
        @media print{body{max-width:none;padding:0;background:#fff;color:#000}section.rule,.tiles li{break-inside:avoid}\
        details:not([open])>summary::after{content:" (folded)"}}
        """
}
