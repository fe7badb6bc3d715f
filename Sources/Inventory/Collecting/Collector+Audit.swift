import AWSClient

/// The trails, and what they point at: buckets, keys, log groups.
struct AuditReading: Sendable {
    var trailARNs = Regional<[String]>()
    var trails: [Trail] = []
    var buckets: [String: Bucket] = [:]
    var keys: [String: EncryptionKey] = [:]
    var logGroups: [String: Fact<LogGroup>] = [:]

    func fill(_ account: inout Account) {
        account.trailARNs = trailARNs
        account.trails = trails
        account.buckets = buckets
        account.keys = keys
        account.logGroups = logGroups
    }
}

extension Collector {
    func readTrails(in regions: Fact<[String]>) async -> AuditReading {
        var reading = AuditReading()
        let listed = await regional(.trails, in: regions) { region throws(AWSError) in
            try await client.send(CloudTrail.describeTrails(), in: region).trailList.map(Trail.init)
        }
        reading.trailARNs = Regional(listed.facts.mapValues { $0.map { trails in trails.map(\.arn).sorted() } })
        let known = listed.facts.sorted { $0.key < $1.key }.flatMap { (try? $0.value.value) ?? [] }
        let trails = Dictionary(known.map { ($0.arn, $0) }) { first, _ in first }

        async let detailed = concurrently(trails.values.map(\.arn)) { arn in
            await readDetails(of: trails[arn])
        }
        async let buckets = readBuckets(Set(trails.values.map(\.bucketName).filter { !$0.isEmpty }).union(self.buckets))
        async let keys = readKeys(of: trails.values)
        async let logGroups = readLogGroups(Set(trails.values.compactMap(\.logGroupARN)))
        reading.trails = await detailed.values.compactMap(\.self).sorted { $0.arn < $1.arn }
        reading.buckets = await buckets
        reading.keys = await keys
        reading.logGroups = await logGroups
        return reading
    }

    private func readDetails(of trail: Trail?) async -> Trail? {
        guard let trail else { return nil }
        async let status = fact(.trailStatus) { () throws(AWSError) in
            TrailStatus(try await client.send(CloudTrail.getTrailStatus(trail: trail.arn), in: trail.homeRegion))
        }
        async let selectors = fact(.eventSelectors) { () throws(AWSError) in
            try await client.send(CloudTrail.getEventSelectors(trail: trail.arn), in: trail.homeRegion)
        }
        var detailed = trail
        detailed.status = await status
        detailed.eventSelectors = await selectors.map(EventSelectors.init)
        return detailed
    }

    private func readLogGroups(_ arns: Set<String>) async -> [String: Fact<LogGroup>] {
        guard facets.contains(.trailLogGroups) else { return [:] }
        return await concurrently(arns) { arn in
            guard let name = ResourceName(arn: arn) else {
                return .unknown(Unknown(.notFound, detail: "\(arn) is not the ARN of a log group"))
            }
            guard name.accountID == accountID else {
                return .unknown(Unknown(.anotherAccount, detail: "the log group is account \(name.accountID)'s"))
            }
            let listed = await fact { () throws(AWSError) in
                try await client.all(
                    CloudWatchLogs.describeLogGroups(prefix: name.logGroup), in: name.region, \.logGroups)
            }
            return listed.map { groups throws(Unknown) in
                guard let group = groups.first(where: { $0.logGroupName == name.logGroup }) else {
                    throw Unknown(
                        .notFound, call: Operation.describeLogGroups.description,
                        detail: "the log group \(name.logGroup) does not exist")
                }
                return LogGroup(
                    name: group.logGroupName, arn: arn, keyARN: group.kmsKeyID,
                    retentionInDays: group.retentionInDays)
            }
        }
    }

    private func readKeys(of trails: some Sequence<Trail>) async -> [String: EncryptionKey] {
        guard facets.contains(.keyDescription) else { return [:] }
        let homes = Dictionary(
            trails.compactMap { trail in trail.keyReference.map { ($0, trail.homeRegion) } }
        ) { first, _ in first }
        return await concurrently(Set(homes.keys).union(keys)) { reference in
            await readKey(reference, region: ResourceName(arn: reference)?.region ?? homes[reference] ?? baseRegion)
        }
    }

    private func readKey(_ reference: String, region: String) async -> EncryptionKey {
        var key = EncryptionKey(reference: reference)
        if let owner = ResourceName(arn: reference)?.accountID, owner != accountID {
            let unknown = Unknown(.anotherAccount, detail: "the key is account \(owner)'s, which alone may be asked")
            key.description = .unknown(unknown)
            key.rotation = .unknown(unknown)
            key.policy = .unknown(unknown)
            key.grants = .unknown(unknown)
            return key
        }
        key.description = await fact(.keyDescription) { () throws(AWSError) in
            KeyDescription(try await client.send(KMS.describeKey(reference), in: region))
        }
        // An alias must be resolved before the other calls take it.
        let arn: String
        switch key.description {
        case .known(let description): arn = description.arn
        case .unknown(let unknown):
            key.rotation = facets.contains(.keyRotation) ? .unknown(unknown) : .notCollected
            key.policy = facets.contains(.keyPolicy) ? .unknown(unknown) : .notCollected
            key.grants = facets.contains(.keyGrants) ? .unknown(unknown) : .notCollected
            return key
        }
        async let rotation = fact(.keyRotation) { () throws(AWSError) in
            do throws(AWSError) {
                let answer = try await client.send(KMS.getKeyRotationStatus(arn), in: region)
                return KeyRotation(isEnabled: answer.isEnabled, periodInDays: answer.periodInDays)
            } catch  where error.code == "UnsupportedOperationException" {
                return KeyRotation(isEnabled: false)
            }
        }
        async let policy = fact(.keyPolicy) { () throws(AWSError) in
            PolicyDocument(try await client.send(KMS.getKeyPolicy(arn), in: region).policy)
        }
        async let grants = fact(.keyGrants) { () throws(AWSError) in
            try await client.all(KMS.listGrants(arn), in: region, \.grants).map(KeyGrant.init).sorted { $0.id < $1.id }
        }
        key.rotation = await rotation
        key.policy = await policy
        key.grants = await grants
        return key
    }
}

