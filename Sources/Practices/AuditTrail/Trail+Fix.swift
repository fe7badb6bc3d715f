import AWSClient
import Basics
import Inventory
import Posture

extension AuditTrail {
    static let fixes = [validationFix, multiRegionFix]

    private static let validationFix = Fix(
        "log-file-validation", "Enables log file validation on the trail.",
        checks: ["cloudtrail-log-file-validation"], calls: deliveryCalls.union([.updateTrail]), reads: deliveryReads
    ) { target, reading, _ throws(Unknown) in
        let trail = try reading.trail(target.resource.arn)
        return [trail.fixed("LogFileValidationEnabled")] + trail.deliveryPolicies(in: reading)
    } propose: { target, reading, observed throws(Unknown) in
        let trail = try reading.trail(target.resource.arn)
        if let obstacle = trail.obstacle(in: reading) { return .declined(obstacle) }
        let state = trail.fixed("LogFileValidationEnabled")
        func call(_ flag: Bool) -> APICall { trail.update(["EnableLogFileValidation": .bool(flag)]) }
        let needed = try trail.admittingDelivery(for: target, in: reading, observed).beforeUpdateOfTrail
        return .steps(
            needed.steps + [
                Step(
                    "Enable log file validation on trail \(trail.name)", on: trail.trailARN, for: target.checks,
                    state: state, before: try observed[state], call: call(true),
                    after: ["LogFileValidationEnabled": true], undo: call(false),
                    notes: ["Undoing ends the chain of digest files: what is delivered meanwhile stays provable."]
                        + needed.notes)
            ])
    }

    /// Makes one trail of the account record everything: completes its event selectors, extends it to every Region, and
    /// starts logging. Creates a trail if the account has none of its own.
    private static let multiRegionFix = Fix(
        "multi-region-trail",
        "Makes one trail record all management events of every Region; creates a trail if the account has none.",
        checks: ["cloudtrail-multi-region", "cloudtrail-all-regions", "cloudtrail-management-events"],
        calls: NewTrail.calls.union(deliveryCalls).union([.updateTrail, .putEventSelectors, .stopLogging]),
        reads: deliveryReads.union([.trailStatus, .eventSelectors])
    ) { target, reading, observed throws(Unknown) in
        if let trail = candidate(in: reading) {
            return [trail.scope, trail.logging, trail.selectors] + trail.deliveryPolicies(in: reading)
        }
        return try NewTrail(in: reading)?.observations(observed) ?? []
    } propose: { target, reading, observed throws(Unknown) in
        guard let trail = candidate(in: reading) else {
            guard let new = try NewTrail(in: reading) else {
                return .declined(
                    "the event selectors of the account's trails could not be read: allow cloudtrail:GetEventSelectors")
            }
            return try new.proposal(for: target, in: reading, observed)
        }
        var steps: [Step] = []
        let selectors = try observed[trail.selectors]
        if !trail.recordsEverything, !selectors.isSame(as: trail.completed(selectors)) {
            let after = trail.completed(selectors)
            guard (after["EventSelectors"]?.elements?.count ?? 0) <= 5 else {
                return .declined("trail \(trail.name) has five event selectors already: change one of them by hand")
            }
            steps.append(
                Step(
                    "Record all management events in trail \(trail.name)", on: trail.trailARN, for: target.checks,
                    state: trail.selectors, before: selectors, call: trail.put(after), after: after,
                    undo: trail.put(selectors), notes: ["Selectors for data events stay as they are."],
                    cost: "The first copy of management events is free; a further trail's copies are charged for."))
        }
        let before = try observed[trail.scope]
        let after: JSON = ["IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": true]
        if !before.isSame(as: after) {
            let needed = try trail.admittingDelivery(for: target, in: reading, observed).beforeUpdateOfTrail
            steps += needed.steps
            steps.append(
                Step(
                    "Extend trail \(trail.name) to every region", on: trail.trailARN, for: target.checks,
                    state: trail.scope, before: before, call: trail.update(after), after: after,
                    undo: trail.update([
                        "IsMultiRegionTrail": .bool(before["IsMultiRegionTrail"] == true),
                        "IncludeGlobalServiceEvents": .bool(before["IncludeGlobalServiceEvents"] == true),
                    ]), notes: needed.notes,
                    cost: "The first copy of management events is free; a further trail's copies are charged for."))
        }
        if let step = trail.starting(try observed[trail.logging], for: target) { steps.append(step) }
        return .steps(steps)
    }

