public import AWSClient
import Basics
import FoundationEssentials
public import Inventory

/// One kind of resource that checks evaluate one by one: how a reading lists the resources, and how a finding names
/// them.
///
/// A listing has an `unknown` verdict for each region or resource that could not be read, so that no check can forget
/// it.
public struct Each<Element: Sendable>: Sendable {
    /// A resource of a listing; its region is `nil` if it is global to the account.
    public typealias Item = (element: Element, resource: Resource, region: String?)
    /// The resources to evaluate, and the verdicts that need no evaluation, such as on a region that could not be
    /// listed.
    public typealias Listing = (items: [Item], settled: [Verdict])

    /// The name of the resources in the plural, such as `trail buckets`.
    let name: String
    /// The facets that list the resources.
    public let reads: Set<Facet>
    /// The call that lists the resources.
    let source: AWSClient.Operation
    private let list: @Sendable (Reading) throws(Unknown) -> Listing
    /// The evidence that an element is one of the kind, such as the trails that deliver to a bucket.
    fileprivate(set) var membership: @Sendable (Element, Reading) -> [Evidence] = { _, _ in [] }
    /// Makes an element the only one of its kind in an example.
    public fileprivate(set) var hold: @Sendable (inout Account, Element) -> Void
    /// Makes the list unreadable in an example.
    let refuse: @Sendable (inout Account) -> Void

    public init(
        _ name: String, _ reads: Set<Facet>, from source: AWSClient.Operation,
        list: @escaping @Sendable (Reading) throws(Unknown) -> Listing,
        hold: @escaping @Sendable (inout Account, Element) -> Void, refuse: @escaping @Sendable (inout Account) -> Void
    ) {
        self.name = name
        self.reads = reads
        self.source = source
        self.list = list
        self.hold = hold
        self.refuse = refuse
    }

    public func listing(in reading: Reading) throws(Unknown) -> Listing { try list(reading) }
}

extension Reading {
    /// Evaluates each resource of a kind. The result has one verdict for each, which is unknown if `judge` meets an
    /// unknown fact, and an unknown one for each region whose resources could not be listed. `judge` returns `nil` for
    /// a resource to which the condition does not apply.
    /// - Parameter isJudged: Whether the check applies to a resource.
    /// - Throws: ``Inventory/Unknown`` if nothing could be listed.
    public func judgeEach<Element>(
        _ each: Each<Element>, where isJudged: (Element) -> Bool = { _ in true },
        _ judge: (Element) throws(Unknown) -> Judgement?
    ) throws(Unknown) -> [Verdict] {
        try judgeEach(each, where: isJudged) { element, _ throws(Unknown) in try judge(element) }
    }

    /// As above; `judge` gets the region too, which is empty for a global resource.
    public func judgeEach<Element>(
        _ each: Each<Element>, where isJudged: (Element) -> Bool = { _ in true },
        _ judge: (Element, String) throws(Unknown) -> Judgement?
    ) throws(Unknown) -> [Verdict] {
        let (items, settled) = try each.listing(in: self)
        var verdicts: [Verdict] = []
        verdicts.reserveCapacity(items.count + settled.count)
        for (element, resource, region) in items where isJudged(element) {
            let verdict = Verdict(on: resource, in: region) { () throws(Unknown) in try judge(element, region ?? "") }
            guard var verdict else { continue }
            let membership = each.membership(element, self)
            // To append nothing would copy what many verdicts share.
            if !membership.isEmpty { verdict.judgement.evidence += membership }
            verdicts.append(verdict)
        }
        verdicts += settled
        guard verdicts.isEmpty else { return verdicts }
        let kind = items.isEmpty ? "" : " of the type that this check evaluates"
        let evidence = Evidence(each.name, .int(items.count), from: .call(each.source.description))
        return [
            Verdict(
                on: .account(account), .notApplicable("No \(each.name)\(kind) found", evidence))
        ]
    }

