extension SQLDialect {
    /// The time of a record of access logs in seconds since 1970; NULL if it is not in the form in which S3 has always
    /// written it. It is calculated from its digits, since each engine has other functions for times.
    func accessSeconds(_ value: ColumnText) -> String {
        let time = text(value)
        func number(_ start: Int, _ count: Int) -> String {
            "try_cast(substr(\(time), \(start), \(count)) AS bigint)"
        }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = months.enumerated().map { place, name in
            // Days before the month, in a year that is no leap year.
            "WHEN '\(name)' THEN \([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][place])"
        }.joined(separator: " ")
        let month = "substr(\(time), 4, 3)"
        // The last year whose leap day is before the time.
        let year = "(\(number(8, 4)) - CASE WHEN \(month) IN ('Jan', 'Feb') THEN 1 ELSE 0 END)"
        func leapDays(_ divisor: Int) -> String { "(\(year) - \(year) % \(divisor)) / \(divisor)" }
        let day =
            "365 * (\(number(8, 4)) - 1970) + \(leapDays(4)) - \(leapDays(100)) + \(leapDays(400)) - 477 "
            + "+ CASE \(month) \(days) END + \(number(1, 2)) - 1"
        // The months with 31 days, those with 30, and the leap days of this century.
        let date =
            "^((0[1-9]|1[0-9]|2[0-8])/(\(months.joined(separator: "|")))/20[0-9][0-9]"
            + "|(29|30)/(Jan|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/20[0-9][0-9]"
            + "|31/(Jan|Mar|May|Jul|Aug|Oct|Dec)/20[0-9][0-9]"
            + "|29/Feb/20([02468][048]|[13579][26]))"
        let clock = ":([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9] [+]0000$"
        return """
            CASE WHEN \(condition(.test(value, .matches(date + clock)))) \
            THEN CAST(86400 * (\(day)) + 3600 * \(number(13, 2)) + 60 * \(number(16, 2)) + \(number(19, 2)) AS bigint) END
            """
    }
}