    /// Returns the trail to extend. A multi-Region trail is preferred, then one that records everything, then one that
    /// is logging.
    private static func candidate(in reading: Reading) -> Trail? {
        reading.trails.filter { trail in
            guard trail.obstacle(in: reading) == nil, let events = try? trail.recordedManagementEvents.value else {
                return false
            }
            return events.doubt == nil
        }.min { order($0) < order($1) }
    }

    private static func order(_ trail: Trail) -> (Int, Int, Int, String) {
        (
            trail.isMultiRegionTrail ? 0 : 1, trail.recordsEverything ? 0 : 1, trail.isKnownToLog ? 0 : 1,
            trail.trailARN
        )
    }

    /// Fixes the causes of failed delivery that Parapet can recognize: the bucket policy, the key policy, and stopped
    /// logging.
    ///
    /// Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail".
    static let deliveryFix = Fix(
        "trail-delivery", "Allows CloudTrail in the policies of the trail's bucket and key, and starts logging.",
        checks: ["cloudtrail-delivery"],
        calls: deliveryCalls.union([.startLogging, .stopLogging]), reads: deliveryReads
    ) { target, reading, _ throws(Unknown) in
        let trail = try reading.trail(target.resource.arn)
        return [trail.logging] + trail.deliveryPolicies(in: reading)
    } propose: { target, reading, observed throws(Unknown) in
        let trail = try reading.trail(target.resource.arn)
        if let obstacle = trail.obstacle(in: reading) { return .declined(obstacle) }
        guard reading.bucket(of: trail) != nil else {
            return .declined(
                "bucket \(trail.s3BucketName) does not exist or is another account's: give the trail another bucket")
        }
        let proposal = try trail.admittingDelivery(for: target, in: reading, observed)
        guard case .steps(var steps) = proposal else { return proposal }
        if let step = trail.starting(try observed[trail.logging], for: target) { steps.append(step) }
        guard !steps.isEmpty else {
            return .declined("the policies of the bucket and the key allow CloudTrail: the cause is another one")
        }
        return .steps(steps)
    }
}

// MARK: - Delivery

extension AuditTrail {
    /// The calls that let CloudTrail deliver, and what is read for them.
    fileprivate static let deliveryCalls: Set<AWSClient.Operation> = [
        .putBucketPolicy, .deleteBucketPolicy, .putKeyPolicy,
    ]
    fileprivate static let deliveryReads: Set<Facet> = [.trails, .bucketRegions, .organization, .regions]
}

extension Trail {
    /// The policies that must let CloudTrail deliver, if they are this account's.
    fileprivate func deliveryPolicies(in reading: Reading) -> [Observation] {
        [reading.bucket(of: self)?.policy, ownKey(in: reading)?.policy].compactMap(\.self)
    }

    /// Returns the steps that let CloudTrail deliver into the trail's bucket with its key; none if they let it already, or
    /// are another account's.
    /// - Returns: the reason instead if that is not possible.
    fileprivate func admittingDelivery(
        for target: Fix.Target, in reading: Reading, _ observed: Observations
    ) throws(Unknown) -> Fix.Proposal {
        var steps: [Step] = []
        if let bucket = reading.bucket(of: self) {
            let proposal = try bucket.admitting([self], for: target, in: reading, observed)
            guard case .steps(let proposed) = proposal else { return proposal }
            steps += proposed
        }
        if let key = ownKey(in: reading) {
            let policy = try observed[key.policy]
            var text = PolicyText(policy)
            if let obstacle = try text.admitCloudTrail(with: key.arn, for: [self], in: reading, narrowing: false) {
                return .declined(obstacle)
            }
            let proposal = try key.replacing(
                policy, by: text, "Let CloudTrail encrypt with key", for: target, in: reading)
            guard case .steps(let proposed) = proposal else { return proposal }
            steps += proposed
        }
        return .steps(steps)
    }
}