    /// One verdict for each region of the account.
    /// - Throws: ``Inventory/Unknown`` if the regions are not known.
    public func judgeEachRegion(_ judge: (String) throws(Unknown) -> Judgement) throws(Unknown) -> [Verdict] {
        try account[.regions].value.sorted().map { region in
            Verdict(on: .account(account), in: region) { () throws(Unknown) in try judge(region) }
        }
    }

    /// One verdict on the account as a whole.
    public func judgeAccount(_ judge: () throws(Unknown) -> Judgement) -> [Verdict] {
        [Verdict(on: .account(account), judge)]
    }

    /// The value of each region, and an unknown verdict for each region that could not be read.
    fileprivate func regions<Value>(
        of facet: Regional<Value>
    ) throws(Unknown) -> (read: [(region: String, value: Value)], unread: [Verdict]) {
        var read: [(String, Value)] = []
        var unread: [Verdict] = []
        for region in Set(try account[.regions].value).union(facet.facts.keys).sorted() {
            switch facet[region].state {
            case .known(let value): read.append((region, value))
            case .unknown(let unknown): unread.append(Verdict(on: .account(account), in: region, .unknown(unknown)))
            }
        }
        return (read, unread)
    }

    /// An unknown verdict for each region whose trails could not be listed.
    fileprivate func regionsWithoutTrails() throws(Unknown) -> [Verdict] { try regions(of: account[.trails]).unread }
}

// MARK: - AWS CloudTrail and what trails use

extension Each {
    /// Resources that trails name.
    /// - Parameters:
    ///   - users: The trails that name a resource.
    ///   - settle: The verdict on a resource that needs no evaluation; `nil` for any other resource.
    private static func ofTrails(
        _ name: String, _ list: @escaping @Sendable (Reading) -> [Item],
        users: (@Sendable (Element, Reading) -> [Trail])? = nil,
        judgedElsewhere: @escaping @Sendable (Reading) -> [Verdict] = { _ in [] },
        settle: @escaping @Sendable (Element) -> Judgement? = { _ in nil },
        hold: @escaping @Sendable (inout Account, Element) -> Void
    ) -> Each {
        let membership: @Sendable (Element, Reading) -> [Evidence] = { element, reading in
            users.map { [.trails($0(element, reading))] } ?? []
        }
        var each = Each(name, [.trails], from: .describeTrails) { reading throws(Unknown) in
            var items: [Item] = []
            var settled = try reading.regionsWithoutTrails() + judgedElsewhere(reading)
            for item in list(reading) {
                if var judgement = settle(item.element) {
                    judgement.evidence += membership(item.element, reading)
                    settled.append(Verdict(on: item.resource, in: item.region, judgement))
                } else {
                    items.append(item)
                }
            }
            return (items, settled)
        } hold: {
            hold(&$0, $1)
        } refuse: { account in
            account[.trails]["us-east-1"] = .denied(.describeTrails)
        }
        each.membership = membership
        return each
    }
}

extension Reading {
    /// The verdict on a resource that trails use and another account owns, if it is evaluated in that account: by this
    /// run or, for the organization trail of another account, by a scan of the resource's account.
    /// - Parameters:
    ///   - owner: The account in the resource's ARN; `nil` if the resource has none. The trail's account need not own it.
    ///   - isJudged: Whether an account owns the resource and evaluates it, for its own trails or for trails
    ///   that it sees.
    fileprivate func judgedElsewhere<Value>(
        _ what: String, _ fact: Fact<Value>, of trails: [Trail], ownedBy owner: String?, by isJudged: (Account) -> Bool
    ) -> Verdict? {
        guard case .unknown(let unknown) = fact.state, unknown.reason == .anotherAccount else { return nil }
        let message: String
        if let owner = peers.first(where: isJudged) {
            message = "The \(what) belongs to account \(owner.id), for which this scan evaluates it"
        } else if !trails.isEmpty, trails.allSatisfy({ $0.isOrganizationTrail && $0.accountID != account.id }) {
            let owners = Set(trails.map(\.accountID)).sorted().joined(separator: ", ")
            let place = owner.map { "account \($0)" } ?? "the account that owns it; the trail is of account \(owners)"
            message = "The \(what) belongs to the organization trail, and is evaluated in \(place)"
        } else {
            return nil
        }
        return Verdict(on: .account(account), .notApplicable(message, .trails(trails)))
    }

