import AWSClient
import Basics
import Foundation
import Store
import Testing

@testable import Notifiers

/// What messages look like, whatever is in their texts.
@Suite struct MessageTests {
    private static let hostile = [
        "<script>alert(1)</script> <!channel> <http://evil.example|click> & [x](http://evil.example)",
        "\u{1B}[31m\u{7}\u{202E}\u{0}\r\nBcc: everyone@example.com",
        String(repeating: "A", count: 100_000), String(repeating: "&", count: 100_000),
        String(repeating: "\u{1B}", count: 50_000), String(repeating: "\"\\", count: 50_000),
        String(repeating: "\u{301}", count: 50_000), String(repeating: "🧱", count: 30_000),
    ]

    private func message(_ text: String, count: Int = 1) -> OutgoingMessage {
        let fields = JSON.members([.init(text, .string(text))])
        let alert = Sample.alert(
            "id", title: text, actor: text,
            record: JSON.members(["message": .string(text), "fields": fields]).description)
        let finding = Sample.finding("f", title: text, message: text)
        let notices = [
            Notice(alert), Notice(Sample.change(finding, from: "pass", to: "fail"), of: finding),
            Notice(Sample.change(finding, from: "fail", to: "gone"), of: finding), Notice.test(at: Sample.now),
        ]
        return OutgoingMessage(
            notifier: "chat", key: "0123456789abcdef0123456789abcdef",
            items: (0..<count).map { .init(key: "\($0)", notice: notices[$0 % notices.count]) }, time: Sample.now)
    }

    /// All texts in a value.
    private func texts(_ json: JSON) -> [String] {
        switch json {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(texts)
        case .object(let object): object.members.flatMap { texts($0.value) }
        default: []
        }
    }

    private func expectSafe(_ text: String) {
        #expect(!text.unicodeScalars.contains { $0.isUnsafeToShow && $0 != "\n" })
    }

    @Test func everyFormLeadsToThePage() {
        var notice = Notice(Sample.alert("0a"))
        notice.link = "https://page.example/alerts/0a"
        let message = OutgoingMessage(
            notifier: "chat", key: "k", items: [.init(key: "k", notice: notice)], time: Sample.now)
        let mail = MailMessage(message)
        let forms = [
            SlackMessage.json(message).description, TeamsMessage.json(message).description,
            WebhookMessage.json(message).description, mail.text, mail.html,
            PagerDutyEvent.events(for: message.items[0], routingKey: "r")[0].description,
        ]
        for form in forms {
            #expect(form.replacing("\\/", with: "/").contains("https://page.example/alerts/0a"), "\(form)")
        }
    }

    @Test(arguments: MessageTests.hostile, [1, 4, 20])
    func slackTakesEveryMessage(text: String, count: Int) throws {
        let json = SlackMessage.json(message(text, count: count))
        let blocks = try #require(json["blocks"]?.elements)
        #expect(blocks.count <= 50)
        #expect(blocks.count == count + 2)
        #expect(texts(json).reduce(0) { $0 + $1.utf16.count } <= 6_000)
        for block in blocks {
            guard let text = block["text"]?["text"]?.text else { continue }
            #expect(block["text"]?["type"]?.text == "plain_text")
            #expect(!text.isEmpty && text.utf16.count <= (block["type"]?.text == "header" ? 150 : 3_000))
        }
        for text in texts(json) {
            expectSafe(text)
            #expect(!text.contains("<") && !text.contains(">"))
        }
    }

    @Test(arguments: MessageTests.hostile, [1, 4, 20])
    func teamsTakesEveryMessage(text: String, count: Int) throws {
        let json = TeamsMessage.json(message(text, count: count))
        #expect(json.bytes().count <= 28 << 10)
        let card = try #require(json["attachments"]?[0]?["content"])
        #expect(card["type"]?.text == "AdaptiveCard")
        for line in card["body"]?.elements ?? [] { #expect(line["type"]?.text == "RichTextBlock") }
        for text in texts(json) { expectSafe(text) }
    }

    @Test(arguments: MessageTests.hostile, [1, 4, 100])
    func mailIsOneSafeDocument(text: String, count: Int) {
        let mail = MailMessage(message(text, count: count))
        #expect(mail.subject.utf16.count <= 180)
        expectSafe(mail.subject)
        #expect(!mail.subject.contains("\n"))
        expectSafe(mail.text)
        #expect(!mail.html.contains("<script>"))
        #expect(mail.html.utf8.count < 2_000_000)
    }

    @Test(arguments: MessageTests.hostile, [1, 4, 20])
    func amazonSNSTakesEveryMessage(text: String, count: Int) {
        let message = message(text, count: count)
        let subject = SNSReceiver.subject(MailMessage(message).subject)
        #expect(!subject.isEmpty && subject.utf8.count <= 100 && subject.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
        let forms = SNSReceiver.forms(message, MailMessage(message))
        let bytes = JSON.object(JSON.Object(forms.mapValues(JSON.string))).bytes().count
        #expect(bytes <= SNS.maximumMessageBytes)
    }

    @Test(arguments: MessageTests.hostile)
    func pagerDutyTakesEveryEvent(text: String) throws {
        for item in message(text, count: 4).items {
            for event in PagerDutyEvent.events(for: item, routingKey: "key") {
                let action = try #require(event["event_action"]?.text)
                #expect(event["dedup_key"]?.text.map { $0.utf16.count <= 255 } == true)
                #expect(event.bytes().count <= 512 << 10)
                if action == "trigger" {
                    let summary = try #require(event["payload"]?["summary"]?.text)
                    #expect(!summary.isEmpty && summary.utf16.count <= 1_024)
                    #expect(event["payload"]?["source"]?.text?.isEmpty == false)
                }
            }
        }
    }

    @Test func pagerDutyOpensAndResolvesOneIncident() {
        let events = message("text", count: 4).items.flatMap { PagerDutyEvent.events(for: $0, routingKey: "key") }
        #expect(events.map { $0["event_action"]?.text } == ["trigger", "trigger", "resolve", "trigger", "resolve"])
        #expect(events[1]["dedup_key"] == events[2]["dedup_key"])
        #expect(events[3]["dedup_key"] == events[4]["dedup_key"])
        #expect(events[1]["payload"]?["severity"]?.text == "error")
    }

    @Test func aWebhookGetsEverythingInOneDocument() throws {
        let json = WebhookMessage.json(message("text", count: 3))
        #expect(json["schema"]?.text == "parapet.notification/1")
        let items = try #require(json["items"]?.elements)
        #expect(items.map { $0["kind"]?.text } == ["alert", "finding", "resolved"])
        #expect(items.allSatisfy { $0["key"]?.text != nil && $0["record"] != nil })
        #expect(json["severity"]?.text == "high")
    }

    @Test func aHeadlineCountsWhatIsInAGroup() {
        #expect(message("A title").headline == "HIGH: A title")
        #expect(
            message("A title", count: 8).headline
                == "Parapet: 2 alerts, 2 findings, 2 findings resolved, 2 test messages (highest severity: high)")
    }

    @Test func secretsAreHiddenInTheWordsOfOthers() {
        let hidden = Redacted(["https://hooks.example/T0/s3cret-token", "/T0/s3cret-token", "s3cret-key"])
        #expect(
            hidden.text("bad https://hooks.example/T0/s3cret-token\n /T0/s3cret-token s3cret-key")
                == "bad [hidden] [hidden] [hidden]")
        #expect(hidden.text(String(repeating: "x", count: 10_000)).utf16.count == 300)
    }
}
