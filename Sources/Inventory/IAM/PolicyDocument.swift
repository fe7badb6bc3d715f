import Basics
public import IAMPolicy

/// A policy document as AWS returned it; it is parsed when a check reads it.
public struct PolicyDocument: Sendable, Hashable {
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    /// - Parameter text: as an answer has it. IAM percent-encodes it (RFC 3986), with every brace.
    public init(ofAnswer text: String) {
        self.init(text.contains("{") ? text : PercentEncoding.decode(text) ?? text)
    }

    /// Returns a statement as it was written, on one line: with its own order, spelling and lists.
    public func text(of statement: Statement) -> String {
        place(of: statement).flatMap { Policy.text(ofStatement: $0, in: text) } ?? statement.json
    }

    /// Returns the position of a statement in the document, in JMESPath: `Statement[0]`, or `Statement` if the document
    /// has a single statement without a list.
    public func path(of statement: Statement) -> String {
        guard written?.elements != nil, let place = place(of: statement) else { return "Statement" }
        return "Statement[\(place)]"
    }

    private var written: JSON? { (try? JSON(parsing: text))?["Statement"] }

    private func place(of statement: Statement) -> Int? { (try? policy)?.statements.firstIndex(of: statement) }

    /// The document's statements.
    /// - Throws: ``Unknown`` if the text is not valid in IAM's grammar: Parapet does not guess.
    public var policy: Policy {
        get throws(Unknown) {
            guard !text.isEmpty else { throw Unknown(.truncated, detail: "a policy came without its document") }
            do {
                return try Policy(parsing: text)
            } catch {
                throw Unknown(.failed, detail: "the policy document cannot be read: \(error)")
            }
        }
    }
}

/// A document is a string in answers and snapshots.
extension PolicyDocument: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(ofAnswer: try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