    fileprivate func judgedElsewhere(_ bucket: Bucket, of trails: [Trail]) -> Verdict? {
        judgedElsewhere("bucket \(bucket.name)", bucket.region, of: trails, ownedBy: nil) { peer in
            peer.trailBuckets.contains { $0.bucket.name == bucket.name && (try? $0.bucket.region.value) != nil }
        }
    }

    fileprivate func judgedElsewhere(_ key: EncryptionKey, of trails: [Trail]) -> Verdict? {
        let owner = ARN(key.reference)?.accountID
        return judgedElsewhere("key \(key.reference)", key.description, of: trails, ownedBy: owner) { peer in
            peer.trailKeys.contains { $0.key.reference == key.reference && (try? $0.key.description.value) != nil }
        }
    }
}

extension Evidence {
    /// The trails that use a resource.
    fileprivate static func trails(_ trails: [Trail]) -> Evidence {
        Evidence("TrailARN", JSON(trails.map(\.trailARN).sorted()), from: .describeTrails)
    }
}

extension Each where Element == Trail {
    /// Every trail that some region lists.
    public static var trails: Each {
        .ofTrails("trails") {
            $0.account.trails.map { ($0, .trail($0), $0.homeRegion) }
        } hold: {
            $0.hold(trails: $1)
        }
    }
}

extension Each where Element == Bucket {
    /// Every bucket to which a trail delivers.
    public static var trailBuckets: Each {
        .ofTrails("trail buckets") { reading in
            let account = reading.account
            let unnamed: [Item] = account.trails.filter(\.s3BucketName.isEmpty).map {
                (Bucket(name: ""), .trail($0), $0.homeRegion)
            }
            return account.trailBuckets.filter { reading.judgedElsewhere($0, of: $1) == nil }.map { bucket, trails in
                (bucket, .bucket(bucket.name, in: account), (try? bucket.region.value) ?? trails.first?.homeRegion)
            } + unnamed
        } users: { bucket, reading in
            reading.trailsDelivering(to: bucket)
        } judgedElsewhere: { reading in
            reading.account.trailBuckets.compactMap { reading.judgedElsewhere($0, of: $1) }
        } settle: { bucket in
            guard !bucket.name.isEmpty else {
                return .unknown(
                    Unknown(
                        .failed, call: Operation.describeTrails.description,
                        detail: "the answer contains no bucket to which the trail delivers"))
            }
            guard bucket.isMissing else { return nil }
            return .unknown(
                Unknown(
                    .notFound, call: Operation.getBucketLocation.description,
                    detail: "the bucket does not exist, so there is nothing to evaluate; see cloudtrail-delivery"))
        } hold: { account, bucket in
            account.hold(trails: .sample { $0.s3BucketName = bucket.name })
            account.hold(buckets: bucket)
        }
    }
}

extension Each where Element == EncryptionKey {
    /// Every key with which a trail encrypts.
    public static var trailKeys: Each {
        .ofTrails("KMS keys of trails") { reading in
            reading.account.trailKeys.filter { reading.judgedElsewhere($0, of: $1) == nil }
                .map { key, trails in (key, .key(key), trails.first?.homeRegion) }
        } users: { key, reading in
            reading.trailsEncrypting(with: key)
        } judgedElsewhere: { reading in
            reading.account.trailKeys.compactMap { reading.judgedElsewhere($0, of: $1) }
        } hold: { account, key in
            account.hold(trails: .sample { $0.kmsKeyID = key.reference })
            account.hold(keys: key)
        }
    }
}

