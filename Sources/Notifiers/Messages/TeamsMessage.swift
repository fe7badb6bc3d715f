import Basics

/// A message for a workflow of Microsoft Teams: an Adaptive Card. Texts are `TextRun`s, which have no Markdown, so that
/// untrusted text forms no link.
///
/// Sources: Microsoft Teams documentation, "Create incoming webhooks with Workflows" (28 KB a message); Adaptive Cards
/// schema 1.4.
enum TeamsMessage {
    /// Longest text of all parts together, in UTF-16 units.
    static let textLimit = 6_000

    /// Longest message, in bytes.
    static let maximumBytes = 27 << 10

    static func json(_ message: OutgoingMessage) -> JSON {
        var limit = textLimit
        while true {
            let json = json(message, limit)
            if limit < 500 || json.bytes().count <= maximumBytes { return json }
            limit /= 2
        }
    }

    private static func json(_ message: OutgoingMessage, _ limit: Int) -> JSON {
        var body: [JSON] = [line([run(message.headline.shown(atMost: 200) { _ in nil }, size: "large", isBold: true)])]
        let room = max(0, limit - 400) / message.items.count
        for item in message.items {
            var left = room
            if message.items.count > 1 {
                body.append(
                    line([run(item.notice.headline.shown(atMost: 200) { _ in nil }, isBold: true)], isSeparated: true))
                left -= 200
            }
            for (name, value) in item.notice.details {
                left -= name.utf16.count + 2
                guard left > 20 else { break }
                let value = value.shown(atMost: left) { _ in nil }
                left -= value.utf16.count
                body.append(line([run("\(name): ", isBold: true), run(value)]))
            }
            if let link = item.notice.link {
                body.append([
                    "type": "ActionSet",
                    "actions": [["type": "Action.OpenUrl", "title": "Open the page", "url": .string(link)]],
                ])
            }
        }
        body.append(line([run("Parapet · \(message.notifier) · message \(message.key)", size: "small")]))
        return [
            "type": "message",
            "attachments": [
                [
                    "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null,
                    "content": [
                        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard",
                        "version": "1.4", "msteams": ["width": "Full"], "body": .array(body),
                    ],
                ]
            ],
        ]
    }

    private static func line(_ runs: [JSON], isSeparated: Bool = false) -> JSON {
        .members([
            "type": "RichTextBlock", "inlines": .array(runs), "separator": isSeparated ? true : nil,
        ])
    }

    private static func run(_ text: String, size: String? = nil, isBold: Bool = false) -> JSON {
        .members([
            "type": "TextRun", "text": .string(text), "size": size.map(JSON.string),
            "weight": isBold ? "bolder" : nil,
        ])
    }
}
