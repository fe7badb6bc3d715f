import Basics

/// Requests of strangers to a statement: principals of accounts that the conditions do not name, in another organization
/// or in none, and callers without an account; each over the internet, and over an endpoint of a VPC of their own.
///
/// A value with wildcards can hold for some strangers alone, such as those with a role of a certain name or those whose
/// account begins with certain digits. So each such value also makes strangers for whom it holds. Values about the
/// source of a service's request make services that act for strangers.
///
/// Source: IAM User Guide, "AWS global condition context keys", and "Principal key values" in "IAM policy elements:
/// Variables and tags"; only the IDs of organizations are unique everywhere, those of their roots and units are not
/// (`aws:PrincipalOrgPaths`).
struct Strangers {
    private let conditions: [PolicyCondition]
    private let account: String
    private let isOpenToAnonymous: Bool
    /// The keys with the ARN of what a service acts for.
    private let sources: [String]

    /// - Parameters:
    ///   - grant: The statement that strangers may use.
    ///   - denials: The statements that may deny it to them.
    ///   - account: The account of the resource.
    init(
        to grant: Statement, under denials: [Statement], in account: String, isOpenToAnonymous: Bool,
        sources: [String] = ["aws:SourceArn"]
    ) {
        self.sources = sources
        conditions = ([grant] + denials).flatMap(\.conditions)
        self.account = account
        self.isOpenToAnonymous = isOpenToAnonymous
    }

    /// The number of requests beyond which nothing is supposed of a stranger. Policies in use need a few dozen.
    private static let bound = 4_096

    /// What is known of each request. All other keys are unknown.
    var requests: [RequestContext] {
        // The conditions are about too many things to try them all.
        let untried = [RequestContext().incomplete]
        guard !areTooMany else { return untried }
        var requests: [RequestContext] = []
        for id in accounts {
            let callers = callers(of: id)
            let networks = networks(of: id)
            for organization in organizations {
                let own = known.adding(organization.context("Principal"))
                let ways = [Self.internet] + networks.map { $0.adding(organization.context("Vpce")) }
                for way in ways { requests += callers.map { own.adding(way).adding($0).incomplete } }
                requests += services(for: id, in: organization)
                if requests.count > Self.bound { return untried }
            }
        }
        return requests
    }

    /// Whether the callers and networks of one account are more than the bound, by the number of patterns.
    private var areTooMany: Bool {
        let principals = open("aws:PrincipalArn").count
        let callers = (principals * principals + 1) * (open("aws:userid").count + 1)
        let networks = open("aws:SourceVpc").count + open("aws:SourceVpcArn").count + 1
        return callers * networks * (open("aws:SourceVpce").count + 1) > Self.bound
    }

    private var known: RequestContext {
        [
            "aws:PrincipalIsAWSService": "false", "aws:PrincipalServiceName": .several([]),
            "aws:SourceAccount": .several([]), "aws:SourceArn": .several([]), "aws:SourceOrgID": .several([]),
            "aws:SourceOrgPaths": .several([]), "aws:ResourceAccount": .single(account),
        ]
    }

    // MARK: - Accounts and organizations

    var accounts: [String] {
        let patterns =
            values(of: ["aws:PrincipalAccount", "kms:CallerAccount", "aws:SourceAccount", "aws:VpceAccount"])
            + values(of: ["aws:PrincipalArn", "aws:SourceVpcArn"] + sources).compactMap {
                ARN($0).map { String($0.account) }
            }
        let named = conditions.flatMap(\.values).joined(separator: " ")
        let unnamed = (1...).lazy.map { "99999999\(1000 + $0)" }.first { $0 != account && !named.contains($0) }
        let fitting = patterns.compactMap { pattern in
            ["9", "8", "7"].lazy.map { digit in
                let missing = max(0, 12 - pattern.count { $0 != "*" })
                return pattern.filled(String(repeating: digit, count: missing), one: digit)
            }.first { AccountID.isValid($0) && $0 != account && !patterns.contains($0) }
        }
        return [unnamed ?? account] + Set(fitting).sorted()
    }

    enum Organization {
        case none
        case path(String)
        /// Conditions are about organizations in a form that no example was found for.
        case unknown

        /// - Parameter owner: what belongs to it, as the names of the keys begin.
        func context(_ owner: String) -> RequestContext {
            let (id, paths) = ("aws:\(owner)OrgID", "aws:\(owner)OrgPaths")
            return switch self {
            case .none: [id: .several([]), paths: .several([])]
            case .path(let path): [id: .single(String(path.prefix { $0 != "/" })), paths: .several([path])]
            case .unknown: [:]
            }
        }
    }

