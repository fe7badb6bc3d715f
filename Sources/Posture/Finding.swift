public import AWSClient
public import Basics
public import Inventory

/// A check's verdict on one resource, as reports show it.
public struct Finding: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, CaseIterable, Codable {
        case pass
        case fail
        /// A fact that the verdict needs could not be read.
        case unknown
        /// A person must decide.
        case manual
        /// It fails or is unknown, and the user has accepted that.
        case muted
        /// The account has nothing that the check evaluates.
        case notApplicable
    }

    public var status: Status
    public var region: String
    public var resource: Resource
    public var message: String
    public var evidence: [Evidence]
    private var origin: Shared<Origin>
    private var doubt: Shared<Unknown>?

    /// The properties that all findings of a check in an account share.
    struct Origin: Sendable, Hashable {
        var check: String
        var practice: Practice
        var severity: Severity
        var account: String
    }

    init(of origin: Shared<Origin>, on resource: Resource, in region: String, _ judgement: Judgement) {
        self.origin = origin
        self.resource = resource
        self.region = region
        status = judgement.status
        message = judgement.message
        evidence = judgement.evidence
        doubt = judgement.doubt
    }

    init(
        check: String, practice: Practice, severity: Severity, status: Status, account: String, region: String,
        resource: Resource, message: String, evidence: [Evidence], unknown: Unknown? = nil
    ) {
        self.init(
            of: Shared(Origin(check: check, practice: practice, severity: severity, account: account)), on: resource,
            in: region, Judgement(status: status, message: message, evidence: evidence, unknown: unknown))
    }

    public var check: String { origin.value.check }
    public var practice: Practice { origin.value.practice }
    public var severity: Severity { origin.value.severity }
    public var account: String {
        get { origin.value.account }
        set { origin.value.account = newValue }
    }

    /// The reason why the status is unknown.
    public var unknown: Unknown? {
        get { doubt?.value }
        set { doubt = newValue.map { Shared($0) } }
    }
}

/// The resource that a finding is about. Many findings share one.
public struct Resource: Sendable, Hashable {
    private let names: Shared<Names>

    private struct Names: Sendable, Hashable {
        var type: String
        var id: String
        var arn: String
        var name: String?
    }

    public init(type: String, id: String, arn: String, name: String? = nil) {
        names = Shared(Names(type: type, id: id, arn: arn, name: name))
    }

    /// CloudFormation's name for the type, such as `AWS::CloudTrail::Trail`.
    public var type: String { names.value.type }
    /// AWS's own id: the name if it is unique, else an id such as `sg-…`.
    public var id: String { names.value.id }
    public var arn: String { names.value.arn }
    /// The name that people gave it, if its id means nothing to them.
    public var name: String? { names.value.name }

    /// The same for all copies of this value while one of them exists. Equal resources can have different identities.
    public var identity: ObjectIdentifier { names.identity }
}

/// One fact that a verdict rests on.
public struct Evidence: Sendable, Hashable, Codable {
    /// AWS's own name for the fact, such as `LogFileValidationEnabled`.
    public var fact: String
    public var value: JSON
    public var source: Source
    /// The subject of the call, if it is not the finding's resource: a bucket, the ARN of a key or trail, or one of the
    /// resource's inline policies.
    public var subject: String?
    /// The path of the fact in the answer about the subject, in JMESPath. It is `nil` if the fact is under its own
    /// name, and empty if the value only states what the answer shows.
    public var path: String?
    private var doubt: Shared<Unknown>?

    /// The reason why the fact could not be read; the value explains it then. The verdict stands without the fact.
    public var unknown: Unknown? { doubt?.value }

    private enum CodingKeys: CodingKey {
        case fact, value, source, subject, path
    }

    /// The source of a fact.
    public enum Source: Sendable, Hashable {
        /// The API call that shows the fact, such as `cloudtrail:DescribeTrails`.
        case call(String)
        /// The user's configuration.
        case settings
        /// Parapet's own value of a setting, which the configuration does not change.
        case `default`
        /// Parapet's evaluation of several facts.
        case derived
    }

    public init(_ fact: String, _ value: JSON, from source: Source) {
        self.fact = fact
        self.value = value
        self.source = source
    }

    public init(_ fact: String, _ value: JSON, from operation: AWSClient.Operation) {
        self.init(fact, value, from: .call(operation.description))
    }

    /// A fact that could not be read, beside a verdict that stands without it.
    public static func unread(_ fact: String, _ unknown: Unknown, from operation: AWSClient.Operation) -> Evidence {
        Evidence(fact, .string(unknown.explanation), from: operation).at("").because(unknown)
    }