extension Each where Element == LogGroup {
    /// Every log group to which a trail delivers.
    public static var trailLogGroups: Each {
        var each = Each("log groups of trails", [.trails, .trailLogGroups], from: .describeLogGroups) {
            reading throws(Unknown) in
            var settled = try reading.regionsWithoutTrails()
            var items: [Item] = []
            for arn in Set(reading.account.trails.compactMap(\.logGroupARN)).sorted() {
                let region = ARN(arn).map { String($0.region) }
                let group = reading[.trailLogGroups][arn]
                let trails = reading.account.trails.filter { $0.logGroupARN == arn }
                let elsewhere = reading.judgedElsewhere(
                    "log group \(arn)", group, of: trails, ownedBy: ARN(arn)?.accountID
                ) {
                    (try? $0[.trailLogGroups][arn].value) != nil
                }
                if let elsewhere {
                    settled.append(elsewhere)
                    continue
                }
                switch group.state {
                case .known(let group): items.append((group, .logGroup(arn: arn), region))
                case .unknown(let unknown):
                    settled.append(Verdict(on: .logGroup(arn: arn), in: region, .unknown(unknown)))
                }
            }
            return (items, settled)
        } hold: { account, group in
            account.hold(trails: .sample { $0.cloudWatchLogsLogGroupARN = group.arn })
            account[.trailLogGroups][group.logGroupARN] = .known(group)
        } refuse: { account in
            account.hold(trails: .sample)
            account[.trailLogGroups][LogGroup.sample.logGroupARN] = .denied(.describeLogGroups)
        }
        each.membership = { group, reading in
            [.trails(reading.account.trails.filter { $0.logGroupARN == group.logGroupARN })]
        }
        return each
    }
}

extension Each where Element == Bucket {
    /// Every bucket of the account.
    public static var buckets: Each {
        Each("buckets", [.everyBucketRegion], from: .listBuckets) { reading throws(Unknown) in
            var items: [Item] = []
            var settled: [Verdict] = []
            for bucket in try reading.everyBucket.value {
                let resource = Resource.bucket(bucket.name, in: reading.account)
                switch bucket.region.state {
                case .known(let region): items.append((bucket, resource, region))
                case .unknown(let unknown): settled.append(Verdict(on: resource, .unknown(unknown)))
                }
            }
            return (items, settled)
        } hold: {
            $0.hold(everyBucket: $1)
        } refuse: {
            $0[.everyBucketRegion] = .denied(.listBuckets)
        }
    }
}

extension Each where Element == EncryptionKey {
    /// Every customer managed KMS key.
    public static var keys: Each { .keys(called: "customer managed keys") { _ in true } }

    /// The customer managed KMS keys that support automatic rotation.
    public static var rotatableKeys: Each {
        .keys(called: "usable customer managed keys that support automatic rotation", where: \.canRotate)
    }

    private static func keys(
        called name: String, where isMeant: @escaping @Sendable (KeyDescription) -> Bool
    ) -> Each {
        Each(name, [.everyKey, .everyKeyDescription], from: .listKeys) { reading throws(Unknown) in
            let (read, unread) = try reading.regions(of: reading.customerKeys)
            var items: [Item] = []
            var settled = unread
            for (region, keys) in read {
                for key in keys {
                    switch key.description.state {
                    case .known(let description): if isMeant(description) { items.append((key, .key(key), region)) }
                    case .unknown(let unknown):
                        settled.append(Verdict(on: .key(key), in: region, .unknown(unknown)))
                    }
                }
            }
            return (items, settled)
        } hold: {
            $0.hold(everyKey: $1)
        } refuse: {
            $0[.everyKey]["us-east-1"] = .denied(.listKeys)
        }
    }
}

