import TrailIntegrity

/// What a verification's progress line says.
enum VerifyProgressLine {
    /// - Parameter elapsed: seconds since the beginning.
    static func text(_ state: VerificationProgress.State, elapsed: Double) -> String {
        guard state.digests > 0 else { return "looking for digest files" }
        let width = 20
        let done = Int(state.fraction * Double(width))
        let bar = String(repeating: "━", count: done) + String(repeating: "─", count: width - done)
        let megabytes = (Double(state.bytes) / 1e5).rounded() / 10
        var line =
            "\(bar) \(state.digests)/\(max(state.digests, state.listedDigests)) digests · \(state.logs) log files · \(megabytes) MB"
        // What the first second says of the rest is worth nothing.
        if elapsed > 1, state.fraction > 0.01 {
            line += " · \(duration(elapsed / state.fraction - elapsed)) left"
        }
        return line
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 360_000)).rounded(.up))
        return whole < 90 ? "\(whole) s" : whole < 5400 ? "\((whole + 59) / 60) min" : "\((whole + 3599) / 3600) h"
    }
}
