import Basics
import Foundation

/// A message for an incoming webhook of Slack. All text is `plain_text`, which Slack neither formats nor links, except
/// the links of the configuration's own dashboard.
///
/// Source: Slack developer documentation, "Blocks" (50 blocks a message, 150 characters a header, 3,000 a section) and
/// "Formatting text for app surfaces" (`&`, `<` and `>` are escaped). All text together has an undocumented limit
/// between 9,597 and 11,341 characters.
enum SlackMessage {
    /// Longest text of all blocks together, in UTF-16 units.
    static let textLimit = 5_000
    static let sectionLimit = 3_000

    static func json(_ message: OutgoingMessage) -> JSON {
        let headline = escaped(message.headline, 150)
        var blocks: [JSON] = [["type": "header", "text": plain(headline)]]
        let room = min(sectionLimit, (textLimit - 600) / message.items.count)
        for item in message.items {
            let notice = item.notice
            var lines = message.items.count > 1 ? [notice.headline] : []
            lines += notice.details.map { "\($0.name): \($0.value)" }
            blocks.append(["type": "section", "text": plain(escaped(lines.joined(separator: "\n"), room))])
            if let link = notice.link {
                let text = "<\(escaped(link, 600))|Open the page>"
                blocks.append(["type": "context", "elements": [["type": "mrkdwn", "text": .string(text)]]])
            }
        }
        blocks.append([
            "type": "context",
            "elements": [plain(escaped("Parapet · \(message.notifier) · message \(message.key)", 150))],
        ])
        // The text is what notifications and screen readers show.
        return ["text": .string(headline), "blocks": .array(blocks)]
    }

    private static func plain(_ text: String) -> JSON {
        ["type": "plain_text", "text": .string(text), "emoji": false]
    }

    private static func escaped(_ text: String, _ limit: Int) -> String {
        text.shown(atMost: limit) {
            switch $0 {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: nil
            }
        }
    }
}
