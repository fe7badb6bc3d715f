internal import Basics
internal import LogReaders
internal import Sigma

/// The fields of a log that alerts are made of.
struct RecordFields: Sendable {
    var time: String
    var event: String?
    /// The first of these that a record has is used.
    var actor: [String]
    var account: [String]
    var region: String?
    /// The fields that an alert shows first.
    var shown: [String]

    /// The fields of counted events that correlations keep for their alerts.
    var kept: [String] { [event, region].compactMap(\.self) + actor.prefix(1) + account.prefix(1) }

    init(_ source: LogSource) {
        time = source.timeField
        switch source {
        case .cloudTrail:
            event = "eventID"
            actor = [
                "userIdentity.arn", "userIdentity.invokedBy", "userIdentity.userName", "userIdentity.principalId",
                "userIdentity.type", "sourceIPAddress",
            ]
            account = ["recipientAccountId", "userIdentity.accountId"]
            region = "awsRegion"
            shown = [
                "eventName", "eventSource", "sourceIPAddress", "userAgent", "errorCode", "userIdentity.type",
                "userIdentity.accessKeyId", "requestParameters",
            ]
        case .s3Access:
            event = "request_id"
            actor = ["requester", "remote_ip"]
            account = []
            region = nil
            shown = [
                "bucket", "operation", "key", "requester", "remote_ip", "status", "error_code", "bytes_sent",
                "user_agent",
            ]
        case .vpcFlow:
            event = nil
            actor = ["interface-id", "tgw-attachment-id", "srcaddr"]
            account = ["account-id"]
            region = "region"
            shown = [
                "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "action",
            ]
        }
    }
}

extension RuleSet {
    /// Rules for this log only that use fields it does not have: if such a field decides, they never match.
    var withUnknownFields: [(title: String, fields: [String])] {
        detections.compactMap { place in
            let rule = collection.detections[place]
            let fields = rule.predicate.fields.filter { !source.has($0) }
            return rule.logSource.service == nil || fields.isEmpty ? nil : (rule.about.title, fields)
        }
    }
}

extension LogSource {
    /// Whether records can have a field of that name. CloudTrail's may have any.
    fileprivate func has(_ field: String) -> Bool {
        switch self {
        case .cloudTrail: true
        case .s3Access: AccessField(named: field) != nil
        case .vpcFlow: FlowField(named: field) != nil
        }
    }
}

extension FieldValue {
    /// The value as text for display; `nil` if there is none.
    var shownText: String? {
        switch self {
        case .absent, .null: nil
        case .boolean(let flag): flag ? "true" : "false"
        case .number(let bytes), .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .object(let json, _):
            (try? JSON(parsing: Array(json), .ofLogs)).map { SecretFields.hidden($0).description }
        case .list(let values):
            values.isEmpty ? nil : values.prefix(20).compactMap(\.shownText).joined(separator: ", ")
        }
    }
}

extension Predicate {
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
