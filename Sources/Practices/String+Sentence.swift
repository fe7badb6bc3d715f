extension String {
    /// The same text as the beginning of a sentence.
    var firstCapitalized: String { prefix(1).uppercased() + dropFirst() }
}