    var organizations: [Organization] {
        let patterns =
            values(of: ["aws:PrincipalOrgID", "aws:VpceOrgID", "aws:SourceOrgID"]).map { "\($0)/r-aaaa/" }
            + values(of: ["aws:PrincipalOrgPaths", "aws:VpceOrgPaths", "aws:SourceOrgPaths"])
        let named = Set(patterns.map { $0.prefix { $0 != "/" } })
        let open = patterns.filter { $0.prefix { $0 != "/" }.hasWildcards }
        func paths(_ pattern: String, by fillers: [String]) -> [String] {
            fillers.map { pattern.filled($0, one: "0") }
                .filter { $0.hasPrefix("o-") && !named.contains($0.prefix { $0 != "/" }) }
        }
        // Several conditions may be about one organization: its ID has one pattern, and its path another.
        let ids = Set(open.flatMap { paths($0, by: ["stranger00"]) }.map { $0.prefix { $0 != "/" } }).sorted()
        let fitting = open.flatMap { pattern -> [Organization] in
            let paths = paths(pattern, by: ["stranger00", "o-stranger00"] + ids.map { String($0) })
            return paths.isEmpty ? [.unknown] : paths.map { .path($0) }
        }
        return [.none, .path("o-stranger00/r-aaaa/")] + fitting
    }

    // MARK: - Callers

    private func callers(of id: String) -> [RequestContext] {
        let usual = [
            "arn:aws:iam::\(id):user/user", "arn:aws:iam::\(id):role/role", "arn:aws:iam::\(id):root",
            "arn:aws:sts::\(id):federated-user/user",
        ]
        let patterns = open("aws:PrincipalArn")
        // Several conditions may be about one name: role/deploy-* and role/*-prod.
        let names = patterns.map { pattern in
            let name = ARN(pattern)?.resourceID ?? pattern.split(separator: "/").last ?? ""
            return String(name).filled("", one: "x")
        }
        let callers =
            usual.map { caller($0, of: id) }
            + patterns.flatMap { pattern -> [RequestContext] in
                let arns = (["stranger"] + names).compactMap { principal(pattern, of: id, named: $0) }
                if arns.isEmpty, ARN(pattern) == nil { return [["aws:PrincipalAccount": .single(id)]] }
                return Set(arns).sorted().map { caller($0, of: id) }
            }
        let users = open("aws:userid").map { $0.filled("STRANGER", one: "X") }
        return callers + users.flatMap { user in callers.map { $0.adding(["aws:userid": .single(user)]) } }
            + (isOpenToAnonymous ? [Self.anonymous] : [])
    }

    private static let anonymous: RequestContext = [
        "aws:PrincipalAccount": .several([]), "aws:PrincipalArn": .several([]), "aws:PrincipalType": "Anonymous",
        "aws:userid": "anonymous", "aws:PrincipalOrgID": .several([]), "aws:PrincipalOrgPaths": .several([]),
    ]

    private func caller(_ arn: String, of id: String) -> RequestContext {
        let (type, user) =
            switch ARN(arn)?.resourceType {
            case "user"?: ("User", "AIDASTRANGER000000000")
            case "role"?, "assumed-role"?: ("AssumedRole", "AROASTRANGER000000000:session")
            case "federated-user"?: ("FederatedUser", "\(id):user")
            default: ("Account", id)
            }
        return [
            "aws:PrincipalAccount": .single(id), "kms:CallerAccount": .single(id), "aws:PrincipalArn": .single(arn),
            "aws:PrincipalType": .single(type), "aws:userid": .single(user),
        ]
    }

    /// Services that act for a stranger, if a condition about the source allows some strangers.
    private func services(for id: String, in organization: Organization) -> [RequestContext] {
        let arns = open("aws:SourceArn")
        let others = open("aws:SourceAccount") + open("aws:SourceOrgID") + open("aws:SourceOrgPaths")
        guard !arns.isEmpty || !others.isEmpty else { return [] }
        let service = Self.internet.adding(organization.context("Source")).adding([
            "aws:PrincipalIsAWSService": "true", "aws:PrincipalAccount": .several([]),
            "aws:PrincipalArn": .several([]), "aws:PrincipalOrgID": .several([]),
            "aws:PrincipalOrgPaths": .several([]), "aws:userid": .several([]), "kms:CallerAccount": .several([]),
            "aws:SourceAccount": .single(id), "aws:ResourceAccount": .single(account),
        ]).incomplete
        let sources = arns.compactMap { example(of: $0, in: id, beginning: "") } + ["arn:aws:sns:us-east-1:\(id):topic"]
        return sources.map { service.adding(["aws:SourceArn": .single($0)]) }
            + (arns.contains { ARN($0) == nil } ? [service] : [])
    }

