internal import Analytics
internal import LogReaders
internal import Sigma

/// The fields of a log from which alerts are made.
struct RecordFields: Sendable {
    var time: String
    var event: String?
    /// The first of these that a record has is used.
    var actor: [String]
    var account: [String]
    var region: String?
    /// The fields that an alert shows first.
    var shown: [String]

    /// The values that a step of a correlation shows of its event, by their names in the evidence. If a value consists
    /// of several fields, `separator` joins them.
    var step: [(name: String, fields: [String], separator: String)]

    /// The fields of counted events that correlations keep for their alerts.
    var kept: [String] {
        let fields = [event, region].compactMap(\.self) + actor.prefix(1) + account.prefix(1)
        return fields + step.flatMap(\.fields).filter { !fields.contains($0) }
    }

    init(_ source: LogSource) {
        time = source.timeField
        actor = source.actorFields
        switch source {
        case .cloudTrail:
            // Insights events name the principals with the most calls, first of all attributes ("CloudTrail Insights
            // insightDetails element", AWS CloudTrail User Guide).
            actor += [
                "insightDetails.insightContext.attributions.insight.value", "insightContext.attributions.insightValue",
            ]
            event = "eventID"
            account = ["recipientAccountId", "userIdentity.accountId"]
            region = "awsRegion"
            shown = [
                "eventName", "eventSource", "sourceIPAddress", "userAgent", "errorCode", "userIdentity.type",
                "userIdentity.accessKeyId", "requestParameters",
            ]
            step = [
                ("actor", ["userIdentity.arn"], ""), ("action", ["eventName"], ""), ("service", ["eventSource"], ""),
                ("target", [LogSource.target, "requestParameters.key"], "/"), ("source", ["sourceIPAddress"], ""),
                ("error", ["errorCode"], ""), ("region", ["awsRegion"], ""), ("event", ["eventID"], ""),
            ]
        case .s3Access:
            event = "request_id"
            account = []
            region = nil
            shown = [
                "bucket", "operation", "key", "requester", "remote_ip", "status", "error_code", "bytes_sent",
                "user_agent",
            ]
            step = [
                ("actor", ["requester"], ""), ("action", ["operation"], ""), ("target", ["bucket", "key"], "/"),
                ("source", ["remote_ip"], ""), ("status", ["status"], ""), ("event", ["request_id"], ""),
            ]
        case .vpcFlow:
            event = nil
            account = ["account-id"]
            region = "region"
            shown = [
                "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "action",
            ]
            step = [
                ("actor", ["interface-id"], ""), ("action", ["action"], ""), ("target", ["dstaddr", "dstport"], ":"),
                ("source", ["srcaddr"], ""),
            ]
        }
    }
}

extension RuleSet {
    /// Rules for only this log that use fields which it does not have, and whether they can match nevertheless. Rules
    /// for CloudTrail are reported only if they cannot match, because its records may get new fields.
    var withUnknownFields: [(title: String, fields: [String], canMatch: Bool)] {
        detectionsWithUnknownFields + correlationsWithUnknownFields
    }

    /// Correlations for only this log that group or count by fields which it does not have. An event that lacks such a
    /// field is not counted.
    private var correlationsWithUnknownFields: [(title: String, fields: [String], canMatch: Bool)] {
        correlations.compactMap { place in
            let rule = collection.correlations[place]
            var fields: [String] = []
            for step in rule.steps {
                guard case .detection(let counted) = step.source,
                    collection.detections[counted].logSource.service != nil
                else { return nil }
                for name in rule.groupBy + rule.kind.valueFields {
                    let field = step.aliases[name] ?? name
                    if field != LogSource.target, !source.has(field), !fields.contains(field) { fields.append(field) }
                }
            }
            return fields.isEmpty ? nil : (rule.about.title, fields, false)
        }
    }

    private var detectionsWithUnknownFields: [(title: String, fields: [String], canMatch: Bool)] {
        detections.compactMap { place in
            let rule = collection.detections[place]
            let fields = rule.predicate.fields.filter { !source.has($0) }
            guard rule.logSource.service != nil, !fields.isEmpty else { return nil }
            let canMatch = rule.predicate.result(of: source) ?? true
            return source == .cloudTrail && canMatch ? nil : (rule.about.title, fields, canMatch)
        }
    }
}

extension LogSource {
    /// The names at the first level of CloudTrail's records (CloudTrail User Guide, "CloudTrail record contents for
    /// management, data, and network activity events", "… for Insights events", "… for aggregated events").
    private static let ofRecords: Set<Substring> = [
        "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
        "userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData",
        "requestID", "eventID", "eventType", "apiVersion", "managementEvent", "readOnly", "resources",
        "recipientAccountId", "serviceEventDetails", "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId",
        "eventCategory", "addendum", "sessionCredentialFromConsole", "eventContext", "edgeDeviceDetails", "tlsDetails",
        "insightDetails", "eventId", "accountId", "timeWindow", "summary", "annotation", "metadata",
    ]

