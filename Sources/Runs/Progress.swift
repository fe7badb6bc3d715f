public import LogSources
public import TrailIntegrity

/// Receives the state of a run, about ten times a second during the run.
public typealias ProgressReport<State> = @Sendable (State) -> Void

/// Runs `work` and reports its state meanwhile. No report comes after the return.
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

/// A state of a run that can be described in one line.
public protocol RunProgress: Sendable {
    /// - Parameter elapsed: seconds since the start.
    func line(after elapsed: Double) -> String
}

extension ReadingProgress: RunProgress {
    public func line(after elapsed: Double) -> String {
        "Scanning \(accounts.count == 1 ? "account \(accounts[0])" : "\(accounts.count) accounts"): \(answers) API call\(answers == 1 ? "" : "s"), "
            + "\(Int(elapsed)) s"
    }
}

extension VerificationProgress.State: RunProgress {
    public func line(after elapsed: Double) -> String {
        guard digests > 0 else { return "looking for digest files" }
        return "\(ProgressText.bar(fraction)) \(digests)/\(max(digests, listedDigests)) digests · \(logs) log files · "
            + ProgressText.size(Double(bytes)) + ProgressText.left(fraction, elapsed)
    }
}

extension LogProgress.State: RunProgress {
    public func line(after elapsed: Double) -> String {
        guard allFiles > 0 else { return "looking for log files" }
        let rate = elapsed > 0.2 ? Double(bytes) / elapsed : 0
        let sums =
            "\(files)/\(allFiles)\(isListed ? "" : "+") \(unit) · \(ProgressText.size(Double(bytes)))"
            + (rate > 0 ? " · \(ProgressText.size(rate))/s" : "")
        // Standard input has no length, and the total is unknown until all files are listed.
        guard allBytes > 0, isListed else { return sums }
        let fraction = min(1, Double(bytes) / Double(allBytes))
        return "\(ProgressText.bar(fraction)) \(sums)" + ProgressText.left(fraction, elapsed)
    }
}

private enum ProgressText {
    /// The remaining time; empty in the first second, which does not predict the rest.
    static func left(_ fraction: Double, _ elapsed: Double) -> String {
        elapsed > 1 && fraction > 0.01 ? " · \(duration(elapsed / fraction - elapsed)) left" : ""
    }

    /// - Parameter fraction: 0 to 1.
    static func bar(_ fraction: Double) -> String {
        let width = 20
        let done = Int(max(0, min(1, fraction)) * Double(width))
        return String(repeating: "━", count: done) + String(repeating: "─", count: width - done)
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 360_000)).rounded(.up))
        return whole < 90 ? "\(whole) s" : whole < 5400 ? "\((whole + 59) / 60) min" : "\((whole + 3599) / 3600) h"
    }

    /// The size in decimal units, with one decimal place.
    static func size(_ bytes: Double) -> String {
        let (unit, name) = bytes < 1e6 ? (1e3, "kB") : bytes < 1e9 ? (1e6, "MB") : (1e9, "GB")
        return "\((bytes / unit * 10).rounded() / 10) \(name)"
    }
}
