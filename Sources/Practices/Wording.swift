import Basics
import IAMPolicy

// Formatting of words and numbers for sentences in messages.

extension String {
    /// The text with its first letter capitalized.
    var firstCapitalized: String { prefix(1).uppercased() + dropFirst() }

    /// A user's or role's kind and name: `role audit`.
    var shortened: String {
        guard let arn = ARN(self), arn.service == "iam", let slash = arn.resource.firstIndex(of: "/") else {
            return self
        }
        return "\(arn.resource[..<slash]) \(arn.resource[arn.resource.index(after: slash)...])"
    }
}

extension Int {
    /// `1 day`, `2 days`
    var days: String { self == 1 ? "1 day" : "\(self) days" }

    /// `1 day ago`. Whole days count, so 0 means less than one day.
    var daysAgo: String { self == 0 ? "less than a day ago" : "\(days) ago" }
}