    /// The same with the reason why the fact could not be read.
    public func because(_ unknown: Unknown?) -> Evidence {
        var evidence = self
        evidence.doubt = unknown.map { Shared($0) }
        return evidence
    }

    /// A fact of the account's identities, which one call lists.
    /// - Parameters:
    ///   - path: as ``path``.
    ///   - policy: the inline policy to which the fact belongs.
    public static func identity(
        _ fact: String, _ value: JSON, at path: String? = nil, inline policy: String? = nil
    ) -> Evidence {
        var evidence = Evidence(fact, value, from: .getAccountAuthorizationDetails)
        (evidence.path, evidence.subject) = (path, policy)
        return evidence
    }

    /// The same with another ``subject`` than the finding's resource.
    public func about(_ subject: String) -> Evidence {
        var evidence = self
        evidence.subject = subject
        return evidence
    }

    /// The same with a ``path``.
    public func at(_ path: String) -> Evidence {
        var evidence = self
        evidence.path = path
        return evidence
    }
}

extension Evidence.Source: CustomStringConvertible, Codable {
    /// The call, or `settings`, `default` or `derived`.
    public var description: String {
        switch self {
        case .call(let call): call
        case .settings: "settings"
        case .default: "default"
        case .derived: "derived"
        }
    }

    public init(from decoder: any Decoder) throws {
        switch try decoder.singleValueContainer().decode(String.self) {
        case "settings": self = .settings
        case "default": self = .default
        case "derived": self = .derived
        case let call: self = .call(call)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A check's verdict on one resource. The evaluator makes a ``Finding`` of it.
public struct Verdict: Sendable {
    public var resource: Resource
    /// The region of the resource; `nil` if it is global to the account.
    public var region: String?
    public var judgement: Judgement

    public init(on resource: Resource, in region: String? = nil, _ judgement: Judgement) {
        self.resource = resource
        self.region = region
        self.judgement = judgement
    }

    /// The verdict that `judge` gives, or an unknown one if it meets an unknown fact.
    public init(
        on resource: Resource, in region: String? = nil, _ judge: () throws(Unknown) -> Judgement
    ) {
        do throws(Unknown) {
            self.init(on: resource, in: region, try judge())
        } catch {
            self.init(on: resource, in: region, .unknown(error))
        }
    }

    /// As above; `nil` if `judge` finds nothing to evaluate.
    public init?(
        on resource: Resource, in region: String? = nil, ifAny judge: () throws(Unknown) -> Judgement?
    ) {
        do throws(Unknown) {
            guard let judgement = try judge() else { return nil }
            self.init(on: resource, in: region, judgement)
        } catch {
            self.init(on: resource, in: region, .unknown(error))
        }
    }
}

/// The status with the reason and the evidence for it.
public struct Judgement: Sendable {
    public var status: Finding.Status
    public var message: String
    public var evidence: [Evidence]
    fileprivate(set) var doubt: Shared<Unknown>?

    init(status: Finding.Status, message: String, evidence: [Evidence], unknown: Unknown? = nil) {
        self.status = status
        self.message = message
        self.evidence = evidence
        doubt = unknown.map { Shared($0) }
    }

    public var unknown: Unknown? { doubt?.value }

    public static func pass(_ message: String, _ evidence: Evidence...) -> Judgement {
        Judgement(status: .pass, message: message, evidence: evidence)
    }

    public static func fail(_ message: String, _ evidence: Evidence...) -> Judgement {
        Judgement(status: .fail, message: message, evidence: evidence)
    }

    public static func pass(_ message: String, _ evidence: [Evidence]) -> Judgement {
        Judgement(status: .pass, message: message, evidence: evidence)
    }

    public static func fail(_ message: String, _ evidence: [Evidence]) -> Judgement {
        Judgement(status: .fail, message: message, evidence: evidence)
    }

    /// A person must decide, by the evidence.
    public static func manual(_ message: String, _ evidence: [Evidence]) -> Judgement {
        Judgement(status: .manual, message: message, evidence: evidence)
    }

    /// It fails as `message` says, unless a fact that could not be read prevents that.
    public static func unknown(_ message: String, unless unknown: Unknown, _ evidence: [Evidence]) -> Judgement {
        Judgement(
            status: .unknown, message: "\(message), unless what could not be read denies it (\(unknown.explanation))",
            evidence: evidence, unknown: unknown)
    }

    /// There is nothing to evaluate.
    public static func notApplicable(_ message: String, _ evidence: Evidence) -> Judgement {
        Judgement(status: .notApplicable, message: message, evidence: [evidence])
    }

    public static func unknown(_ unknown: Unknown) -> Judgement {
        Judgement(status: .unknown, message: unknown.explanation, evidence: [], unknown: unknown)
    }
}
