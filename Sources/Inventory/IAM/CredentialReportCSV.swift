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
    /// `no_information` and `not_supported` for what does not exist or is not told).
    /// - Throws: ``CredentialReportError`` if a column is missing or a row is cut: a user who was left out
    ///   would otherwise pass unseen.
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

    /// User names may hold commas, which the report leaves bare: they stand once in the name and once in the ARN.
    init(_ line: Substring, columns: [String], number: Int) throws(CredentialReportError) {
        var values = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let extra = values.count - columns.count
        guard extra >= 0, extra.isMultiple(of: 2), columns.first == "user", columns.dropFirst().first == "arn" else {
            throw CredentialReportError(reason: "line \(number) has \(values.count) columns, not \(columns.count)")
        }
        if extra > 0 {
            let width = extra / 2 + 1
            let name = values[..<width].joined(separator: ",")
            let arn = values[width..<(2 * width)].joined(separator: ",")
            values.replaceSubrange(..<(2 * width), with: [name, arn])
        }
        fields = Dictionary(zip(columns, values)) { first, _ in first }
        self.number = number
    }

    /// `nil` for what does not exist or is not told.
    func text(_ column: String) -> String? {
        guard let value = fields[column], !["N/A", "no_information", "not_supported", ""].contains(value) else {
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

    /// Of a key it is always said whether it is active.
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
    }
}
