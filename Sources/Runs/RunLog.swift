import AWSClient
import Logging
import Reports

extension RunEnvironment {
    /// Writes a line for each message. Control characters are escaped, because messages contain AWS's texts.
    public mutating func log(to tell: @escaping @Sendable (String) -> Void) {
        logger = Logger(label: "parapet") { _ in PlainLogHandler(tell: tell) }
        logger.logLevel = .debug
    }

    /// The number of calls of each operation, and the total; empty if there were none.
    public var callLines: [String] {
        guard calls.total > 0 else { return [] }
        return calls.all.map { count in
            let retries = count.retries > 0 ? " (\(count.retries) of them retries)" : ""
            return "\(count.calls) × \(count.operation)\(retries)"
        } + ["\(calls.total) API call\(calls.total == 1 ? "" : "s")"]
    }
}

private struct PlainLogHandler: LogHandler {
    let tell: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { tell(TerminalText.escaped("\(event.level): \(event.message)") + "\n") }
}
