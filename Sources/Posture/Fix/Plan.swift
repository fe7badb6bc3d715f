import AWSClient
import Basics

/// The changes to one account, for a person to review and for `fix apply` to make. The same account, criteria and
/// findings give the same plan.
public struct Plan: Sendable, Hashable, Codable {
    public static let schema = "parapet.plan/1"

    public var schema = Plan.schema
    /// The version of Parapet that made the plan.
    public var parapet: String
    public var account: String
    public var partition: String
    /// The Region in which global services are called.
    public var region: String
    /// The name of the role in the account that the caller assumed; `nil` if the credentials are of the account.
    public var role: String?
    /// The ARN of the principal that made the plan.
    public var caller: String
    /// The time at which the account was read, in ISO 8601.
    public var scanned: String
    /// The settings with which the findings were evaluated, and with which they are evaluated again after the changes.
    public var settings: Settings
    /// The run that this plan undoes.
    public var undoes: String?
    /// The run whose later stages this plan contains.
    public var continues: String?
    public var steps: [Step]
    public var leftOut: [LeftOut]
    /// The IAM actions that applying and undoing the plan require.
    public var permissions: [String]

    /// A failing finding for which the plan has no step.
    public struct LeftOut: Sendable, Hashable, Codable {
        public var check: String
        public var resource: String
        public var reason: String
        /// Instructions for a person, line by line.
        public var byHand: [String]

        public init(check: String, resource: String, reason: String, byHand: [String] = []) {
            self.check = check
            self.resource = resource
            self.reason = reason
            self.byHand = byHand
        }
    }

    public init(
        parapet: String, account: String, partition: String, region: String, role: String? = nil, caller: String,
        scanned: String, settings: Settings, undoes: String? = nil, continues: String? = nil, steps: [Step],
        leftOut: [LeftOut] = []
    ) {
        self.parapet = parapet
        self.account = account
        self.partition = partition
        self.region = region
        self.role = role
        self.caller = caller
        self.scanned = scanned
        self.settings = settings
        self.undoes = undoes
        self.continues = continues
        self.steps = steps
        self.leftOut = leftOut
        permissions = steps.reduce(into: Set<String>()) { $0.formUnion($1.permissions) }.sorted()
    }
}
