import AWSClient
import Basics
import Inventory
import Posture

/// The checks whose result an event of CloudTrail can change. They follow from what the checks read: the event
/// `PutBucketPolicy` touches the checks that read `GetBucketPolicy`.
struct TouchedChecks: Sendable {
    private let checks: [any Check]
    /// The operations that each check reads, by the service in `eventSource`.
    private let reads: [(check: Int, service: String, noun: [Substring], name: String)]

    init(_ checks: [any Check]) {
        self.checks = checks
        reads = checks.enumerated().flatMap { place, check in
            Facet.closure(of: check.about.reads.subtracting(Self.unheeded)).flatMap { facet in
                facet.operations.map {
                    (place, $0.service.signingName, Self.noun(of: $0.name), $0.name)
                }
            }
        }
    }

    /// Facets that do not say what an event touches. Listed access keys only name the keys whose state all checks on
    /// credentials read in bulk.
    private static let unheeded: Set<Facet> = [.regions, .accessKeys]
    /// Operations that read what the named events change, but whose names do not say so.
    private static let special: [String: Set<String>] = [
        "StartLogging": ["GetTrailStatus"], "StopLogging": ["GetTrailStatus"],
        "PutPublicAccessBlock": ["GetPublicAccessBlock"], "DeletePublicAccessBlock": ["GetPublicAccessBlock"],
    ]
    /// The policies and credentials of all users, groups and roles are read in bulk.
    private static let identities: Set<String> = [
        "GetAccountAuthorizationDetails", "GenerateCredentialReport", "GetCredentialReport", "GetAccountSummary",
        "ListVirtualMFADevices",
    ]

    /// Whether the event's name says that it changes nothing.
    static func isRead(_ event: String) -> Bool {
        ["Get", "List", "Describe", "Head", "Lookup", "Search", "Test", "Simulate", "Generate", "Assume", "Decode"]
            .contains { event.hasPrefix($0) }
            || ["CreateTags", "DeleteTags", "TagResource", "UntagResource", "Decrypt", "Encrypt", "ConsoleLogin"]
                .contains(event)
    }

    /// Whether the check judges each bucket by itself, so that it can be asked about some of them alone.
    static func isOfEachBucket(_ check: any Check) -> Bool {
        Facet.closure(of: check.about.reads).contains(.everyBucketRegion)
    }

    /// The checks that the event touches. Every check on buckets lists them, so the setting that an event names counts,
    /// unless the event is about a bucket as a whole.
    func checks(for change: TouchedResource) -> [any Check] {
        guard !Self.isRead(change.event) else { return [] }
        let service = change.source.prefix { $0 != "." }
        let own = reads.filter { $0.service == service }
        let noun = Self.noun(of: change.event)
        var places = Set(
            own.filter { read in
                Self.special[change.event]?.contains(read.name) == true
                    || Self.fits(read.noun, noun) && (service != "s3" || noun == ["Bucket"] || read.noun != ["Bucket"])
            }.map(\.check))
        if service == "iam", places.isEmpty {
            places = Set(own.filter { Self.identities.contains($0.name) }.map(\.check))
        }
        // An event whose name fits nothing may change anything of the service.
        if places.isEmpty { places = Set(own.map(\.check)) }
        return places.sorted().map { checks[$0] }
    }

    /// Whether the checks' results in a region depend on that region alone: they read what EC2 lists there.
    static func isRegional(_ check: any Check) -> Bool {
        let facets = check.about.reads.filter { $0 != .regions }
        return !facets.isEmpty && facets.allSatisfy { $0.call.service == .ec2 && $0.requires == [.regions] }
    }

    /// Whether one of the nouns begins or ends with the other.
    private static func fits(_ one: [Substring], _ other: [Substring]) -> Bool {
        let (short, long) = one.count <= other.count ? (one, other) : (other, one)
        return !short.isEmpty && (long.starts(with: short) || Array(long.suffix(short.count)) == short)
    }

    /// The words of an operation's name after the verb, in the singular: `Security`, `Group`.
    private static func noun(of name: String) -> [Substring] {
        var words: [Substring] = []
        var start = name.startIndex
        for place in name.indices.dropFirst() where name[place].isUppercase {
            let before = name.index(before: place)
            // A word such as MFA stays one.
            if name[before].isUppercase { continue }
            words.append(name[start..<place])
            start = place
        }
        words.append(name[start...])
        return words.dropFirst().map { $0.count > 3 && $0.hasSuffix("s") && !$0.hasSuffix("ss") ? $0.dropLast() : $0 }
    }
}
