public import LogReaders
import Basics

/// Evaluates CloudTrail's aggregated events, each by itself: an event already covers the window in which requests are
/// counted.
public enum AggregatedFindings {
    /// The number of objects deleted within five minutes that raises an alert.
    static let deletions = 100
    /// The objects for which a call that deletes several counts: it deletes up to 1,000, but the event has no number.
    static let deletedByOne = 10
    /// The number of objects copied or encrypted anew within five minutes that raises an alert. Pipelines copy more
    /// often than they delete.
    static let copies = 500
    /// The number of requests denied within five minutes that raises an alert.
    static let denials = 30

    /// The dimensions that name the caller, the most telling first.
    private static let identities = [
        "userIdentity.arn", "userIdentity", "userIdentity.sessionContext.sessionIssuer.arn", "userIdentity.principalId",
        "userIdentity.userName", "userIdentity.invokedBy",
    ]
    private static let deletingCalls = ["DeleteObject": 1, "DeleteObjectVersion": 1, "DeleteObjects": deletedByOne]
    private static let copyingCalls = ["CopyObject": 1, "UpdateObjectEncryption": 1]

    /// - Returns: at most one alert for each analytic.
    public static func alerts(_ event: AggregatedEvent) -> [Alert] {
        func calls(_ weights: [String: Int]) -> [Calls] {
            event.counts("eventName").compactMap { call in weights[call.value].map { Calls(call.count, weight: $0) } }
        }
        let denied = (event.counts("errorCode") + event.counts("errorCodes")).filter {
            $0.value.hasSuffix("AccessDenied") || $0.value.hasSuffix("AccessDeniedException")
                || $0.value.contains("Unauthorized")
        }.map { Calls($0.count) }
        return [
            alert("aggregated-deletions", event, calls(deletingCalls), from: deletions, counted: "deletions"),
            alert("aggregated-copies", event, calls(copyingCalls), from: copies, counted: "copies"),
            alert("aggregated-denials", event, denied, from: denials, counted: "denied"),
        ].compactMap(\.self)
    }

    /// The calls of one kind.
    private struct Calls {
        var count: Int
        /// The objects that they concern.
        var objects: Int

        init(_ count: Int, weight: Int = 1) {
            self.count = count
            let (product, isOver) = count.multipliedReportingOverflow(by: weight)
            objects = isOver ? .max : product
        }
    }

    private static func alert(
        _ id: String, _ event: AggregatedEvent, _ found: [Calls], from threshold: Int,
        counted name: String
    ) -> Alert? {
        let objects = found.reduce(0) { $0.addingSaturating($1.objects) }
        guard objects >= threshold, let rule = BuiltInAnalytics.aggregated.first(where: { $0.id == id }) else {
            return nil
        }
        // One principal in a list that may be cut is the actor only if the calls are its own.
        let actors = identities.lazy.map(event.counts).first { !$0.isEmpty } ?? []
        let calls = found.reduce(0) { $0.addingSaturating($1.count) }
        let actor = actors.count == 1 && actors[0].count >= calls ? actors[0].value : event.source
        let dimensions = event.dimensions.map { dimension in
            JSON.members([
                .init("name", .string(dimension.name)),
                .init(
                    "values",
                    .array(
                        dimension.counts.prefix(10).map {
                            .members([.init("value", .string($0.value)), .init("count", .int($0.count))])
                        })),
            ])
        }
        return Alert(
            rule: id, title: rule.title, event: event.id.isEmpty ? nil : event.id, time: event.start ?? 0,
            lastTime: event.start.map { $0 + 300 }, severity: rule.severity, account: event.account,
            region: event.region, actor: actor, practice: rule.practice,
            fields: ["eventSource": event.source],
            evidence: [.init(name, .int(calls)), .init("dimensions", .array(dimensions))])
    }
}

extension BuiltInAnalytics {
    static let aggregated: [AlertRule] = [
        analytic(
            "aggregated-deletions", "Bulk deletion (aggregated events)", .high, practice: "trail-protection",
            techniques: ["T1485"],
            falsePositives: ["Clean-up jobs, and tools that empty buckets before their deletion"],
            response: """
                Identify the principal in the detailed data events or access logs, stop it, and restore the \
                objects from their versions.
                """,
            references: [page],
            "Detects at least \(AggregatedFindings.deletions) deletions within five minutes in an aggregated data event of CloudTrail. "
                + "Such events count calls and contain no records of them. A call of DeleteObjects, which deletes up to 1,000 "
                + "objects, counts as \(AggregatedFindings.deletedByOne)."),
        analytic(
            "aggregated-copies", "Bulk copy of objects (aggregated events)", .medium,
            practice: "trail-protection", techniques: ["T1486"],
            falsePositives: ["Pipelines and migrations that copy objects", "Planned encryption with a new key"],
            response: """
                Identify the principal in the detailed data events or access logs, and check with which key it \
                encrypts the objects. If it is unknown, deactivate its credentials.
                """,
            references: [page],
            """
            Detects at least \(AggregatedFindings.copies) copies or new encryptions of objects (CopyObject, \
            UpdateObjectEncryption) within five minutes in an aggregated data event of CloudTrail.
            """),
        analytic(
            "aggregated-denials", "Burst of denied requests (aggregated events)", .medium,
            practice: "trail-access-logging", techniques: ["T1619"],
            falsePositives: ["A program that lost its permission and retries"],
            response: """
                Identify the principal in the detailed data events or access logs, and correct its permissions \
                or deactivate its credentials.
                """, references: [page],
            """
            Detects at least \(AggregatedFindings.denials) denied requests within five minutes in an aggregated \
            data event of CloudTrail.
            """
        ),
    ]

    private static let page =
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aggregated-events.html"
}
