import ArgumentParser
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

extension AccountSelection {
    /// The accounts made ready to be asked, with no more read than the question takes.
    /// - Parameter resource: what is asked about, whose own policies are read with it.
    func landscape(
        about resource: String? = nil, facets: Set<Facet> = [], isRegional: Bool = false, _ verbosity: Verbosity
    ) async throws -> Landscape {
        let own = resource.map(ResourceReads.init) ?? ResourceReads()
        var reading = AccountReading(
            self, verbosity, facets: Landscape.reads.union(facets).union(own.facets))
        reading.buckets = own.buckets
        reading.keys = own.keys
        reading.isRegional = isRegional
        return Landscape(try await reading.snapshot().accounts)
    }
}

/// What must be read of a resource to know whom its own policies let in.
private struct ResourceReads {
    var facets: Set<Facet> = []
    var buckets: [String] = []
    var keys: [String] = []

    init() {}

    init(_ text: String) {
        guard let arn = ARN(text) else { return }
        switch arn.service {
        case "s3" where arn.account.isEmpty:
            facets = [.bucketPolicy, .bucketACL, .bucketPublicAccessBlock, .accountPublicAccessBlock]
            buckets = [String(arn.resource.prefix { $0 != "/" })]
        case "kms":
            facets = [.keyDescription, .keyPolicy, .keyGrants]
            keys = [text]
        default: break
        }
    }
}

/// The user or role that the user names.
struct PrincipalArgument {
    /// Its place in the landscape.
    let number: Int
    /// The text, where it names a session of the role.
    let session: String?

    /// - Throws: ``CommandFailure`` for a name that nobody has; ``Unknown`` where the users and roles could not be read.
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
            throw CommandFailure("'\(text)' cannot be asked about", why: error.detail, advice: advice(text, landscape))
        }
    }

    private static func advice(_ text: String, _ landscape: Landscape) -> String {
        let isARN = ARN(text) != nil
        let names = landscape.principals.map {
            isARN ? $0.arn : text.contains("/") ? "\($0.kind.rawValue)/\($0.name)" : $0.name
        }
        let nearest = NearestNames.nearest(to: text, among: names)
        return nearest.isEmpty
            ? "name a user or role of the accounts read" : "the nearest are \(nearest.joined(separator: ", "))"
    }

    /// `arn:PARTITION:sts::ACCOUNT:assumed-role/NAME/SESSION`
    private static func role(ofSession text: String) -> (partition: Substring, account: String, name: String)? {
        guard let arn = ARN(text), arn.service == "sts" else { return nil }
        let parts = arn.resource.split(separator: "/", maxSplits: 2)
        guard parts.count >= 2, parts[0] == "assumed-role" else { return nil }
        return (arn.partition, String(arn.account), String(parts[1]))
    }
}
