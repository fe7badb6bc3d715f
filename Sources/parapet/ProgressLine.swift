import AWSClient

/// One line on the terminal's stderr that says how far the reading is; it vanishes when it is done.
struct ProgressLine {
    private let calls: CallLog
    private let isShown: Bool

    init(_ calls: CallLog, _ verbosity: Verbosity) {
        self.calls = calls
        isShown = Terminal.standardError.isTerminal && !verbosity.quiet
    }

    /// Runs `work` with the line below it.
    func during<Value: Sendable>(_ what: String, _ work: @Sendable () async -> Value) async -> Value {
        guard isShown else { return await work() }
        let line = Task { [calls] in
            let clock = ContinuousClock()
            let start = clock.now
            while !Task.isCancelled {
                let seconds = start.duration(to: clock.now).components.seconds
                Terminal.standardError.tell("\r\u{1B}[K\(what): \(calls.total) answers, \(seconds) s")
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        let value = await work()
        line.cancel()
        await line.value
        Terminal.standardError.tell("\r\u{1B}[K")
        return value
    }
}
