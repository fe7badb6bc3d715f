import Basics
import LogReaders

/// One count of an aggregated event.
struct AggregatedCount: Sendable, Hashable {
    enum Kind: String {
        case deletions = "aggregated-deletions"
        case copies = "aggregated-copies"
        case denials = "aggregated-denials"
        case logDeletions = "aggregated-log-deletions"

        /// The numbers that alert: in one event, and in those of an hour (a third of that rate). Pipelines copy more often
        /// than they delete.
        var threshold: (inWindow: Int, inHour: Int) {
            switch self {
            case .deletions: (100, 400)
            case .copies: (500, 2_000)
            case .denials: (30, 120)
            case .logDeletions: (1, 1)
            }
        }

        /// The name of the count in the evidence.
        var counted: String {
            switch self {
            case .deletions, .logDeletions: "deletions"
            case .copies: "copies"
            case .denials: "denied"
            }
        }
    }

    var kind: Kind
    var event: String
    var account: String?
    var region: String?
    var source: String
    /// The primary dimension, which says by what the trail counts.
    var template: String
    /// `nil` if the event does not name one caller of the calls.
    var actor: String?
    var start: Int?
    var end: Int?
    var calls: Int
    /// The objects that the calls concern, at most ``most``.
    var objects: Int
    /// The first resources of the event, for deletions.
    var resources: [String] = []
    var namesOnlyTrails = true
    var dimensions: [JSON]

    /// The objects for which a call that deletes several counts: it deletes up to 1,000, but the event has no number.
    static let deletedByOne = 10
    private static let most = 1 << 40
    private static let deletingCalls = ["DeleteObject": 1, "DeleteObjectVersion": 1, "DeleteObjects": deletedByOne]
    private static let copyingCalls = ["CopyObject": 1, "UpdateObjectEncryption": 1]
    /// The dimensions that name the caller, the most telling first.
    private static let identities = [
        "userIdentity.arn", "userIdentityArn", "userIdentity", "userIdentity.sessionContext.sessionIssuer.arn",
        "userIdentity.principalId", "userIdentity.userName", "userIdentity.invokedBy",
    ]

    /// The counts of one event, at most one of each kind.
    static func all(in event: AggregatedEvent) -> [AggregatedCount] {
        func weighed(_ weights: [String: Int]) -> [(calls: Int, weight: Int)] {
            event.counts("eventName").compactMap { call in weights[call.value].map { (call.count, $0) } }
        }
        let denied = (event.counts("errorCode") + event.counts("errorCodes")).filter {
            $0.value.hasSuffix("AccessDenied") || $0.value.hasSuffix("AccessDeniedException")
                || $0.value.contains("Unauthorized")
        }
        let deletions = weighed(deletingCalls)
        var counts = [
            AggregatedCount(.deletions, event, deletions), AggregatedCount(.copies, event, weighed(copyingCalls)),
            AggregatedCount(.denials, event, denied.map { ($0.count, 1) }),
        ]
        let resources = event.counts("resourceARN").map(\.value)
        if !resources.isEmpty, var count = AggregatedCount(.logDeletions, event, deletions) {
            count.resources = Array(resources.prefix(20))
            counts.append(count)
        }
        return counts.compactMap(\.self)
    }

    private init?(_ kind: Kind, _ event: AggregatedEvent, _ found: [(calls: Int, weight: Int)]) {
        self.kind = kind
        self.event = event.id
        (account, region, source) = (event.account, event.region, event.source)
        (start, end) = (event.start, event.end)
        template = event.dimensions.first?.name ?? ""
        calls = found.reduce(0) { $0.addingSaturating($1.calls) }
        objects = found.reduce(0) { min($0 + min($1.calls, Self.most) * $1.weight, Self.most) }
        guard objects > 0 else { return nil }
        // One principal in a list that may be cut is the actor only if the calls are its own.
        let actors = Self.identities.lazy.map(event.counts).first { !$0.isEmpty } ?? []
        actor = actors.count == 1 && actors[0].count >= calls ? actors[0].value : nil
        dimensions = event.dimensions.map { dimension in
            .members([
                .init("name", .string(dimension.name)),
                .init(
                    "values",
                    .array(
                        dimension.counts.prefix(10).map {
                            .members([.init("value", .string($0.value)), .init("count", .int($0.count))])
                        })),
            ])
        }
    }

    /// The count if one of its resources is a log file or a bucket of a trail.
    func of(_ trailBuckets: Set<String>) -> AggregatedCount? {
        let trails = resources.count { Self.isTrail($0, trailBuckets) }
        guard trails > 0 else { return nil }
        var count = self
        count.namesOnlyTrails = trails == resources.count
        return count
    }

    /// Whether an ARN is that of a bucket of a trail, or of a log file: `…:::bucket/AWSLogs/…/CloudTrail/…`.
    private static func isTrail(_ resource: String, _ buckets: Set<String>) -> Bool {
        guard let name = resource.split(separator: ":::").last, name.count < resource.count else { return false }
        let bucket = String(name.prefix { $0 != "/" })
        let path = name.dropFirst(bucket.count)
        if path.contains("AWSLogs/") { return path.contains("/CloudTrail") }
        return buckets.contains(bucket) || bucket.contains("cloudtrail")
    }

    /// Whether this window ends at most some seconds after the beginning of an earlier one.
    func isWithin(_ seconds: Int, of earlier: AggregatedCount) -> Bool {
        guard let end, let start = earlier.start else { return false }
        return end - start <= seconds
    }

    static func precedes(_ left: AggregatedCount, _ right: AggregatedCount) -> Bool {
        let (first, second) = (left.start ?? .max, right.start ?? .max)
        return (first, left.event, left.template, left.kind.rawValue)
            < (second, right.event, right.template, right.kind.rawValue)
    }
}