    /// The paths below `userIdentity` and `tlsDetails` (CloudTrail User Guide, "CloudTrail userIdentity element", and
    /// "CloudTrail record contents for management, data, and network activity events").
    private static let fixedPaths: [String] = {
        let issuer = ["type", "userName", "principalId", "arn", "accountId"]
        let session =
            issuer.map { "sessionIssuer.\($0)" }
            + [
                "attributes.creationDate", "attributes.mfaAuthenticated", "webIdFederationData", "sourceIdentity",
                "ec2RoleDelivery", "assumedRoot", "signInSessionArn",
            ]
        let identity =
            issuer + session.map { "sessionContext.\($0)" }
            + [
                "accessKeyId", "invokedBy", "identityProvider", "credentialId", "onBehalfOf.userId",
                "onBehalfOf.identityStoreArn", "inScopeOf",
            ]
        return identity.map { "userIdentity.\($0)" }
            + ["tlsVersion", "cipherSuite", "clientProvidedHostHeader", "keyExchange"].map { "tlsDetails.\($0)" }
    }()
    /// The objects whose members AWS's pages do not list completely.
    private static let openPaths = ["userIdentity.sessionContext.webIdFederationData.", "userIdentity.inScopeOf."]

    /// Whether a path in a part of records whose members are known leads to one of them.
    private static func isInSchema(_ field: String) -> Bool {
        guard field.hasPrefix("userIdentity.") || field.hasPrefix("tlsDetails.") else { return true }
        return fixedPaths.contains { $0 == field || $0.hasPrefix(field + ".") }
            || openPaths.contains(where: field.hasPrefix)
    }

    /// Whether a part of the path is the place in an array.
    private static func hasIndex(_ field: String) -> Bool {
        field.split(separator: ".").contains(where: { $0.count <= 3 && Int($0) != nil })
    }

    /// Whether records can have a field of that name.
    fileprivate func has(_ field: String) -> Bool {
        switch self {
        case .cloudTrail:
            // A path leads through all elements of an array, and cannot name one of them.
            !field.contains("[") && !field.contains("{}") && !Self.hasIndex(field)
                && Self.ofRecords.contains(field.prefix { $0 != "." }) && Self.isInSchema(field)
        case .s3Access: AccessField(named: field) != nil
        case .vpcFlow: FlowField(named: field) != nil
        }
    }
}

extension FieldValue {
    /// The value as the name of an actor: of several values the first ARN.
    var actorText: String? {
        guard case .list(let values) = self else { return shownText }
        return values.lazy.compactMap(\.actorText).first { $0.hasPrefix("arn:") }
    }

    /// The value as text for display; `nil` if there is none.
    var shownText: String? {
        switch self {
        case .absent, .null: nil
        case .boolean(let flag): flag ? "true" : "false"
        case .number(let bytes), .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .object(let json, _): SecretFields.shown(String(decoding: json, as: UTF8.self))
        case .list(let values):
            values.isEmpty ? nil : values.prefix(20).compactMap(\.shownText).joined(separator: ", ")
        }
    }
}

extension Predicate {
    /// The result of the predicate for all records of a log, as far as the fields that they lack determine it; `nil` if
    /// it depends on the record.
    fileprivate func result(of source: LogSource) -> Bool? {
        switch self {
        case .all(let parts):
            let results = parts.map { $0.result(of: source) }
            return results.contains(false) ? false : results.allSatisfy { $0 == true } ? true : nil
        case .any(let parts):
            let results = parts.map { $0.result(of: source) }
            return results.contains(true) ? true : results.allSatisfy { $0 == false } ? false : nil
        case .not(let part): return part.result(of: source).map { !$0 }
        case .keyword: return nil
        case .field(let name, let test):
            if source.has(name) { return nil }
            switch test {
            case .exists(let flag): return !flag
            case .null: return true
            default: return false
            }
        }
    }

    /// The fields that the predicate tests, each once.
    var fields: [String] {
        var fields: [String] = []
        collect(into: &fields)
        return fields
    }

    private func collect(into fields: inout [String]) {
        switch self {
        case .all(let parts), .any(let parts): for part in parts { part.collect(into: &fields) }
        case .not(let part): part.collect(into: &fields)
        case .field(let name, _): if !fields.contains(name) { fields.append(name) }
        case .keyword: break
        }
    }
}