extension Each where Element == LogGroup {
    /// Every log group.
    public static var logGroups: Each {
        .regional(.logGroups, called: "log groups") { group, _, _ in .logGroup(arn: group.logGroupARN) }
    }
}

extension Reading {
    /// All buckets of the account, whether trails use them or not.
    fileprivate var everyBucket: Fact<[Bucket]> { once { $0.account.everyBucket } }

    /// The customer managed keys of each region, whether trails use them or not.
    fileprivate var customerKeys: Regional<[EncryptionKey]> { once { $0.account.customerKeys } }

    /// The trails that deliver to a bucket.
    public func trailsDelivering(to bucket: Bucket) -> [Trail] {
        account.trails.filter { $0.s3BucketName == bucket.name }
    }

    /// The trails that encrypt with a key.
    public func trailsEncrypting(with key: EncryptionKey) -> [Trail] {
        account.trails.filter { $0.kmsKeyID == key.reference }
    }
}

// MARK: - Amazon EC2

extension Each where Element: Codable {
    /// Resources that each region lists on its own.
    /// - Parameters:
    ///   - name: The name of the resources in the plural.
    ///   - joined: The resources joined with facts of other facets.
    public static func regional(
        _ facet: FacetOf<ByName<[Element]>>, called name: String, with others: Set<Facet> = [],
        joined: (@Sendable (Reading) -> Regional<[Element]>)? = nil,
        _ resource: @escaping @Sendable (Element, _ region: String, Account) -> Resource
    ) -> Each {
        let source = facet.call
        return Each(name, others.union([facet]), from: source) { reading throws(Unknown) in
            let (read, unread) = try reading.regions(of: joined?(reading) ?? reading[facet])
            return (
                read.flatMap { region, elements in
                    elements.map { ($0, resource($0, region, reading.account), region) }
                }, unread
            )
        } hold: { account, element in
            account[facet]["us-east-1"] = .known([element])
        } refuse: { account in
            account[facet]["us-east-1"] = .denied(source)
        }
    }
}

extension Each where Element == VPC {
    public static var vpcs: Each { .regional(.vpcs, called: "VPCs") { .vpc($0, region: $1, in: $2) } }
}

extension Each where Element == SecurityGroup {
    public static var securityGroups: Each {
        var groups = Each.regional(
            .securityGroups, called: "security groups", with: [.securityGroupRules], joined: \.securityGroups
        ) {
            .securityGroup($0, region: $1, in: $2)
        }
        groups.hold = { $0.hold(securityGroups: $1) }
        return groups
    }
}

extension Reading {
    /// The security groups of each region with their rules.
    public var securityGroups: Regional<[SecurityGroup]> { once { $0.account.securityGroups } }
}

extension Each where Element == NetworkACL {
    public static var networkACLs: Each {
        .regional(.networkACLs, called: "network ACLs") { .networkACL($0, region: $1, in: $2) }
    }
}

// MARK: - AWS IAM

extension Each {
    /// Resources from the account's identities.
    private static func identities(
        _ name: String, _ list: @escaping @Sendable (Identities) -> [Element],
        _ resource: @escaping @Sendable (Element) -> Resource,
        hold: @escaping @Sendable (inout Account, Element) -> Void
    ) -> Each {
        Each(name, [.identities], from: .getAccountAuthorizationDetails) { reading throws(Unknown) in
            (list(try reading.account[.identities].value).map { ($0, resource($0), nil) }, [])
        } hold: {
            hold(&$0, $1)
        } refuse: { account in
            account[.identities] = .denied(.getAccountAuthorizationDetails)
        }
    }
}

extension Each where Element == User {
    public static var users: Each {
        .identities("users", \.users) {
            .user($0)
        } hold: {
            $0.hold(users: [$1])
        }
    }
}

extension Each where Element == Role {
    /// The roles that the customer can change. Service-linked roles belong to AWS services.
    public static var roles: Each {
        .identities("own roles") {
            $0.roles.filter { !$0.isServiceLinked }
        } _: {
            .role($0)
        } hold: {
            $0.hold(roles: [$1])
        }
    }
}

