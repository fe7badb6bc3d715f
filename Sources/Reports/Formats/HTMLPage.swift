import Crypto
import FoundationEssentials
import Pages

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
            HTML.own("style", PageStyle.css)
        }
        return HTML.beginning("<!DOCTYPE html>\n<html lang=\"en\">") + head
    }

    static let script = HTML.own("script", pageScript)

    /// Allows only the page's own style and script, which are identified by their SHA-256 (Content Security Policy
    /// Level 3).
    private static let policy =
        "default-src 'none'; style-src \(source(PageStyle.css)); script-src \(source(pageScript)); "
        + "base-uri 'none'; form-action 'none'"

    /// The source of a policy that allows only this text.
    private static func source(_ text: StaticString) -> String {
        "'sha256-\(Data(SHA256.hash(data: Data("\(text)".utf8))).base64EncodedString())'"
    }
}
