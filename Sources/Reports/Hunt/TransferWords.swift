/// The directions of transfers in words.
public enum TransferWords {
    /// - Parameter name: such as `out-external`.
    /// - Returns: `out to external` for `out-external`.
    public static func direction(_ name: String) -> String {
        for (prefix, words) in [("in-", "in from "), ("out-", "out to ")] where name.hasPrefix(prefix) {
            return words + name.dropFirst(prefix.count)
        }
        return name
    }
}
