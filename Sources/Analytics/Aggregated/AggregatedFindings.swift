public import LogReaders
import Basics

/// Evaluates CloudTrail's aggregated events, each by itself: an event already covers the window in which requests are
/// counted.
public enum AggregatedFindings {
    /// The number of objects deleted within five minutes that raises an alert.
    static let deletions = 100
    /// The number of requests denied within five minutes that raises an alert.
    static let denials = 30

    /// The dimensions that name the caller, the most telling first.
    private static let identities = [
        "userIdentity.arn", "userIdentity", "userIdentity.sessionContext.sessionIssuer.arn", "userIdentity.principalId",
        "userIdentity.userName", "userIdentity.invokedBy",
    ]
    private static let deletingCalls: Set = ["DeleteObject", "DeleteObjects", "DeleteObjectVersion"]

    /// - Returns: at most one alert for each analytic.
    public static func alerts(_ event: AggregatedEvent) -> [Alert] {
        let deleted = event.counts("eventName").filter { deletingCalls.contains($0.value) }
        let denied = (event.counts("errorCode") + event.counts("errorCodes")).filter {
            $0.value.hasSuffix("AccessDenied") || $0.value.hasSuffix("AccessDeniedException")
                || $0.value.contains("Unauthorized")
        }
        return [
            alert("aggregated-deletions", event, deleted, from: deletions, counted: "deletions"),
            alert("aggregated-denials", event, denied, from: denials, counted: "denied"),
        ].compactMap(\.self)
    }

    private static func alert(
        _ id: String, _ event: AggregatedEvent, _ found: [AggregatedEvent.Dimension.Count], from threshold: Int,
        counted name: String
    ) -> Alert? {
        let count = found.reduce(0) { $0.saturatingAdd($1.count) }
        guard count >= threshold, let rule = BuiltInAnalytics.aggregated.first(where: { $0.id == id }) else {
            return nil
        }
        // One principal in a list that may be cut is the actor only if the calls are its own.
        let actors = identities.lazy.map(event.counts).first { !$0.isEmpty } ?? []
        let actor = actors.count == 1 && actors[0].count >= count ? actors[0].value : event.source
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
            evidence: [.init(name, .int(count)), .init("dimensions", .array(dimensions))])
    }
}

extension Int {
    fileprivate func saturatingAdd(_ other: Int) -> Int {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? .max : sum
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
                + "Such events count calls and contain no records of them."),
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
