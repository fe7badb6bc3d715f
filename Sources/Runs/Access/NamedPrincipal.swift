import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// The principal in a question: an IAM user or role, or a session of a role.
struct NamedPrincipal {
    /// The index of the principal in the landscape.
    let number: Int
    /// The given text if it names a session of the role.
    let session: String?

    /// - Throws: ``Failure`` with the nearest names if no principal has that name; `Unknown` if the users and roles
    ///   could not be read.
    init(_ text: String, in landscape: Landscape) throws {
        if let role = Self.role(ofSession: text) {
            let named = landscape.principals.firstIndex { principal in
                principal.kind == .role && principal.name == role.name && principal.accountID == role.account
            }
            session = text
            number = try named ?? Self.number("arn:\(role.partition):iam::\(role.account):role/\(role.name)", landscape)
        } else {
            session = nil
            number = try Self.number(text, landscape)
        }
    }

    private static func number(_ text: String, _ landscape: Landscape) throws -> Int {
        do throws(Unknown) {
            return try landscape.principal(named: text)
        } catch {
            guard error.reason == .notFound else { throw error }
            throw Failure("'\(text)' cannot be evaluated", why: error.detail, advice: advice(text, landscape))
        }
    }

    private static func advice(_ text: String, _ landscape: Landscape) -> String {
        let isARN = Basics.ARN(text) != nil
        let names = landscape.principals.map {
            isARN ? $0.arn : text.contains("/") ? "\($0.kind.rawValue)/\($0.name)" : $0.name
        }
        let nearest = Basics.NearestNames.nearest(to: text, among: names)
        return nearest.isEmpty
            ? "use a user or role of the scanned accounts" : "similar: \(nearest.joined(separator: ", "))"
    }

    /// Returns the role of a session: `arn:PARTITION:sts::ACCOUNT:assumed-role/NAME/SESSION`.
    private static func role(ofSession text: String) -> (partition: Substring, account: String, name: String)? {
        guard let arn = Basics.ARN(text), arn.service == "sts" else { return nil }
        let parts = arn.resource.split(separator: "/", maxSplits: 2)
        guard parts.count >= 2, parts[0] == "assumed-role" else { return nil }
        return (arn.partition, String(arn.account), String(parts[1]))
    }
}
