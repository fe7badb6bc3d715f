import Basics
import AWSClient
public import FoundationEssentials

/// Why a credential report cannot be read.
public struct CredentialReportError: Error, CustomStringConvertible, Sendable {
    public var reason: String
    public var description: String { reason }
}

extension CredentialReport {
    /// Reads the CSV document that `GetCredentialReport` returns.
    ///
    /// Source: the IAM User Guide, "Generate credential reports for your AWS account" (the columns, and `N/A`,
    /// `no_information` and `not_supported` for values that do not exist or are not reported).
    /// - Throws: ``CredentialReportError`` if a column is missing or a row is cut off: the checks would otherwise miss
    ///   a user.
    public init(csv bytes: [UInt8], generatedAt: Date? = nil) throws(CredentialReportError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CredentialReportError(reason: "it is not UTF-8")
        }
        var lines = text.split(whereSeparator: \.isNewline)
        guard !lines.isEmpty else { throw CredentialReportError(reason: "it is empty") }
        let columns = lines.removeFirst().split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for required in Row.requiredColumns where !columns.contains(required) {
            throw CredentialReportError(reason: "the column \(required) is missing")
        }
        var root: UserCredentials?
        var users: [UserCredentials] = []
        for (index, line) in lines.enumerated() {
            let row = try Row(line, columns: columns, number: index + 2)
            let credentials = try UserCredentials(row)
            if credentials.name == "<root_account>" {
                root = credentials
            } else {
                users.append(credentials)
            }
        }
        self.init(generatedAt: generatedAt, root: root, users: users.sorted { $0.name < $1.name })
    }
}

/// One line of the report by its columns' names.
private struct Row {
    static let requiredColumns = [
        "user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed",
        "mfa_active", "access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date",
        "access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date",
    ]

    private var fields: [String: String]
    private var number: Int

    /// Splits the line. The report does not quote commas, and they can occur in three places: in a user's name (in the
    /// name column and in the ARN), in the ARN's path, and in the last column's text.
    init(_ line: Substring, columns: [String], number: Int) throws(CredentialReportError) {
        let values = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard columns.starts(with: ["user", "arn"]), let (name, arn, width) = Self.identity(values) else {
            throw CredentialReportError(reason: "line \(number) does not begin with a user and its ARN")
        }
        var rest = Array(values[width...])
        let expected = columns.count - 2
        if columns.last == "additional_credentials_info", rest.count > expected {
            rest = rest[..<(expected - 1)] + [rest[(expected - 1)...].joined(separator: ",")]
        }
        guard rest.count == expected else {
            throw CredentialReportError(reason: "line \(number) has \(rest.count + 2) columns, not \(columns.count)")
        }
        fields = Dictionary(zip(columns, [name, arn] + rest)) { first, _ in first }
        self.number = number
    }

    /// The name and the ARN at the start of the line, and the number of comma-separated pieces that they take. A name
    /// contains no colon, the ARN ends with the name, and the time of creation follows: the name may also be a folder in
    /// the ARN's path.
    private static func identity(_ values: [String]) -> (name: String, arn: String, width: Int)? {
        guard let first = values.firstIndex(where: { $0.hasPrefix("arn:") }) else { return nil }
        let name = values[..<first].joined(separator: ",")
        for last in values[first...].indices {
            let arn = values[first...last].joined(separator: ",")
            guard arn.hasSuffix("/" + name) || name == "<root_account>" else { continue }
            let next = last + 1 < values.endIndex ? values[last + 1] : ""
            if absent.contains(next) || Moment(answer: next) != nil { return (name, arn, last + 1) }
        }
        return nil
    }

    private static let absent: Set = ["N/A", "no_information", "not_supported", ""]

    /// `nil` if the value does not exist or is not reported.
    func text(_ column: String) -> String? {
        guard let value = fields[column], !Self.absent.contains(value) else {
            return nil
        }
        return value
    }

    func flag(_ column: String) throws(CredentialReportError) -> Bool? {
        switch text(column)?.lowercased() {
        case nil: return nil
        case "true": return true
        case "false": return false
        case let other?: throw unreadable(column, other)
        }
    }

    /// Always present for an access key: whether it is active.
    func requiredFlag(_ column: String) throws(CredentialReportError) -> Bool {
        guard let flag = try flag(column) else { throw unreadable(column, fields[column] ?? "") }
        return flag
    }

    func date(_ column: String) throws(CredentialReportError) -> Date? {
        guard let text = text(column) else { return nil }
        guard let date = Moment(answer: text)?.date else { throw unreadable(column, text) }
        return date
    }

    private func unreadable(_ column: String, _ value: String) -> CredentialReportError {
        CredentialReportError(reason: "line \(number), \(column): \(value.prefix(40))")
    }
}

extension UserCredentials {
    fileprivate init(_ row: Row) throws(CredentialReportError) {
        var keys: [AccessKey] = []
        var certificates: [Certificate] = []
        for number in 1...2 {
            keys.append(
                AccessKey(
                    number: number, isActive: try row.requiredFlag("access_key_\(number)_active"),
                    lastRotated: try row.date("access_key_\(number)_last_rotated"),
                    lastUsed: try row.date("access_key_\(number)_last_used_date"),
                    lastUsedRegion: row.text("access_key_\(number)_last_used_region"),
                    lastUsedService: row.text("access_key_\(number)_last_used_service")))
            certificates.append(
                Certificate(
                    number: number, isActive: try row.flag("cert_\(number)_active") ?? false,
                    lastRotated: try row.date("cert_\(number)_last_rotated")))
        }
        self.init(
            name: row.text("user") ?? "", arn: row.text("arn") ?? "",
            createdAt: try row.date("user_creation_time"),
            password: Password(
                isEnabled: try row.flag("password_enabled"), lastUsed: try row.date("password_last_used"),
                lastChanged: try row.date("password_last_changed")),
            hasMFA: try row.flag("mfa_active") ?? false, accessKeys: keys, signingCertificates: certificates)
        additionalCredentialsInfo = row.text("additional_credentials_info")
    }
}
