import LogReaders

/// What a hunt's progress line says.
enum HuntProgressLine {
    /// - Parameter elapsed: seconds since the beginning.
    static func text(_ state: LogProgress.State, elapsed: Double) -> String {
        guard state.allFiles > 0 else { return "looking for log files" }
        let rate = elapsed > 0.2 ? Double(state.bytes) / elapsed : 0
        let sums =
            "\(state.files)/\(state.allFiles)\(state.isListed ? "" : "+") files · \(ProgressText.size(Double(state.bytes)))"
            + (rate > 0 ? " · \(ProgressText.size(rate))/s" : "")
        // Standard input has no length, and a list that is not whole says nothing of the rest.
        guard state.allBytes > 0, state.isListed else { return sums }
        let fraction = min(1, Double(state.bytes) / Double(state.allBytes))
        var line = "\(ProgressText.bar(fraction)) \(sums)"
        // What the first second says of the rest is worth nothing.
        if elapsed > 1, fraction > 0.01 { line += " · \(ProgressText.duration(elapsed / fraction - elapsed)) left" }
        return line
    }
}

/// The parts that progress lines share.
enum ProgressText {
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

    /// In decimal units, with one place.
    static func size(_ bytes: Double) -> String {
        let (unit, name) = bytes < 1e6 ? (1e3, "kB") : bytes < 1e9 ? (1e6, "MB") : (1e9, "GB")
        return "\((bytes / unit * 10).rounded() / 10) \(name)"
    }
}
