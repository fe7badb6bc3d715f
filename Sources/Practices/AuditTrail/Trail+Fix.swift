import AWSClient
import Basics
import Inventory
import Posture

extension AuditTrail {
    static let fixes = [validationFix, multiRegionFix]

    private static let validationFix = Fix(
        "log-file-validation", "Enables log file validation on the trail.",
        checks: ["cloudtrail-log-file-validation"], calls: [.updateTrail]
    ) { target, reading, _ throws(Unknown) in
        [try trail(target.resource.arn, in: reading).fixed("LogFileValidationEnabled")]
    } propose: { target, reading, observed throws(Unknown) in
        let trail = try trail(target.resource.arn, in: reading)
        if let obstacle = trail.obstacle(in: reading) { return .declined(obstacle) }
        let state = trail.fixed("LogFileValidationEnabled")
        func call(_ flag: Bool) -> APICall { trail.update(["EnableLogFileValidation": .bool(flag)]) }
        return .steps([
            Step(
                "Enable log file validation on trail \(trail.name)", on: trail.trailARN, for: target.checks,
                state: state, before: try observed[state], call: call(true), after: ["LogFileValidationEnabled": true],
                undo: call(false),
                notes: ["Undoing ends the chain of digest files: what is delivered meanwhile stays provable."])
        ])
    }

    /// One trail of the account is extended to every region and started. None is created: a trail needs a bucket, which is
    /// not Parapet's to choose.
    private static let multiRegionFix = Fix(
        "multi-region-trail", "Extends a trail of the account to every region, and starts its logging.",
        checks: ["cloudtrail-multi-region", "cloudtrail-all-regions"],
        calls: [.updateTrail, .startLogging, .stopLogging], reads: [.trails, .trailStatus, .eventSelectors]
    ) { target, reading, _ in
        guard let trail = candidate(in: reading) else { return [] }
        return [trail.fixed("IsMultiRegionTrail", "IncludeGlobalServiceEvents"), trail.logging]
    } propose: { target, reading, observed throws(Unknown) in
        guard let trail = candidate(in: reading) else {
            return .declined(
                "the account has no trail of its own that records read and write management events and could be "
                    + "extended: create one with a bucket of your choice")
        }
        var steps: [Step] = []
        let regions = trail.fixed("IsMultiRegionTrail", "IncludeGlobalServiceEvents")
        let before = try observed[regions]
        if before["IsMultiRegionTrail"] != true {
            steps.append(
                Step(
                    "Extend trail \(trail.name) to every region", on: trail.trailARN, for: target.checks,
                    state: regions,
                    before: before,
                    call: trail.update(["IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": true]),
                    after: ["IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": true],
                    undo: trail.update([
                        "IsMultiRegionTrail": false,
                        "IncludeGlobalServiceEvents": .bool(before["IncludeGlobalServiceEvents"] == true),
                    ]),
                    cost: "The first copy of management events is free; a further trail's copies are charged for."))
        }
        let logging = try observed[trail.logging]
        if logging["IsLogging"] != true {
            let name: JSON = ["Name": .string(trail.name)]
            steps.append(
                Step(
                    "Start logging of trail \(trail.name)", on: trail.trailARN, for: target.checks,
                    state: trail.logging,
                    before: logging, call: APICall(.startLogging, in: trail.homeRegion, name),
                    after: ["IsLogging": true], undo: APICall(.stopLogging, in: trail.homeRegion, name)))
        }
        return .steps(steps)
    }

    /// The trail that is extended: one of all regions before others, one that logs before others.
    private static func candidate(in reading: Reading) -> Trail? {
        reading.trails.filter { trail in
            guard trail.obstacle(in: reading) == nil, let events = try? trail.recordedManagementEvents.value else {
                return false
            }
            return events.isComplete && events.excludedSources.isEmpty
        }.min { order($0) < order($1) }
    }

    private static func order(_ trail: Trail) -> (Int, Int, String) {
        (trail.isMultiRegionTrail ? 0 : 1, trail.isKnownToLog ? 0 : 1, trail.trailARN)
    }

    private static func trail(_ arn: String, in reading: Reading) throws(Unknown) -> Trail {
        guard let trail = reading.trails.first(where: { $0.trailARN == arn }) else {
            throw Unknown(
                .notFound, call: Operation.describeTrails.description, detail: "the trail \(arn) is not listed")
        }
        return trail
    }
}

extension Trail {
    /// Attributes as `GetTrail` shows them.
    fileprivate func fixed(_ names: String...) -> Observation {
        Observation(
            APICall(.getTrail, in: homeRegion, ["Name": .string(trailARN)]), "Trail", .members(names))
    }

    fileprivate var logging: Observation {
        Observation(APICall(.getTrailStatus, in: homeRegion, ["Name": .string(trailARN)]), .members(["IsLogging"]))
    }

    /// Names only what changes: CloudTrail leaves the rest as it is.
    fileprivate func update(_ change: JSON) -> APICall {
        APICall(
            .updateTrail, in: homeRegion,
            .members([.init("Name", .string(trailARN))] + (change.object?.members ?? [])))
    }

    /// Why the trail is not this account's to change.
    fileprivate func obstacle(in reading: Reading) -> String? {
        accountID == reading.id
            ? nil : "the trail is account \(accountID)'s, which alone can change it"
    }
}
