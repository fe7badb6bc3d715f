/// Parses timespans: a number and a letter.
enum Timespan {
    /// A timespan in milliseconds. Besides the specification's `s`, `m`, `h` and `d` it reads pySigma's `w`, `M` (an
    /// average month) and `y` (an average year).
    static func milliseconds(_ text: String) -> Int64? {
        guard let unit = text.last, let count = Int64(text.dropLast()), count > 0 else { return nil }
        let seconds: Int64
        switch unit {
        case "s": seconds = 1
        case "m": seconds = 60
        case "h": seconds = 3600
        case "d": seconds = 86_400
        case "w": seconds = 604_800
        case "M": seconds = 2_629_746
        case "y": seconds = 31_556_952
        default: return nil
        }
        let (result, overflow) = count.multipliedReportingOverflow(by: seconds * 1000)
        return overflow ? nil : result
    }
}