extension Fix.Proposal {
    /// The steps without which CloudTrail rejects a change of a trail, or a note that they are not possible.
    ///
    /// Source: AWS CloudTrail API Reference, "UpdateTrail", errors.
    var beforeUpdateOfTrail: (steps: [Step], notes: [String]) {
        switch self {
        case .steps(let steps), .partly(let steps, declined: _): (steps, [])
        case .declined(let reason): ([], ["CloudTrail may reject the change: \(reason)."])
        case .byHand(let lines): ([], lines)
        }
    }
}

extension FixedBucket {
    /// Returns a step that lets CloudTrail deliver the files of trails; no step if it may already.
    /// - Returns: the reason instead if that is not possible.
    func admitting(
        _ trails: [Trail], for target: Fix.Target, in reading: Reading, _ observed: Observations
    ) throws(Unknown) -> Fix.Proposal {
        let policy = try observed[self.policy]
        var text = PolicyText(policy)
        if let obstacle = try text.admitMissing(into: arn(target), for: trails, in: reading) {
            return .declined(obstacle)
        }
        return replacing(policy, by: text, "Let CloudTrail deliver into \(name)", for: target)
    }
}

extension Trail {
    /// Observes attributes as `GetTrail` returns them.
    func fixed(_ names: String...) -> Observation {
        Observation(
            APICall(.getTrail, in: homeRegion, ["Name": .string(trailARN)]), "Trail", .members(names))
    }

    fileprivate var scope: Observation { fixed("IsMultiRegionTrail", "IncludeGlobalServiceEvents") }

    fileprivate var logging: Observation {
        Observation(APICall(.getTrailStatus, in: homeRegion, ["Name": .string(trailARN)]), .members(["IsLogging"]))
    }

    fileprivate var selectors: Observation {
        Observation(
            APICall(.getEventSelectors, in: homeRegion, ["TrailName": .string(trailARN)]),
            .members(["EventSelectors", "AdvancedEventSelectors"]))
    }

    /// Returns a call with the changed attributes only, because CloudTrail keeps the others.
    func update(_ change: JSON) -> APICall {
        APICall(
            .updateTrail, in: homeRegion,
            .members([.init("Name", .string(trailARN))] + (change.object?.members ?? [])))
    }

    /// Returns the reason why this account cannot change the trail; `nil` if it can.
    func obstacle(in reading: Reading) -> String? {
        accountID == reading.id
            ? nil : "the trail is account \(accountID)'s, which alone can change it"
    }

    /// Returns a step that starts logging; `nil` if the trail is logging.
    fileprivate func starting(_ logging: JSON, for target: Fix.Target) -> Step? {
        guard logging["IsLogging"] != true else { return nil }
        let parameters: JSON = ["Name": .string(name)]
        return Step(
            "Start logging of trail \(name)", on: trailARN, for: target.checks, state: self.logging, before: logging,
            call: APICall(.startLogging, in: homeRegion, parameters), after: ["IsLogging": true],
            undo: APICall(.stopLogging, in: homeRegion, parameters))
    }

    fileprivate var recordsEverything: Bool {
        guard let events = try? recordedManagementEvents.value else { return false }
        return events.isComplete && events.excludedSources.isEmpty
    }

    /// The key that the trail names by ARN, if the key belongs to this account.
    fileprivate func ownKey(in reading: Reading) -> TrailKey? {
        kmsKeyID.map { TrailKey($0) }.flatMap { $0.account == reading.id && $0.arn.contains(":key/") ? $0 : nil }
    }

    // MARK: - Selectors

