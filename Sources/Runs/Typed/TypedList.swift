public import Basics
public import Posture
import Reports

/// Values that users type one by one or in a comma-separated list.
public enum TypedList {
    /// Returns the entries of a list, without spaces around them.
    /// - Throws: ``InvalidInput`` if an entry is empty, because a script's variable may have been empty.
    public static func entries(_ text: String) throws(InvalidInput) -> [String] {
        let entries = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            var part = part
            while part.first == " " { part.removeFirst() }
            while part.last == " " { part.removeLast() }
            return String(part)
        }
        if entries.contains("") { throw InvalidInput("it has an empty entry") }
        return entries
    }

    /// - Parameters:
    ///   - what: the kind of entry for the error message, such as `practice`.
    ///   - names: the names that the user can type.
    ///   - value: returns the value of a name; `nil` if there is none.
    /// - Throws: ``InvalidInput`` if a name has no value, with the nearest names, or else with all.
    public static func values<Value>(
        _ text: String, _ what: String, of names: [String], _ value: (String) -> Value?
    ) throws(InvalidInput) -> [Value] {
        var values: [Value] = []
        for entry in try entries(text) {
            guard let found = value(entry) else {
                let near = NearestNames.nearest(to: entry, among: names)
                let hint =
                    near.isEmpty
                    ? "supported: \(names.joined(separator: ", "))" : "similar: \(near.joined(separator: ", "))"
                throw InvalidInput("unknown \(what) '\(entry)'; \(hint)")
            }
            values.append(found)
        }
        return values
    }

    /// - Throws: ``InvalidInput`` if an entry is not an account ID.
    public static func accountIDs(_ text: String) throws(InvalidInput) -> [String] {
        let ids = try entries(text)
        guard ids.allSatisfy(AccountID.isValid) else {
            throw InvalidInput("it is not an account ID, which has twelve digits")
        }
        return ids
    }

    /// - Throws: ``InvalidInput`` if a practice is unknown.
    public static func practices(_ text: String) throws(InvalidInput) -> [Practice] {
        try values(text, "practice", of: Practice.all.map(\.id)) { Practice(id: $0) }
    }

    /// - Throws: ``InvalidInput`` if no check reads data of a service.
    public static func services(_ text: String) throws(InvalidInput) -> [String] {
        let services = CheckSelection.services
        return try values(text, "service", of: services) { services.contains($0) ? $0 : nil }
    }

    /// - Throws: ``InvalidInput`` if a status is unknown.
    public static func statuses(_ text: String) throws(InvalidInput) -> [Finding.Status] {
        try values(text, "status", of: Finding.Status.typedNames) { Finding.Status.named($0) }
    }
}
