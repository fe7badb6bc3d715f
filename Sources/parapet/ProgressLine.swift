/// One line on the terminal's stderr that says how far some work is; it vanishes when it is done.
struct ProgressLine {
    private let isShown: Bool
    /// - Parameter elapsed: seconds since the beginning.
    private let text: @Sendable (_ elapsed: Double) -> String

    init(_ verbosity: Verbosity, text: @escaping @Sendable (_ elapsed: Double) -> String) {
        isShown = Terminal.standardError.isTerminal && !verbosity.quiet
        self.text = text
    }

    /// Runs `work` with the line below it.
    func during<Value: Sendable>(_ work: @Sendable () async -> Value) async -> Value {
        guard isShown else { return await work() }
        let line = Task { [text] in
            let clock = ContinuousClock()
            let start = clock.now
            while !Task.isCancelled {
                Terminal.standardError.tell("\r\u{1B}[K" + text(start.duration(to: clock.now) / .seconds(1)))
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
