// How messages put words and numbers into a sentence.

extension String {
    /// The same text as the beginning of a sentence.
    var firstCapitalized: String { prefix(1).uppercased() + dropFirst() }
}

extension Int {
    /// `1 day`, `2 days`
    var days: String { self == 1 ? "1 day" : "\(self) days" }

    /// `1 day ago`; whole days count, so that 0 is less than one.
    var daysAgo: String { self == 0 ? "less than a day ago" : "\(days) ago" }
}
