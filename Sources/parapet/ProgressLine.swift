import LogSources
import Runs
import TrailIntegrity

/// One line that says how far a run is.
enum ProgressLine {
    /// - Parameter elapsed: seconds since the beginning.
    @Sendable static func reading(_ state: ReadingProgress, elapsed: Double) -> String {
        let accounts = state.accounts.count == 1 ? "account \(state.accounts[0])" : "\(state.accounts.count) accounts"
        return "reading \(accounts): \(state.answers) answers, \(Int(elapsed)) s"
    }

    /// - Parameter elapsed: seconds since the beginning.
    @Sendable static func verifying(_ state: VerificationProgress.State, elapsed: Double) -> String {
        guard state.digests > 0 else { return "looking for digest files" }
        return "\(bar(state.fraction)) \(state.digests)/\(max(state.digests, state.listedDigests)) digests · "
            + "\(state.logs) log files · \(size(Double(state.bytes)))" + left(state.fraction, elapsed)
    }

    /// - Parameter elapsed: seconds since the beginning.
    @Sendable static func hunting(_ state: LogProgress.State, elapsed: Double) -> String {
        guard state.allFiles > 0 else { return "looking for log files" }
        let rate = elapsed > 0.2 ? Double(state.bytes) / elapsed : 0
        let sums =
            "\(state.files)/\(state.allFiles)\(state.isListed ? "" : "+") files · \(size(Double(state.bytes)))"
            + (rate > 0 ? " · \(size(rate))/s" : "")
        // Standard input has no length, and an unfinished list says nothing about the rest.
        guard state.allBytes > 0, state.isListed else { return sums }
        let fraction = min(1, Double(state.bytes) / Double(state.allBytes))
        return "\(bar(fraction)) \(sums)" + left(fraction, elapsed)
    }

    /// The time that is left; nothing in the first second, which does not predict the rest.
    private static func left(_ fraction: Double, _ elapsed: Double) -> String {
        elapsed > 1 && fraction > 0.01 ? " · \(duration(elapsed / fraction - elapsed)) left" : ""
    }

    /// - Parameter fraction: 0 to 1.
    private static func bar(_ fraction: Double) -> String {
        let width = 20
        let done = Int(max(0, min(1, fraction)) * Double(width))
        return String(repeating: "━", count: done) + String(repeating: "─", count: width - done)
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 360_000)).rounded(.up))
        return whole < 90 ? "\(whole) s" : whole < 5400 ? "\((whole + 59) / 60) min" : "\((whole + 3599) / 3600) h"
    }

    /// In decimal units, with one place.
    private static func size(_ bytes: Double) -> String {
        let (unit, name) = bytes < 1e6 ? (1e3, "kB") : bytes < 1e9 ? (1e6, "MB") : (1e9, "GB")
        return "\((bytes / unit * 10).rounded() / 10) \(name)"
    }
}