    // MARK: - Networks

    private static let internet: RequestContext = [
        "aws:SourceVpc": .several([]), "aws:SourceVpce": .several([]), "aws:SourceVpcArn": .several([]),
        "aws:VpceAccount": .several([]), "aws:VpceOrgID": .several([]), "aws:VpceOrgPaths": .several([]),
    ]

    /// Networks of the account.
    private func networks(of id: String) -> [RequestContext] {
        let names = ["vpc-stranger"] + open("aws:SourceVpc").map { $0.filled("stranger", one: "0") }
        let arns =
            names.map { "arn:aws:ec2:us-east-1:\(id):vpc/\($0)" }
            + open("aws:SourceVpcArn").compactMap { example(of: $0, in: id, beginning: "vpc/") }
        let endpoints = ["vpce-stranger"] + open("aws:SourceVpce").map { $0.filled("stranger", one: "0") }
        return arns.flatMap { arn in
            endpoints.map { endpoint in
                [
                    "aws:SourceVpcArn": .single(arn),
                    "aws:SourceVpc": .single(ARN(arn).map { String($0.resourceID) } ?? arn),
                    "aws:SourceVpce": .single(endpoint), "aws:VpceAccount": .single(id), "aws:SourceIp": .several([]),
                ]
            }
        }
    }

    // MARK: - Examples of patterns

    /// The values of all conditions about the keys, with wildcards in place of variables.
    func values(of keys: [String]) -> [String] {
        let values = conditions.filter { condition in keys.contains(where: condition.isAbout) }.flatMap(\.values)
        return Set(values.map { $0.replacing(/\$\{[^}]*\}/, with: "*") }).sorted()
    }

    /// The values that do not name an account, an organization, a network, or a user.
    private func open(_ key: String) -> [String] {
        values(of: [key]).filter { !PublicAccessRules.callers.fixes($0, of: key) && $0[...].hasWildcards }
    }

    /// Returns the ARN of a principal of the account that the pattern matches; `nil` if none is found.
    private func principal(_ pattern: String, of id: String, named name: String) -> String? {
        if let example = example(of: pattern, in: id, beginning: "role/", named: name) { return example }
        // Under StringLike a wildcard reaches across colons.
        let beginning = pattern.prefix { $0 != "*" && $0 != "?" }
        return ["arn:aws:iam::\(id):role/", "arn:aws:iam::\(id):", "arn:aws:iam::\(id)"].lazy
            .filter { $0.hasPrefix(beginning) }
            .map { $0 + String(pattern.dropFirst(beginning.count + 1)).filled("", one: "x") }
            .first { ARN($0)?.accountID == id }
    }

    /// Returns an ARN of the account, or of one of its buckets, that the pattern of six fields matches.
    /// - Parameters:
    ///   - type: the beginning of the resource if the pattern leaves it open.
    ///   - name: what stands for the first wildcard of the resource.
    func example(of pattern: String, in id: String, beginning type: String, named name: String = "stranger") -> String?
    {
        guard let arn = ARN(pattern) else { return nil }
        let isOfBucket = arn.service == "s3" && arn.account.isEmpty
        guard isOfBucket || WildcardPattern(arn.account).matches(id) else { return nil }
        let name = arn.resource.hasPrefix("*") ? "\(type)\(name)" : name
        return ARN(
            partition: arn.partition.example("aws"), service: arn.service.example("iam"),
            region: arn.region.example("us-east-1"), account: isOfBucket ? "" : id,
            resource: String(arn.resource).filled(name, one: "x")
        ).description
    }
}

extension Substring {
    var hasWildcards: Bool { contains { $0 == "*" || $0 == "?" } }

    /// A text that the pattern matches: the usual one, if it matches any.
    fileprivate func example(_ usual: String) -> String { self == "*" ? usual : String(self).filled("", one: "x") }
}

extension String {
    /// The pattern with a text in place of its first `*`, nothing in place of the others, and a text for each `?`.
    func filled(_ text: String, one: String) -> String {
        let first = firstIndex(of: "*")
        return indices.map { index in
            switch self[index] {
            case "*": index == first ? text : ""
            case "?": one
            default: String(self[index])
            }
        }.joined()
    }
}
