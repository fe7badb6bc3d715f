/// The frame of a self-contained page. The page loads no picture, font or script from elsewhere, and its Content
/// Security Policy makes the browser enforce this.
enum HTMLPage {
    /// From the beginning to the end of `head`.
    static func head(_ title: String) -> HTML {
        let head = HTML.element("head") {
            HTML.void("meta", ["charset": "utf-8"])
            HTML.void("meta", ["http-equiv": "Content-Security-Policy", "content": policy])
            HTML.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            HTML.void("meta", ["name": "color-scheme", "content": "light dark"])
            HTML.void("meta", ["name": "referrer", "content": "no-referrer"])
            HTML.element("title") { title }
            HTML.own("style", style)
        }
        return HTML.beginning("<!DOCTYPE html>\n<html lang=\"en\">") + head
    }

    static let script = HTML.own("script", pageScript)

    /// Allows only the page's own style and script, which are identified by their SHA-256 (Content Security Policy
    /// Level 3). A test compares the hashes, and prints the correct ones.
    private static let policy =
        "default-src 'none'; style-src 'sha256-JK68bE4HmWyuLwQcttqqqBDzXtJAclXIiTlEUD7Bnjw='; "
        + "script-src 'sha256-c4VvgO7qzUM/uQlu3RQDrGd4ff0gp8D6RFLDc/hdwzI='; base-uri 'none'; form-action 'none'"

    static let style: StaticString = """
        :root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b2230;--quiet:#576073;--line:#d9dee7;\
        --link:#0b57b7;--critical:#a3123b;--high:#c0361b;--medium:#8f5a00;--low:#14628f;--informational:#5b6472;\
        --band:#d5e8da;--pass:#2f7d4f;--spark:#0b57b7;--warn:#fff4da;--warn-line:#d9a93a}
        @media (prefers-color-scheme:dark){:root{--page:#12161d;--card:#1a202a;--ink:#e6eaf1;--quiet:#a3adbd;\
        --line:#323b4a;--link:#8ab8ff;--critical:#ff86a3;--high:#ff9a80;--medium:#f0bf5f;--low:#7cc4ec;\
        --informational:#aab3c1;--band:#244532;--pass:#6cc48f;--spark:#8ab8ff;--warn:#332a14;--warn-line:#8a6a1f}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1360px;padding:24px 16px 48px;background:var(--page);color:var(--ink);\
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
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
        section>h2{margin:22px 0 8px}section.note>h2{margin:0}
        details.rule{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:8px 0;padding:2px 14px}
        details.rule>summary{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px}
        .badge{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:1px 10px;font-size:.78rem;\
        font-weight:600;text-transform:uppercase;letter-spacing:.04em;white-space:nowrap}
        summary{cursor:pointer;padding:8px 0}summary:focus-visible,a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible{outline:2px solid var(--link);outline-offset:2px}
        .items summary{padding:0}
        table{border-collapse:collapse;width:100%;margin:6px 0}
        th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid var(--line)}
        th{font-weight:500;color:var(--quiet);white-space:nowrap}td:last-child{min-width:16rem}
        td:is([data-title=Time],[data-title=First],[data-title=Last]){white-space:nowrap}
        code,dd,summary,a{overflow-wrap:anywhere}td>code{display:inline-block;min-width:7rem}
        .scroll{overflow-x:auto}.overview td:last-child{min-width:0}
        .fail{color:var(--high)}.unknown,.manual{color:var(--medium)}.pass,.muted,.notApplicable{color:var(--informational)}
        dl{margin:8px 0}dl>div{display:flex;flex-wrap:wrap;gap:0 12px;padding:3px 0;border-top:1px solid var(--line)}
        dt{flex:0 0 10rem;color:var(--quiet);overflow-wrap:anywhere}dd{flex:1 1 14rem;margin:0}
        form{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:end}form[hidden],nav[hidden]{display:none}
        label{display:flex;flex-direction:column;font-size:.85rem;color:var(--quiet)}label.wide{flex:1 1 16rem}
        input,select,button{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--line);\
        border-radius:6px;padding:6px 10px;max-width:100%;min-height:36px}
        select{max-width:15rem}button:disabled{opacity:.45}nav{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
        svg.chart{display:block;width:100%;max-width:640px;height:auto;margin:8px 0 2px}
        svg text{font-size:12px;fill:var(--quiet)}svg .grid{stroke:var(--line)}
        svg .line{fill:none;stroke:var(--spark);stroke-width:2}svg .usual{fill:var(--band)}
        svg .mark{fill:none;stroke:var(--high);stroke-width:2.5}
        svg.bar{display:block;width:100%;min-width:8rem;height:12px;margin:5px 0}svg rect.fail{fill:var(--high)}
        svg rect.unknown{fill:var(--medium)}svg rect.manual{fill:var(--low)}svg rect.muted{fill:var(--quiet)}
        svg rect.pass{fill:var(--pass)}svg rect.notApplicable{fill:var(--line)}
        h3{font-size:1rem;margin:0}section>h3{margin:18px 0 4px}.contents{margin:14px 0;font-size:.95rem}
        article.rule{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:12px 0;padding:12px 16px}
        .head{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px}
        .finding{border-top:1px solid var(--line)}.finding>summary{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline}
        .finding>summary>:last-child{flex:1 1 18rem}.finding>summary::before{content:"▸";color:var(--quiet)}
        .finding[open]>summary::before{content:"▾"}.risks li{margin:8px 0}
        .conclusion>div{border:1px solid var(--line);min-height:2.6rem;padding:4px 10px}
        .bars td:nth-child(3){width:32%}.cards td:last-child{min-width:0}
        @media screen and (max-width:960px){:is(.items,.cards) thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}\
        :is(.items,.cards) tr{display:block;background:var(--card);border:1px solid var(--line);border-radius:8px;margin:8px 0;\
        padding:8px 12px}:is(.items,.cards) td{display:flex;gap:0 10px;border:0;padding:2px 0;min-width:0}\
        :is(.items,.cards) td::before{content:attr(data-title);flex:0 0 7rem;color:var(--quiet)}:is(.items,.cards) td>*{min-width:0}\
        .items details,.items summary{flex:1}.bars td:nth-child(3){width:auto}td[data-title=""]::before{display:none!important}}
        @media screen and (max-width:720px){dt{flex-basis:100%}select{max-width:100%}label{flex:1 1 9rem}}
        @media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--quiet:#444;--line:#bbb;--link:#003a80;\
        --critical:#8a0f30;--high:#9c2a14;--medium:#6b4300;--low:#0d4a6b;--informational:#444;--pass:#24633e;--band:#d5e8da;--warn:#fff}\
        body{max-width:none;padding:0;font-size:10pt}code,.code{font-size:8.5pt}tr,.tiles li,.conclusion{break-inside:avoid}\
        h2,h3,.head,.finding>summary{break-after:avoid}form,nav{display:none!important}article.rule{border-width:1px 0 0;border-radius:0;padding:8px 0}\
        #scope,#practices,#findings,#accepted,#manual,#undetermined,#mapping,#all,#thresholds,#calls{break-before:page}\
        section:not(.compact)>#items .items tr{display:flex;flex-wrap:wrap;gap:0 14px}section:not(.compact)>#items .items thead{display:none}\
        section:not(.compact)>#items .items td{border:0}section:not(.compact)>#items .items td:last-child{flex:1 1 100%;border-bottom:1px solid var(--line)}\
        :is(main) details::details-content{content-visibility:visible;height:auto;display:block}\
        .compact details::details-content{display:none}.bars td:nth-child(3){width:32%}@page{margin:14mm}}
        """
}
