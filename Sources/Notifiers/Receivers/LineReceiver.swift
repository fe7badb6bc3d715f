import Basics

/// Lines of JSON on stdout, one for each notice.
struct LineReceiver: Receiver {
    /// Writes bytes, or throws.
    var write: @Sendable ([UInt8]) throws -> Void

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        var bytes: [UInt8] = []
        for item in message.items {
            var single = message
            (single.items, single.key) = ([item], item.key)
            WebhookMessage.json(single).write(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        do {
            try write(bytes)
            return .sent
        } catch {
            return .failed("stdout cannot be written: \(error)")
        }
    }
}