    /// Returns the selectors with one added for all management events. Selectors for data events are kept.
    fileprivate func completed(_ selectors: JSON) -> JSON {
        let advanced = selectors["AdvancedEventSelectors"]?.elements ?? []
        if !advanced.isEmpty {
            let others = advanced.filter { !$0.isForManagementEvents }
            return [
                "EventSelectors": .null,
                "AdvancedEventSelectors": .array(
                    [
                        [
                            "Name": "Management events",
                            "FieldSelectors": [["Field": "eventCategory", "Equals": ["Management"]]],
                        ]
                    ] + others),
            ]
        }
        let data = (selectors["EventSelectors"]?.elements ?? []).filter {
            $0["DataResources"]?.elements?.isEmpty == false
        }
        return [
            "EventSelectors": .array(
                [
                    [
                        "ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [],
                        "ExcludeManagementEventSources": [],
                    ]
                ]
                    + data.map { selector in
                        var object = selector.object ?? [:]
                        object["IncludeManagementEvents"] = false
                        object["ExcludeManagementEventSources"] = []
                        return .object(object)
                    }),
            "AdvancedEventSelectors": .null,
        ]
    }

    /// Returns a call with the kind of selectors that the trail has, basic or advanced: CloudTrail does not accept
    /// both.
    fileprivate func put(_ selectors: JSON) -> APICall {
        let name = ["AdvancedEventSelectors", "EventSelectors"].first { selectors[$0]?.elements?.isEmpty == false }
        let form = name ?? "EventSelectors"
        return APICall(
            .putEventSelectors, in: homeRegion,
            .members([.init("TrailName", .string(trailARN)), .init(form, selectors[form] ?? [])]))
    }
}

extension JSON {
    fileprivate var isForManagementEvents: Bool {
        (self["FieldSelectors"]?.elements ?? []).contains {
            $0["Field"] == "eventCategory" && $0["Equals"]?.elements == ["Management"]
        }
    }
}

/// A new trail, with its bucket, for an account that has none.
///
/// Source: AWS CloudTrail User Guide, "Creating a trail with the AWS CLI".
private struct NewTrail {
    static let calls: Set<AWSClient.Operation> = FixedBucket.creationCalls.union([
        .putBucketVersioning, .putBucketPolicy, .deleteBucketPolicy, .putBucketEncryption, .deleteBucketEncryption,
        .putKeyPolicy, .createTrail, .deleteTrail, .startLogging, .stopLogging,
    ])

    private static let name = "parapet"
    private let region: String
    private let arn: String
    private let bucket: FixedBucket
    private let key: TrailKey?

    /// Returns `nil` if the account has a trail.
    /// - Throws: `Unknown` if the trails of a Region could not be read.
    init?(in reading: Reading) throws(Unknown) {
        for region in try reading[.regions].value { _ = try reading[.trails][region].value }
        guard !reading.trails.contains(where: { $0.accountID == reading.id }) else { return nil }
        let regions = try reading[.regions].value.sorted()
        let usual = Partition.named(reading.partition)?.globalRegion ?? ""
        key = reading.settings.trailKey.map { TrailKey($0) }
        region = key?.region ?? (regions.contains(usual) ? usual : regions.first ?? usual)
        arn = "arn:\(reading.partition):cloudtrail:\(region):\(reading.id):trail/\(Self.name)"
        bucket = FixedBucket(
            reading.settings.trailBucket ?? "parapet-cloudtrail-\(reading.id)-\(region)", in: region,
            owner: reading.id)
    }

    private func read(_ operation: AWSClient.Operation) -> APICall {
        APICall(operation, in: region, ["Name": .string(arn)])
    }

    private var trail: Observation {
        Observation(
            read(.getTrail), "Trail",
            .members([
                "S3BucketName", "IsMultiRegionTrail", "IncludeGlobalServiceEvents", "LogFileValidationEnabled",
                "KmsKeyId",
            ]))
    }

    private var logging: Observation { Observation(read(.getTrailStatus), .members(["IsLogging"])) }

