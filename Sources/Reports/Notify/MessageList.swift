public import Basics
public import FoundationEssentials

/// The messages of notifiers, the latest first.
public struct MessageList: Sendable {
    public struct Message: Sendable {
        public var number: Int
        public var notifier: String
        /// `alert`, `finding`, `resolved` or `test`.
        public var kind: String
        public var subject: String
        public var title: String
        public var severity: Severity
        /// `waiting`, `sent`, `dead` or `merged`.
        public var state: String
        public var created: Date
        public var due: Date
        public var sent: Date?
        public var attempts: Int
        public var error: String?

        public init(
            number: Int, notifier: String, kind: String, subject: String, title: String, severity: Severity,
            state: String, created: Date, due: Date, sent: Date?, attempts: Int, error: String?
        ) {
            self.number = number
            self.notifier = notifier
            self.kind = kind
            self.subject = subject
            self.title = title
            self.severity = severity
            self.state = state
            self.created = created
            self.due = due
            self.sent = sent
            self.attempts = attempts
            self.error = error
        }

        /// What became of it, in words.
        fileprivate var status: String {
            switch state {
            case "waiting" where attempts > 0: "tried \(attempts)×, again from \(due.rfc3339)"
            case "waiting": "waits until \(due.rfc3339)"
            case "dead": "given up after \(attempts) attempt\(attempts == 1 ? "" : "s")"
            case "merged" where sent == nil: "withdrawn"
            default: "sent \(sent?.rfc3339 ?? "")"
            }
        }
    }

    public struct Count: Sendable {
        public var notifier: String
        public var state: String
        public var count: Int

        public init(notifier: String, state: String, count: Int) {
            self.notifier = notifier
            self.state = state
            self.count = count
        }
    }

    private let messages: [Message]
    private let counts: [Count]

    public init(_ messages: [Message], counts: [Count]) {
        self.messages = messages
        self.counts = counts
    }

    /// For a terminal, ending with a line feed.
    public func table(_ text: TerminalText) -> String {
        var page = TerminalPage(text)
        if messages.isEmpty { page.line("No message waits or was given up.") }
        for message in messages {
            page.line(
                styled: text.styled("\(message.number)", .cyan) + "  "
                    + text.styled(message.severity.rawValue.uppercased(), message.severity.style) + "  "
                    + TerminalText.escaped(message.title))
            page.add("\(message.notifier), \(message.kind): \(message.status)", indent: 4)
            if let error = message.error { page.add(error, indent: 4, .dim) }
        }
        let sums = Dictionary(grouping: counts, by: \.notifier).sorted { $0.key < $1.key }
        for (notifier, counts) in sums {
            let words = counts.map { "\(Figures.count($0.count)) \(Self.words[$0.state] ?? $0.state)" }
            page.add("\(notifier): " + words.joined(separator: ", "))
        }
        if messages.contains(where: { $0.state == "dead" }) {
            page.add("'parapet notify retry' sends again what was given up.")
        }
        return page.rendered
    }

    private static let words = [
        "waiting": "waiting", "sent": "sent", "dead": "given up", "merged": "sent with others or withdrawn",
    ]

    /// One document, ending with a line feed.
    public var json: String {
        JSONText.pretty(
            .members([
                "schema": "parapet.notify.list/1",
                "messages": .array(
                    messages.map { message in
                        .members([
                            "number": .int(message.number), "notifier": .string(message.notifier),
                            "kind": .string(message.kind), "subject": .string(message.subject),
                            "title": .string(message.title), "severity": .string(message.severity.rawValue),
                            "state": .string(message.state), "created": .string(message.created.rfc3339),
                            "due": .string(message.due.rfc3339), "sent": message.sent.map { .string($0.rfc3339) },
                            "attempts": .int(message.attempts), "error": message.error.map(JSON.string),
                        ])
                    }),
                "counts": .array(
                    counts.map {
                        ["notifier": .string($0.notifier), "state": .string($0.state), "count": .int($0.count)]
                    }),
            ])) + "\n"
    }
}

/// The results of a test of notifiers.
public struct MessageTestList: Sendable {
    public struct Result: Sendable {
        public var notifier: String
        public var type: String
        /// The reason for which the message did not arrive; `nil` if the receiver accepted it.
        public var problem: String?
        public var milliseconds: Int

        public init(notifier: String, type: String, problem: String?, milliseconds: Int) {
            self.notifier = notifier
            self.type = type
            self.problem = problem
            self.milliseconds = milliseconds
        }
    }

    private let results: [Result]

    public init(_ results: [Result]) { self.results = results }

    /// For a terminal, ending with a line feed.
    public func table(_ text: TerminalText) -> String {
        var page = TerminalPage(text)
        for result in results {
            let name = "\(result.notifier) (\(result.type)): "
            if let problem = result.problem {
                page.add(name + "not sent: " + problem, indent: 2, mark: "✗", .red)
            } else {
                page.add(name + "accepted in \(result.milliseconds) ms", indent: 2, mark: "✓", .green)
            }
        }
        return page.rendered
    }
}
