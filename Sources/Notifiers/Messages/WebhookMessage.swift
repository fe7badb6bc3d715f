import Basics
import Crypto
import Foundation

/// The JSON document of webhooks, of lines on stdout, and of messages for programs in Amazon SNS. Its schema is in
/// docs/notify.md.
enum WebhookMessage {
    static let schema = "parapet.notification/1"

    static func json(_ message: OutgoingMessage) -> JSON {
        [
            "schema": .string(schema), "id": .string(message.key), "notifier": .string(message.notifier),
            "sent": JSON(Moment(message.time)), "severity": .string(message.severity.rawValue),
            "items": .array(message.items.map { json($0) }),
        ]
    }

    private static func json(_ item: OutgoingMessage.Item) -> JSON {
        var object = item.notice.json.object ?? JSON.Object()
        object.members.insert(JSON.Object.Member("key", .string(item.key)), at: 0)
        return .object(object)
    }

    /// The headers that prove where a body comes from, and when it was sent.
    ///
    /// The signature is the HMAC with SHA-256 (RFC 2104) of the timestamp, a full stop, and the body, in hexadecimal
    /// digits. The timestamp is in seconds since 1970.
    static func signature(of body: [UInt8], _ secret: String, at time: Date) -> [(name: String, value: String)] {
        let timestamp = "\(Int(time.timeIntervalSince1970))"
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(timestamp).".utf8) + body, using: SymmetricKey(data: Data(secret.utf8)))
        return [("X-Parapet-Timestamp", timestamp), ("X-Parapet-Signature", "v1=" + Hexadecimal.text(code))]
    }
}
