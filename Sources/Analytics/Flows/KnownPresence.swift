/// The hours of a baseline's last week that have logs, and the interfaces with records in them.
struct KnownPresence {
    /// Hours since 1970.
    private(set) var hours: Set<Int32> = []
    /// The hours with records of each interface that the baseline knows.
    private(set) var active: [String: Set<Int32>] = [:]

    init(_ baseline: LearnedFlows) {
        let since = baseline.lastHour - 168
        for (key, history) in baseline.series where !key.hasPrefix("account:") {
            guard let slash = key.lastIndex(of: "/") else { continue }
            var seen = active.removeValue(forKey: String(key[..<slash])) ?? []
            for hour in history.hours.reversed() {
                guard hour.hour > since else { break }
                hours.insert(Int32(clamping: hour.hour))
                if hour.active > 0 { seen.insert(Int32(clamping: hour.hour)) }
            }
            active[String(key[..<slash])] = seen
        }
    }
}
