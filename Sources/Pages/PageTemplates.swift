public import Mustache

/// The parts that pages share: the frame, the marks of states, charts, times.
public enum PageTemplates {
    /// A library with the shared parts and a page's own templates.
    /// - Throws: `MustacheTemplate.ParserError` if a template is wrong, which a test would have shown.
    public static func library(_ pages: [String: String]) throws -> MustacheLibrary {
        var library = MustacheLibrary()
        for (name, text) in shared.merging(pages, uniquingKeysWith: { $1 }) {
            try library.register(text, named: name)
        }
        return library
    }

    /// The templates, each by its name.
    public static let shared = [
        "head": head, "frame": frame, "plain": plain, "sprite": sprite, "drawing": drawing, "status": status,
        "time": time, "empty": empty, "pager": pager, "logo": logo,
    ]

    private static let head = """
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="same-origin">
        <title>{{title}} · Parapet</title>
        <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath fill='%232450c8' d='M3 6h6v5h4V6h6v5h4V6h6v9c0 6-5 10-13 13C8 25 3 21 3 15z'/%3E%3C/svg%3E">
        <link rel="stylesheet" href="{{stylePath}}">
        <script src="{{scriptPath}}" defer></script>
        """

    private static let frame = """
        <!DOCTYPE html>
        <html lang="en">
        <head>{{>head}}</head>
        <body class="app">
        <a class="skip" href="#main">Skip to the content</a>
        {{>sprite}}
        <header class="side">
        <a class="brand" href="/">{{>logo}}Parapet</a>
        <nav aria-label="Pages">
        {{#sections}}<a href="{{.path}}"{{#.isCurrent}} aria-current="page"{{/.isCurrent}}><span>{{.name}}</span>{{#.count}}<span class="count">{{.}}</span>{{/.count}}</a>
        {{/sections}}
        </nav>
        <div class="who"><span class="quiet">{{viewer}}{{^mayWrite}} · read-only{{/mayWrite}}</span>
        <form method="post" action="/logout"><input type="hidden" name="csrf" value="{{csrf}}"><button>Log out</button></form></div>
        </header>
        <main id="main">
        <p class="news" id="news" role="status" hidden></p>
        {{$main}}{{/main}}
        </main>
        <footer class="quiet">Times are in UTC. The page shows what the store holds; it never changes AWS.</footer>
        </body>
        </html>

        """

    private static let plain = """
        <!DOCTYPE html>
        <html lang="en">
        <head>{{>head}}</head>
        <body class="center">
        {{>sprite}}
        <main class="card" id="main"><a class="brand" href="/">{{>logo}}Parapet</a>
        {{$main}}{{/main}}
        </main>
        </body>
        </html>

        """

    private static let logo = """
        <svg viewBox="0 0 32 32" aria-hidden="true"><path fill="currentColor" d="M3 6h6v5h4V6h6v5h4V6h6v9c0 6-5 10-13 13C8 25 3 21 3 15z"/></svg>
        """

    /// The shapes that states have besides their colors, and the patterns of charts.
    private static let sprite = """
        <svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false">
        <defs>
        <symbol id="s-fail" viewBox="0 0 16 16"><path d="M8 1 15 8 8 15 1 8z" fill="currentColor"/><path d="M8 4.5v4.2M8 10.6v1" stroke="var(--card)" stroke-width="1.7" stroke-linecap="round"/></symbol>
        <symbol id="s-pass" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m4.8 8.2 2.2 2.2 4.2-4.6" fill="none" stroke="var(--card)" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></symbol>
        <symbol id="s-unknown" viewBox="0 0 16 16"><path d="M8 1.2 15.3 14H.7z" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linejoin="round"/><path d="M8 6v3.4M8 11.3v.7" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/></symbol>
        <symbol id="s-manual" viewBox="0 0 16 16"><rect x="1.5" y="1.5" width="13" height="13" rx="2" fill="none" stroke="currentColor" stroke-width="1.7"/><path d="M5 6h6M5 10h4" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/></symbol>
        <symbol id="s-muted" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.7"/><path d="M3.6 12.4 12.4 3.6" stroke="currentColor" stroke-width="1.7"/></symbol>
        <symbol id="s-notApplicable" viewBox="0 0 16 16"><path d="M3 8h10" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></symbol>
        <symbol id="s-gone" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.5 2"/></symbol>
        <symbol id="s-none" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.5 2"/></symbol>
        \(Drawing.patterns)
        </defs>
        </svg>
        """

    /// A ``Drawing``.
    private static let drawing = """
        {{#.drawing}}<svg class="{{.kind}}" viewBox="{{.viewBox}}" role="img" aria-label="{{.name}}">\
        {{#.shapes}}<{{.tag}}{{#.attributes}} {{.key}}="{{.value}}"{{/.attributes}}>\
        {{#.tip}}<title>{{.}}</title>{{/.tip}}{{#.text}}{{.}}{{/.text}}</{{.tag}}>{{/.shapes}}</svg>{{/.drawing}}
        """

    /// A state by shape, word and color.
    private static let status = """
        {{#.status}}<span class="status {{.kind}}"><svg class="icon" aria-hidden="true"><use href="#s-{{.kind}}"/></svg>{{.words}}</span>{{/.status}}
        """

    private static let time = """
        {{#.time}}<time datetime="{{.iso}}" title="{{.iso}}">{{.words}}</time>{{/.time}}
        """

    private static let empty = """
        {{#empty}}<div class="card empty"><svg class="icon" aria-hidden="true"><use href="#s-{{.icon}}"/></svg><h2>{{.title}}</h2><p class="quiet">{{.text}}</p>{{#.command}}<pre><code>{{.}}</code></pre>{{/.command}}{{#.link}}<p><a href="{{.path}}">{{.name}}</a></p>{{/.link}}</div>{{/empty}}
        """

    private static let pager = """
        {{#pager}}<nav class="pager" aria-label="Pages of the list"><span class="quiet">{{.words}}</span><div>\
        {{#.first}}<a class="button" href="{{.}}">First</a>{{/.first}}\
        {{#.previous}}<a class="button" rel="prev" href="{{.}}">Previous</a>{{/.previous}}\
        {{#.next}}<a class="button" rel="next" href="{{.}}">Next</a>{{/.next}}</div></nav>{{/pager}}
        """
}
