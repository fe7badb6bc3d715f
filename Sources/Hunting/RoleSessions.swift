internal import Basics
internal import LogReaders

/// Sessions in the values that alerts are grouped by.
enum RoleSessions {
    private static let service = Array(":sts::".utf8)
    private static let person = Array(":assumed-role/AWSReservedSSO_".utf8)

    /// Values without the names of sessions, so that all sessions of a role have the same. The caller of `AssumeRole` or
    /// `GetFederationToken` chooses the name (AWS STS API reference), so a new name is no new party. The sessions of IAM
    /// Identity Center's roles are named by their users, so these names stay.
    /// - Parameter values: values with zeros between them.
    static func withoutNames(_ values: Bytes) -> [UInt8] {
        var result: [UInt8] = []
        for value in values.split(separator: 0, omittingEmptySubsequences: false) {
            result += withoutName(Bytes(rebasing: value))
            result.append(0)
        }
        return result
    }

    private static func withoutName(_ value: Bytes) -> Slice<Bytes> {
        guard value.starts(with: "arn:".utf8), value.firstPlace(of: service) != nil,
            value.firstPlace(of: person) == nil, let slash = value.lastIndex(of: UInt8(ascii: "/"))
        else { return value[...] }
        return value[..<slash]
    }
}
