import Basics
import IAMPolicy

// How messages put words and numbers into a sentence.

extension String {
    /// The same text as the beginning of a sentence.
    var firstCapitalized: String { prefix(1).uppercased() + dropFirst() }

    /// A user or role by its kind and name: `role audit`.
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

    /// `1 day ago`; whole days count, so that 0 is less than one.
    var daysAgo: String { self == 0 ? "less than a day ago" : "\(days) ago" }
}
