internal import Basics
public import FoundationEssentials

/// The days whose logs are wanted, for layouts with a folder for each day (`YYYY/MM/DD`, or Hive's
/// `year=YYYY/month=MM/day=DD`) and for file names that begin with a date, as those of access logs do.
public struct DateFolders: Sendable, Hashable {
    private let first: Int
    private let last: Int

    /// Days that a delivery can be late: a record can be in the folder of the next day.
    private static let lateness = 1

    /// - Parameters:
    ///   - from: the beginning of the range; `nil` for any.
    ///   - to: the end of the range (exclusive); `nil` for any.
    public init(from: Date?, to: Date?) {
        first = from.map { Self.day($0) - Self.lateness } ?? .min
        last = to.map { Self.day($0) + Self.lateness } ?? .max
    }

    var isEverything: Bool { first == .min && last == .max }

    /// The names in a path that can be dates of its logs.
    ///
    /// Folders that the user named count as a date only if they end that part of the path and are a year, or a year and
    /// a month. Folders before them say where logs are kept, not which days they cover.
    /// - Parameter named: the number of leading bytes of the path that the user named.
    static func folders(of path: String, below named: Int) -> [Substring] {
        let bytes = path.utf8
        let border = bytes.index(bytes.startIndex, offsetBy: min(named, bytes.count))
        let own = path[..<border].split(separator: "/")
        let last = own.suffix(2)
        let dated: ArraySlice<Substring> =
            if last.count == 2, let first = last.first, let second = last.last, number(first, at: 0) != nil,
                number(second, at: 1) != nil
            {
                last
            } else if let second = last.last, number(second, at: 0) != nil {
                own.suffix(1)
            } else {
                []
            }
        return dated + path[border...].split(separator: "/")
    }

    static func isYear(_ folder: String) -> Bool { number(folder[...], at: 0) != nil }

    /// Whether a folder with these names, from the top down, can hold wanted logs.
    func admits<Names: Sequence<Substring>>(_ folders: Names) -> Bool {
        guard !isEverything else { return true }
        var numbers: [Int] = []
        for folder in folders where numbers.count < 3 {
            if let number = Self.number(folder, at: numbers.count) {
                numbers.append(number)
            } else {
                numbers = Self.number(folder, at: 0).map { [$0] } ?? []
            }
        }
        guard let year = numbers.first else { return true }
        let month = numbers.count > 1 ? numbers[1] : nil
        let day = numbers.count > 2 ? numbers[2] : nil
        let start = CivilCalendar.days(year: year, month: month ?? 1, day: day ?? 1)
        let end = CivilCalendar.days(year: year, month: month ?? 12, day: day ?? 31)
        return start <= last && end >= first
    }

    /// Whether a file of this name can hold wanted logs.
    func admits(fileName: Substring) -> Bool {
        guard !isEverything else { return true }
        let parts = fileName.split(separator: "-", maxSplits: 6, omittingEmptySubsequences: false)
        // YYYY-MM-DD-hh-mm-ss-…
        guard parts.count >= 7, parts[1...5].allSatisfy({ $0.utf8.count == 2 }) else { return true }
        guard let year = Self.number(parts[0], at: 0), let month = Self.number(parts[1], at: 1),
            let day = Self.number(parts[2], at: 2)
        else { return true }
        return (first...last).contains(CivilCalendar.days(year: year, month: month, day: day))
    }

    /// The year, month or day (0, 1, 2) that a folder's name states.
    private static func number(_ name: Substring, at place: Int) -> Int? {
        let word = ["year=", "month=", "day="][place]
        let digits = name.hasPrefix(word) ? name.dropFirst(word.count) : name
        let range = [1970...9999, 1...12, 1...31][place]
        guard digits.utf8.count == (place == 0 ? 4 : 2), let number = Int(digits), range.contains(number) else {
            return nil
        }
        return number
    }

    private static func day(_ date: Date) -> Int {
        Int((max(-1e15, min(1e15, date.timeIntervalSince1970)) / 86400).rounded(.down))
    }
}
