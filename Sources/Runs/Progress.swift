/// Receives the state of a run about ten times a second while the run goes on.
public typealias ProgressReport<State> = @Sendable (State) -> Void

/// Does `work`, and reports its state meanwhile. No report comes after the return.
func reporting<State: Sendable, Value: Sendable>(
    _ state: @escaping @Sendable () -> State, to report: ProgressReport<State>?,
    during work: () async throws -> Value
) async throws -> Value {
    guard let report else { return try await work() }
    let watch = Task {
        while !Task.isCancelled {
            report(state())
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
    let result: Result<Value, any Error>
    do {
        result = .success(try await work())
    } catch {
        result = .failure(error)
    }
    watch.cancel()
    await watch.value
    return try result.get()
}
