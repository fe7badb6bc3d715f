extension RegexPattern {
    /// Texts in lower case, one of which is in every text that matches, apart from case; `nil` if none are known.
    public var requiredLiterals: [String]? {
        RegexLiterals.required(by: text)?.map { String(decoding: $0, as: UTF8.self) }.sorted()
    }
}
