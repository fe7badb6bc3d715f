import AWSClient
import Inventory
import Posture

extension TrailInEveryRegion {
    var examples: [Example] {
        [
            .passes("a multi-Region trail is logging") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.hold(trails: .sample)
            },
            .passes("each Region has a trail of its own") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.hold(trails: .sample(named: "east", in: "us-east-1"), .sample(named: "west", in: "eu-west-1"))
            },
            .passes("the organization's trail is seen from a member account") {
                $0.hold(
                    trails: .sample {
                        $0.trailARN = "arn:aws:cloudtrail:us-east-1:999999999999:trail/organization"
                        $0.isOrganizationTrail = true
                    })
            },
            .passes("one Region's trails cannot be listed, but a multi-Region trail covers it") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.hold(trails: .sample)
                $0[.trails]["eu-west-1"] = .denied(.describeTrails)
            },
            .passes("one trail's status is unknown, but another covers the Region") {
                $0.hold(
                    trails: .sample { $0.status = .denied(.getTrailStatus) }, .sample(named: "east", in: "us-east-1"))
            },
            .fails("a Region has no trail") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.hold(trails: .sample(named: "east", in: "us-east-1"))
            },
            .fails("the only trail is stopped") { $0.hold(trails: .sample { $0.status = .known(.stopped) }) },
            .fails("no trail exists") { $0.holdNoTrails() },
            .unknown("the trails cannot be listed") { $0[.trails]["us-east-1"] = .denied(.describeTrails) },
            .unknown("whether the only trail is logging cannot be read") {
                $0.hold(trails: .sample { $0.status = .denied(.getTrailStatus) })
            },
            .unknown("a stopped trail covers the Region, and its own trails cannot be listed") {
                $0.hold(trails: .sample { $0.status = .known(.stopped) })
                $0[.trails]["us-east-1"] = .denied(.describeTrails)
            },
        ]
    }
}
