import Basics
import IAMPolicy
import Inventory

/// The owners of the trails for which the conditions of a statement let CloudTrail act.
///
/// Source: IAM User Guide, "The confused deputy problem"; AWS CloudTrail User Guide, "Amazon S3 bucket policy for
/// CloudTrail" and "Configure AWS KMS key policies for CloudTrail".
struct TrailOwners {
    static let source = ["aws:SourceArn", "aws:SourceAccount"]
    static let encryptionContext = "kms:EncryptionContext:aws:cloudtrail:arn"

    /// The owners that a statement allows besides the owners of the account's own trails.
    enum Others: Equatable {
        case anybody
        case account(String)
    }

    private let statement: Statement
    /// The accounts that own the account's trails: for an organization trail, the management account.
    private let own: Set<String>

    init(of statement: Statement, besides trails: [Trail]) {
        self.statement = statement
        own = Set(trails.map(\.accountID))
    }

    /// Returns the other owners that the statement allows, as far as these keys decide it; `nil` if there are none.
    ///
    /// All pins must hold at once, so one that allows only the own trails is enough. A pin that excludes the own trails
    /// is a grant to another account or an error, whatever the other pins say.
    func others(pinnedBy keys: [String]) -> Others? {
        let pins = keys.compactMap(owners)
        for pin in pins where !pin.contains(where: { $0 == nil || isOwn($0) }) {
            return .account(pin.compactMap { $0 }.first ?? "")
        }
        if pins.contains(where: { $0.allSatisfy(isOwn) }) { return nil }
        let named = pins.first { !$0.contains(nil) }?.compactMap { $0 }
        return named?.first { !own.contains($0) }.map { .account($0) } ?? .anybody
    }

    /// Whether the statement applies to the trails of certain organizations only.
    var areOfOrganization: Bool {
        isPinned("aws:SourceOrgID", where: isFixed)
            || isPinned("aws:SourceOrgPaths") { isFixed(String($0.prefix { $0 != "/" })) }
    }

    /// Returns the account that each value of the key names (`nil` for any account); no list if the key is not pinned.
    private func owners(pinnedBy key: String) -> [String?]? {
        guard let values = statement.pinnedValues(of: key), !values.isEmpty else { return nil }
        return values.map { value in
            if key == "aws:SourceAccount" { return isFixed(value) ? value : nil }
            return ARN(value)?.accountID
        }
    }

    private func isOwn(_ account: String?) -> Bool { account.map(own.contains) ?? false }

    private func isPinned(_ key: String, where isNarrow: (String) -> Bool) -> Bool {
        guard let values = statement.pinnedValues(of: key) else { return false }
        return !values.isEmpty && values.allSatisfy(isNarrow)
    }

    private func isFixed(_ value: String) -> Bool {
        !value.isEmpty && !value.contains { $0 == "*" || $0 == "?" || $0 == "$" }
    }
}

extension TrailOwners.Others: CustomStringConvertible {
    /// `trails of any account`, `trails of account 999999999999`
    var description: String {
        switch self {
        case .anybody: "trails of any account"
        case .account(let id): "trails of account \(id)"
        }
    }
}

extension Statement {
    /// Title of the statement at the beginning of a message.
    var title: String { sid.map { "Statement \($0)" } ?? "A statement" }
}
