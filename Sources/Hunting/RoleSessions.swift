internal import Basics
internal import LogReaders

/// Sessions in the values that alerts are grouped by.
enum RoleSessions {
    private static let service = Array(":sts::".utf8)
    private static let person = Array(":assumed-role/AWSReservedSSO_".utf8)

    /// Values without the names of sessions, so that all sessions of a role have the same. The caller of `AssumeRole` or
    /// `GetFederationToken` chooses the name (AWS STS API reference), so a new name is no new party. The sessions of IAM
    /// Identity Center's roles are named by their users, so these names stay.
    /// - Parameters:
    ///   - values: values with zeros between them.
    ///   - body: receives the same without the names.
    static func withoutNames<Result>(_ values: Bytes, _ body: (Bytes) -> Result) -> Result {
        // Alerts are many, and no other values name a session.
        guard values.firstPlace(of: service) != nil else { return body(values) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: values.count) { buffer in
            var end = 0
            for value in values.split(separator: 0, omittingEmptySubsequences: false) {
                if value.startIndex > 0 { end = buffer[end...].initialize(fromContentsOf: CollectionOfOne(0)) }
                end = buffer[end...].initialize(fromContentsOf: withoutName(Bytes(rebasing: value)))
            }
            return body(Bytes(rebasing: buffer[..<end]))
        }
    }

    private static func withoutName(_ value: Bytes) -> Bytes {
        guard value.firstPlace(of: service) != nil, value.starts(with: "arn:".utf8),
            value.firstPlace(of: person) == nil, let slash = value.lastIndex(of: UInt8(ascii: "/"))
        else { return value }
        return Bytes(rebasing: value[..<slash])
    }
}
