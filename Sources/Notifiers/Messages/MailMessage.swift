import Basics
import Foundation

/// A message as text and as HTML, for Amazon SES and for the subscribers by e-mail of Amazon SNS.
struct MailMessage: Sendable, Hashable {
    var subject: String
    var text: String
    var html: String

    /// Longest text, in UTF-16 units.
    static let textLimit = 40_000

    init(_ message: OutgoingMessage) {
        subject = message.headline.shown(atMost: 180) { _ in nil }
        let room = Self.textLimit / message.items.count
        var text = "\(message.headline)\n"
        var html = """
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>\(subject.htmlEscaped)</title></head>\
            <body style="font-family: sans-serif"><h1 style="font-size: 1.2em">\(message.headline.htmlEscaped)</h1>
            """
        for item in message.items {
            if message.items.count > 1 {
                text += "\n\(item.notice.headline)\n"
                html += "<h2 style=\"font-size: 1em\">\(item.notice.headline.htmlEscaped)</h2>"
            }
            html += "<table>"
            var left = room
            for (name, value) in item.notice.details where left > 0 {
                let value = value.shown(atMost: left) { _ in nil }
                left -= name.utf16.count + value.utf16.count
                text += "  \(name): \(value)\n"
                html += """
                    <tr><th scope="row" style="text-align: left; vertical-align: top">\(name.htmlEscaped)</th>\
                    <td>\(value.htmlEscaped)</td></tr>
                    """
            }
            html += "</table>"
            if let link = item.notice.link {
                text += "  Page: \(link)\n"
                html += "<p><a href=\"\(link.htmlEscaped)\">Open the page</a></p>"
            }
        }
        let end = "Sent by Parapet, notifier \(message.notifier), message \(message.key)."
        self.text = text + "\n\(end)\n"
        self.html = html + "<p>\(end.htmlEscaped)</p></body></html>"
    }
}

extension String {
    fileprivate var htmlEscaped: String {
        shown {
            switch $0 {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: nil
            }
        }
    }
}