/// The parts of an ARN that say whom to ask where.
private struct ResourceName {
    var region: String
    var accountID: String
    var rest: Substring

    init?(arn: String) {
        let fields = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0] == "arn" else { return nil }
        region = String(fields[3])
        accountID = String(fields[4])
        rest = fields[5]
    }

    /// `log-group:NAME:*` without what surrounds the name.
    var logGroup: String {
        let name = rest.hasPrefix("log-group:") ? rest.dropFirst("log-group:".count) : rest
        return String(name.hasSuffix(":*") ? name.dropLast(2) : name)
    }
}

extension Trail {
    init(_ answer: DescribeTrailsAnswer.Trail) {
        self.init(
            arn: answer.arn, name: answer.name, homeRegion: answer.homeRegion,
            isMultiRegion: answer.isMultiRegionTrail ?? false,
            isOrganizationTrail: answer.isOrganizationTrail ?? false,
            validatesLogFiles: answer.logFileValidationEnabled ?? false, bucketName: answer.s3BucketName ?? "",
            keyPrefix: answer.s3KeyPrefix, keyReference: answer.kmsKeyID,
            logGroupARN: answer.cloudWatchLogsLogGroupARN.map { $0.hasSuffix(":*") ? String($0.dropLast(2)) : $0 })
    }
}

extension TrailStatus {
    fileprivate init(_ answer: GetTrailStatusAnswer) {
        self.init(
            isLogging: answer.isLogging, latestDeliveryError: answer.latestDeliveryError?.nonEmpty,
            latestDeliveryTime: answer.latestDeliveryTime,
            latestDigestDeliveryError: answer.latestDigestDeliveryError?.nonEmpty,
            latestDigestDeliveryTime: answer.latestDigestDeliveryTime,
            latestCloudWatchLogsDeliveryError: answer.latestCloudWatchLogsDeliveryError?.nonEmpty,
            latestCloudWatchLogsDeliveryTime: answer.latestCloudWatchLogsDeliveryTime,
            startLoggingTime: answer.startLoggingTime)
    }
}

extension EventSelectors {
    /// - Throws: ``Unknown`` where nothing is stated, and for a kind of event that is not known: neither may be taken
    ///   for all events.
    fileprivate init(_ answer: GetEventSelectorsAnswer) throws(Unknown) {
        self.init()
        let stated = (answer.eventSelectors?.count ?? 0) + (answer.advancedEventSelectors?.count ?? 0)
        guard stated > 0 else {
            // CloudTrail states its defaults too.
            throw Unknown(
                .failed, call: Operation.getEventSelectors.description,
                detail: "the answer does not say which events are recorded")
        }
        for selector in answer.eventSelectors ?? [] {
            guard let type = EventSelector.ReadWriteType(rawValue: selector.readWriteType ?? "All") else {
                throw Unknown(
                    .failed, call: Operation.getEventSelectors.description,
                    detail: "an event selector is of the unknown type \(selector.readWriteType ?? "")")
            }
            // CloudTrail's defaults for members that are left out: all events, management events included.
            basic.append(
                EventSelector(
                    readWriteType: type, includesManagementEvents: selector.includeManagementEvents ?? true,
                    excludedManagementEventSources: selector.excludeManagementEventSources ?? []))
        }
        advanced = (answer.advancedEventSelectors ?? []).map { selector in
            AdvancedEventSelector(
                name: selector.name,
                fieldSelectors: selector.fieldSelectors.map { field in
                    .init(
                        field: field.field, equals: field.equals ?? [], notEquals: field.notEquals ?? [],
                        startsWith: field.startsWith ?? [], notStartsWith: field.notStartsWith ?? [],
                        endsWith: field.endsWith ?? [], notEndsWith: field.notEndsWith ?? [])
                })
        }
    }
}

extension KeyDescription {
    fileprivate init(_ answer: DescribeKeyAnswer) {
        self.init(
            arn: answer.metadata.arn, accountID: answer.metadata.accountID, state: answer.metadata.state,
            manager: answer.metadata.manager, origin: answer.metadata.origin ?? "AWS_KMS",
            spec: answer.metadata.spec ?? "SYMMETRIC_DEFAULT", deletionDate: answer.metadata.deletionDate)
    }
}

extension KeyGrant {
    fileprivate init(_ answer: ListGrantsAnswer.Grant) {
        self.init(
            id: answer.id, granteePrincipal: answer.granteePrincipal, retiringPrincipal: answer.retiringPrincipal,
            operations: answer.operations,
            constraints: Constraints(
                encryptionContextSubset: answer.constraints?.encryptionContextSubset ?? [:],
                encryptionContextEquals: answer.constraints?.encryptionContextEquals ?? [:]),
            issuingAccount: answer.issuingAccount)
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
