public import IAMPolicy

/// A policy document as AWS returned it; it is parsed when a check reads it.
public struct PolicyDocument: Sendable, Codable, Hashable {
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The document's statements.
    /// - Throws: ``Unknown`` if the text is no policy that IAM's grammar admits: nothing is judged by a guess.
    public var policy: Policy {
        get throws(Unknown) {
            do {
                return try Policy(parsing: text)
            } catch {
                throw Unknown(.failed, detail: "the policy document cannot be read: \(error)")
            }
        }
    }
}
