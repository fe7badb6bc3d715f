import TrailIntegrity

/// What a verification's progress line says.
enum VerifyProgressLine {
    /// - Parameter elapsed: seconds since the beginning.
    static func text(_ state: VerificationProgress.State, elapsed: Double) -> String {
        guard state.digests > 0 else { return "looking for digest files" }
        var line =
            "\(ProgressText.bar(state.fraction)) \(state.digests)/\(max(state.digests, state.listedDigests)) digests · "
            + "\(state.logs) log files · \(ProgressText.size(Double(state.bytes)))"
        // What the first second says of the rest is worth nothing.
        if elapsed > 1, state.fraction > 0.01 {
            line += " · \(ProgressText.duration(elapsed / state.fraction - elapsed)) left"
        }
        return line
    }
}
