import AWSClient
import Basics
import Inventory
import Posture

/// Only a multi-Region trail also covers regions that AWS adds, or that the account enables, later.
struct MultiRegionTrail: Check {
    let about = About(
        id: "cloudtrail-multi-region",
        title: "A multi-Region trail should record read and write management events",
        practice: .auditTrail, severity: .medium,
        risk: "Single-Region trails do not record events in a Region that is enabled later.",
        judges: """
            At least one multi-Region trail must be logging and record read and write management events of every \
            service. A selector that excludes services fails. Single-Region trails do not count. Whether every Region \
            is covered today is evaluated by cloudtrail-all-regions.
            """,
        remedy: "Create a multi-Region trail, or convert a single-Region trail, and start logging.",
        references: [
            .securityHub("CloudTrail.1"), .config("multi-region-cloudtrail-enabled"),
            .cis("1.4", "3.1"), .cis("3.0", "3.1"), .cis("5.0", "3.1"),
        ],
        sources: ["AWS CloudTrail User Guide: Understanding multi-Region trails and opt-in Regions"],
        reads: [.trails, .trailStatus, .eventSelectors])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        reading.judgeAccount { () throws(Unknown) in try judge(reading) }
    }

    private func judge(_ reading: Reading) throws(Unknown) -> Judgement {
        let trails = reading.trails.filter(\.isMultiRegionTrail)
        let evidence = [
            Evidence("trailList", JSON(trails.map(\.trailARN)), from: .describeTrails)
                .at("trailList[?IsMultiRegionTrail].TrailARN")
        ]
        var excluded: Set<String> = []
        let passing = try trails.firstAnswer { trail throws(Unknown) -> Judgement? in
            guard try trail.status.value.isLogging else { return nil }
            let recorded = try trail.recordedManagementEvents.value
            excluded.formUnion(recorded.excludedSources)
            if recorded.isComplete, recorded.excludedSources.isEmpty {
                return .pass(
                    "Trail \(trail.name) records management events in every Region",
                    evidence + [Evidence("IsLogging", true, from: .getTrailStatus).about(trail.trailARN)])
            }
            if let doubt = recorded.doubt { throw doubt }
            return nil
        }
        if let passing { return passing }
        for region in try reading[.regions].value { _ = try reading[.trails][region].value }
        return trails.isEmpty
            ? .fail("No trail is a multi-Region trail", evidence)
            : .fail(
                "No multi-Region trail is logging all management events"
                    + (excluded.isEmpty
                        ? "" : ": events of \(excluded.sorted().joined(separator: ", ")) are excluded"),
                evidence)
    }

    var examples: [Example] {
        [
            .passes("a multi-Region trail is logging") { $0.hold(trails: .sample) },
            .passes("one trail's status cannot be read, and another records everything") {
                $0.hold(
                    trails: .sample { $0.status = .denied(.getTrailStatus) },
                    .sample { $0.trailARN = "arn:aws:cloudtrail:us-east-1:123456789012:trail/other" })
            },
            .fails("each Region has a trail of its own") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.hold(trails: .sample(named: "east", in: "us-east-1"), .sample(named: "west", in: "eu-west-1"))
            },
            .fails("the multi-Region trail is stopped") {
                $0.hold(trails: .sample { $0.status = .known(.stopped) })
            },
            .fails("the multi-Region trail records writes only") {
                $0.hold(
                    trails: .sample {
                        $0.eventSelectors = .known(EventSelectors([EventSelector(readWriteType: "WriteOnly")]))
                    })
            },
            .fails("the multi-Region trail excludes the events of a service") {
                $0.hold(
                    trails: .sample {
                        $0.eventSelectors = .known(
                            EventSelectors([EventSelector(excludeManagementEventSources: ["kms.amazonaws.com"])]))
                    })
            },
            .fails("no trail exists") { $0.holdNoTrails() },
            .unknown("whether the trail is logging cannot be read") {
                $0.hold(trails: .sample { $0.status = .denied(.getTrailStatus) })
            },
            .unknown("the selectors cannot be read") {
                $0.hold(trails: .sample { $0.eventSelectors = .denied(.getEventSelectors) })
            },
            .unknown("the trails of one Region cannot be listed") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.holdNoTrails()
                $0[.trails]["eu-west-1"] = .denied(.describeTrails)
            },
        ]
    }
}
