/// Another catalogue's name for the condition that a check evaluates.
public struct Reference: Sendable, Hashable, CustomStringConvertible {
    /// The catalogue's prefix on the command line: `prowler`, `securityhub`, `config`, `cis`.
    public var catalogue: String
    public var id: String
    /// The catalogue's own value of the threshold that the check's setting has, if it is not Parapet's default.
    public var limit: Int?

    public init(catalogue: String, id: String) {
        self.catalogue = catalogue
        self.id = id
    }

    public static func prowler(_ id: String) -> Reference { Reference(catalogue: "prowler", id: id) }
    /// A control of AWS Security Hub, such as `CloudTrail.4`.
    public static func securityHub(_ id: String) -> Reference { Reference(catalogue: "securityhub", id: id) }
    /// A managed rule of AWS Config, such as `cloud-trail-log-file-validation-enabled`.
    public static func config(_ id: String) -> Reference { Reference(catalogue: "config", id: id) }
    /// A recommendation of the CIS AWS Foundations Benchmark, by the benchmark's version and its number there.
    public static func cis(_ version: String, _ number: String) -> Reference {
        Reference(catalogue: "cis", id: "\(version)/\(number)")
    }

    /// The same with another threshold than Parapet's default.
    public func judging(by limit: Int) -> Reference {
        var reference = self
        reference.limit = limit
        return reference
    }

    /// The identifier of a managed rule of AWS Config, such as `S3_BUCKET_SSL_REQUESTS_ONLY`.
    ///
    /// Source: AWS Config Developer Guide, "List of AWS Config Managed Rules", each rule's page.
    var ruleIdentifier: String? {
        guard catalogue == "config" else { return nil }
        return Self.otherIdentifiers[id] ?? id.uppercased().split(separator: "-").joined(separator: "_")
    }

    /// The identifiers that are not the rule's name.
    private static let otherIdentifiers = [
        "cloudtrail-enabled": "CLOUD_TRAIL_ENABLED", "restricted-ssh": "INCOMING_SSH_DISABLED",
        "multi-region-cloudtrail-enabled": "MULTI_REGION_CLOUD_TRAIL_ENABLED",
        "restricted-common-ports": "RESTRICTED_INCOMING_TRAFFIC",
    ]

    /// The page on the web that is about it, or about its catalogue.
    public var address: String? {
        switch catalogue {
        case "prowler": return "https://hub.prowler.com/check/\(id)"
        case "config": return "https://docs.aws.amazon.com/config/latest/developerguide/\(id).html"
        case "cis": return "https://www.cisecurity.org/benchmark/amazon_web_services"
        case "securityhub":
            let parts = id.lowercased().split(separator: ".")
            guard parts.count == 2 else { return nil }
            let page = "https://docs.aws.amazon.com/securityhub/latest/userguide/\(parts[0])-controls.html"
            return "\(page)#\(parts[0])-\(parts[1])"
        default: return nil
        }
    }

    /// The name as `--check` accepts it: `securityhub:CloudTrail.4`, `cis:3.0/3.2`.
    public var description: String { "\(catalogue):\(id)" }
}
