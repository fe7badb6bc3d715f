public import FoundationEssentials
public import Hunting

/// What a hunt found, as every format shows it.
public struct HuntReport: Sendable {
    /// Which hunt this was.
    public struct Run: Sendable, Codable, Hashable {
        /// The log, by the name that `--source` takes.
        public var source: String
        /// Where the logs were, as the user named it.
        public var logs: [String]
        /// The range that was asked for; `nil` for any.
        public var from: Date?
        public var to: Date?
        public var started: Date
        public var finished: Date
        /// The version of Parapet.
        public var parapet: String

        public init(
            source: String, logs: [String], from: Date? = nil, to: Date? = nil, started: Date, finished: Date,
            parapet: String
        ) {
            self.source = source
            self.logs = logs
            self.from = from
            self.to = to
            self.started = started
            self.finished = finished
            self.parapet = parapet
        }
    }

    public var run: Run
    public var result: HuntResult

    public init(run: Run, result: HuntResult) {
        self.run = run
        self.result = result
    }
}
