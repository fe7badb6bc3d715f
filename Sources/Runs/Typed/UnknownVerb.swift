import Basics

/// A verb that does not exist.
public enum UnknownVerb {
    /// Returns the error message, with the nearest names.
    public static func message(_ verb: String, among names: [String]) -> String {
        let near = NearestNames.nearest(to: verb, among: names)
        let hint = near.isEmpty ? "verbs: \(names.joined(separator: ", "))" : "similar: \(near.joined(separator: ", "))"
        return "unknown verb '\(verb)'; \(hint)"
    }
}