    /// Returns the observations. Attributes of the bucket, and logging of the trail, are observed only if that exists.
    func observations(_ observed: Observations) throws(Unknown) -> [Observation] {
        var all = [bucket.existence, trail] + (key.map { [$0.policy, $0.description] } ?? [])
        if let exists = observed.known(bucket.existence), !exists.isNull {
            all += [bucket.publicAccessBlock, bucket.versioning, bucket.policy]
        }
        if let present = observed.known(trail), !present.isNull { all.append(logging) }
        return all
    }

    func proposal(for target: Fix.Target, in reading: Reading, _ observed: Observations) throws(Unknown) -> Fix.Proposal
    {
        if let key, let obstacle = key.obstacle(to: reading, in: region, describedAs: try observed[key.description]) {
            return .declined(obstacle)
        }
        var steps: [Step] = []
        let isNew = try observed[bucket.existence].isNull
        if isNew { steps += bucket.creation(for: target, "the files of CloudTrail") }
        let block = observed.known(bucket.publicAccessBlock) ?? .null
        if !isNew { steps.append(bucket.blockingPublicAccess(before: block, for: target)) }
        steps.append(
            bucket.enablingVersioning(before: observed.known(bucket.versioning) ?? ["Status": .null], for: target))
        let needs = CloudTrailNeeds([arn])
        let bucketARN = bucket.arn(target)
        let policy = observed.known(bucket.policy) ?? .null
        var text = PolicyText(policy)
        text.append(needs.aclStatement(bucketARN))
        text.append(needs.deliveryStatement(bucketARN, ["AWSLogs/\(reading.id)"]))
        text.append(bucket.tlsStatement(bucketARN))
        switch bucket.replacing(
            policy, by: text, "Let CloudTrail deliver into \(bucket.name), over TLS alone", for: target)
        {
        case .steps(let proposed): steps += proposed
        case let other: return other
        }
        if let key {
            let policy = try observed[key.policy]
            var text = PolicyText(policy)
            text.append(needs.encryptionStatement(reading.partition))
            text.append(needs.descriptionStatement)
            text.admitReaders(reading.settings.trailAccess?.readers ?? [], in: reading)
            switch try key.replacing(
                policy, by: text, "Allow CloudTrail and the readers of the logs to use key", for: target, in: reading)
            {
            case .steps(let proposed): steps += proposed
            case let other: return other
            }
        }
        let name: JSON = ["Name": .string(Self.name)]
        let after: JSON = [
            "S3BucketName": .string(bucket.name), "IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": true,
            "LogFileValidationEnabled": true, "KmsKeyId": JSON(key?.arn),
        ]
        let present = try observed[trail]
        guard present.isNull || present.isSame(as: after) else {
            return .declined("a trail \(Self.name) is there and is another: its change is a person's to decide")
        }
        steps.append(
            Step(
                "Create trail \(Self.name) for every region", on: arn, for: target.checks, state: trail,
                before: present,
                call: APICall(
                    .createTrail, in: region,
                    .members([
                        "Name": .string(Self.name), "S3BucketName": .string(bucket.name), "IsMultiRegionTrail": true,
                        "IncludeGlobalServiceEvents": true, "EnableLogFileValidation": true,
                        "KmsKeyId": key.map { .string($0.arn) },
                    ])), after: after, undo: APICall(.deleteTrail, in: region, name), risk: .reversibleWithLoss,
                losses: ["The files that the trail delivered stay in the bucket."],
                cost: "The first copy of management events is free."))
        steps.append(
            Step(
                "Start logging of trail \(Self.name)", on: arn, for: target.checks, state: logging,
                before: observed.known(logging) ?? ["IsLogging": false],
                call: APICall(.startLogging, in: region, name), after: ["IsLogging": true],
                undo: APICall(.stopLogging, in: region, name)))
        // Skips changes that the steps for an earlier finding make, or that are already in place.
        return .steps(steps.filter { !$0.before.isSame(as: $0.after) })
    }
}