extension Each where Element == ManagedPolicy {
    public static var policies: Each {
        .identities("customer managed or attached policies", \.policies) {
            .policy($0)
        } hold: {
            $0.hold(policies: [$1])
        }
    }
}

extension Each where Element == PolicyHolder {
    /// Users, groups, and the roles that the customer can change.
    public static var policyHolders: Each {
        .identities("own users, groups or roles", \.policyHolders) {
            $0.resource
        } hold: {
            $0.hold($1.kind, attached: $1.attachedPolicies, inline: $1.inlinePolicies)
        }
    }
}

extension Each where Element == UserCredentials {
    /// The rows of the credential report, without the root user's. The report may be some hours old: users that were
    /// deleted since are left out, and users that were created since are unknown.
    public static var credentials: Each {
        Each(
            "users in the credential report", [.credentialReport, .identities], from: .getCredentialReport
        ) { reading throws(Unknown) in
            let report = try reading.account[.credentialReport].value
            func item(_ row: UserCredentials) -> Item { (row, .user(name: row.name, arn: row.arn), nil) }
            let users: [User]
            do throws(Unknown) {
                users = try reading.account[.identities].value.users
            } catch {
                // It is not known which users are missing from the report.
                return (report.users.map(item), [Verdict(on: .account(reading.account), .unknown(error))])
            }
            let listed = Dictionary(users.map { ($0.arn, $0) }) { first, _ in first }
            let rows = report.users.filter { row in
                listed[row.arn].map(row.isOf) ?? (row.createdAt.map { $0 > reading.readAt } ?? false)
            }
            let known = Set(rows.map(\.arn))
            let younger = users.filter { !known.contains($0.arn) }.map { user in
                Verdict(on: .user(user), .unknown(.missing(user, from: report)))
            }
            return (rows.map(item), younger)
        } hold: { account, user in
            account.hold(credentials: user)
        } refuse: { account in
            account[.credentialReport] = .denied(.getCredentialReport)
        }
    }
}

extension UserCredentials {
    /// Whether the row is about this user, not about a deleted user of the same name.
    fileprivate func isOf(_ user: User) -> Bool {
        guard let createdAt, let made = user.createDate else { return true }
        return abs(createdAt.timeIntervalSince(made)) < 2
    }
}

extension Unknown {
    fileprivate static func missing(_ user: User, from report: CredentialReport) -> Unknown {
        let time = report.generatedAt.map { " of \(Moment($0))" } ?? ""
        if let made = user.createDate, let written = report.generatedAt, made < written {
            return Unknown(
                .failed, call: Operation.getCredentialReport.description,
                detail: "the credential report\(time) lacks the user, who is older: scan again")
        }
        return Unknown(
            .notYet, call: Operation.getCredentialReport.description,
            detail: "the user is newer than the credential report\(time); AWS creates a new report every four hours")
    }
}

extension Each where Element == PasswordPolicy {
    /// The account's password policy. An account without one fails: AWS's default is weaker than any sound policy.
    ///
    /// Source: IAM User Guide, "Set an account password policy for IAM users".
    public static var passwordPolicy: Each {
        Each("password policy", [.passwordPolicy], from: .getAccountPasswordPolicy) { reading throws(Unknown) in
            let account = Resource.account(reading.account)
            guard let policy = try reading.account[.passwordPolicy].value else {
                let evidence = Evidence("PasswordPolicy", .null, from: .getAccountPasswordPolicy)
                let failing = Judgement.fail("No password policy is set, so the AWS default applies", evidence)
                return ([], [Verdict(on: account, failing)])
            }
            return ([(policy, account, nil)], [])
        } hold: { account, policy in
            account[.passwordPolicy] = .known(policy)
        } refuse: { account in
            account[.passwordPolicy] = .denied(.getAccountPasswordPolicy)
        }
    }
}
