/// Moments as S3 writes them: `06/Feb/2019:00:00:38 +0000`.
enum AccessTime {
    /// - Returns: seconds since 1970, or nil where the text is no such moment.
    static func parse(_ text: Bytes) -> Int? {
        guard text.count >= 20, text[2] == UInt8(ascii: "/"), text[6] == UInt8(ascii: "/"),
            let day = two(text, 0), let month = month(text[3], text[4], text[5]), let century = two(text, 7),
            let year = two(text, 9), let hour = two(text, 12), let minute = two(text, 15), let second = two(text, 18),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = CivilCalendar.days(year: century * 100 + year, month: month, day: day)
        return days * 86_400 + hour * 3_600 + minute * 60 + second - offset(text)
    }

    /// Seconds east of Greenwich; S3 has always written +0000.
    private static func offset(_ text: Bytes) -> Int {
        guard text.count >= 26, let hours = two(text, 22), let minutes = two(text, 24) else { return 0 }
        let seconds = hours * 3_600 + minutes * 60
        return text[21] == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func two(_ text: Bytes, _ at: Int) -> Int? {
        let tens = Int(text[at] &- UInt8(ascii: "0"))
        let ones = Int(text[at + 1] &- UInt8(ascii: "0"))
        return tens < 10 && ones < 10 ? tens * 10 + ones : nil
    }

    private static func month(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Int? {
        switch (a, b, c) {
        case (0x4A, 0x61, 0x6E): 1  // Jan
        case (0x46, 0x65, 0x62): 2
        case (0x4D, 0x61, 0x72): 3
        case (0x41, 0x70, 0x72): 4
        case (0x4D, 0x61, 0x79): 5
        case (0x4A, 0x75, 0x6E): 6
        case (0x4A, 0x75, 0x6C): 7
        case (0x41, 0x75, 0x67): 8
        case (0x53, 0x65, 0x70): 9
        case (0x4F, 0x63, 0x74): 10
        case (0x4E, 0x6F, 0x76): 11
        case (0x44, 0x65, 0x63): 12
        default: nil
        }
    }
}

/// The Gregorian calendar, as far as log lines need it.
enum CivilCalendar {
    /// Days since 1 January 1970. The year is counted from March, so that the leap day is its last.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
