import LogReaders
import Sigma
import TestSupport
import Testing

/// Rules that may match a large part of all records, beside others.
@Suite struct SigmaLightRecordTests {
    private static func rules(_ detections: [String]) -> RuleSet {
        let files = detections.enumerated().map { (name: "r\($0).yml", text: SigmaCase.rule($1)) }
        return RuleSet(RuleCollection(parsing: files, placeholders: [:]), for: .cloudTrail)
    }

    @Test(arguments: [
        ("readOnly: true", ["readOnly"]), ("eventSource: s3.amazonaws.com", ["eventSource"]),
        ("eventName|startswith: Get\nawsRegion: eu-west-1", ["awsRegion", "eventName"]),
        ("eventName: GetObject\nuserAgent|fieldref: n", ["eventName", "n", "userAgent"]),
        ("- word", []), ("a: {m: x}\ncondition: not a", ["m"]),
        ("requestParameters|contains: x", ["requestParameters"]),
    ])
    func aBroadRuleNeedsJustItsFields(_ detection: String, _ fields: [String]) {
        let rules = Self.rules([detection, "eventName: StopLogging\nrequestParameters.name: x"])
        #expect(rules.light?.fields.map { rules.fields.paths[$0] }.sorted() == fields)
        #expect(rules.wholeFilters == [RecordFilter(field: "eventName", values: [Array("stoplogging".utf8)])])
    }

    @Test(arguments: [
        "eventName: StopLogging", "eventSource: signin.amazonaws.com", "readOnly: true\nerrorCode: AccessDenied",
        "userIdentity.type: Root", "eventName|startswith: DeleteTrail", "userAgent|contains: kali",
    ])
    func otherRulesReadWholeRecords(_ detection: String) {
        #expect(Self.rules([detection]).light == nil)
    }

    /// Random rules over random records: which are light makes no difference.
    @Test(arguments: 0..<8) func lightRecordsGiveTheAlertsOfWholeOnes(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func one(_ all: [String]) -> String { all.randomElement(using: &generator) ?? "" }
        let searches = [
            "readOnly: true", "readOnly: false", "eventSource: s3.amazonaws.com", "eventName|startswith: Get",
            "eventName: GetObject", "eventName: StopLogging", "awsRegion: [eu-west-1, x]", "errorCode|exists: true",
            "requestParameters.a: 1", "requestParameters|contains: q", "userIdentity.type: [Root, AssumedRole]",
            "userIdentity.type: Root", "'|re': 'q+'", "userAgent|fieldref: errorCode", "errorCode: null",
        ]
        let conditions = ["a", "a and b", "a or b", "a and not b", "not a", "1 of them"]
        let texts = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
            "a: {\(one(searches))}\nb: {\(one(searches))}\ncondition: \(one(conditions))"
        }
        let rules = Self.rules(texts)
        let values = [
            "readOnly": ["true", "false", "\"true\"", "[true]", "null"],
            "eventSource": ["\"s3.amazonaws.com\"", "\"ec2.amazonaws.com\"", "{\"x\":\"s3.amazonaws.com\"}"],
            "eventName": ["\"GetObject\"", "\"Get\\u004fbject\"", "\"StopLogging\"", "\"GET\"", "7"],
            "awsRegion": ["\"eu-west-1\"", "\"x\""], "errorCode": ["\"e\"", "null"], "userAgent": ["\"e\"", "\"qq\""],
            "requestParameters": ["null", "{\"a\":1}", "{\"a\":\"q\"}", "\"{\\\"a\\\":1}\"", "[{\"a\":2},{\"a\":1}]"],
            "userIdentity": ["{\"type\":\"Root\"}", "{\"type\":\"AssumedRole\"}", "{}", "\"q\""],
        ]
        let records = (0..<300).map { _ in
            let members = values.keys.sorted().shuffled(using: &generator).filter { _ in
                Int.random(in: 0..<4, using: &generator) > 0
            }.map { "\"\($0)\":\(one(values[$0] ?? []))" }
            return "{\((["\"eventVersion\":\"1\""] + members).joined(separator: ","))}"
        }
        let text = Array(records.joined(separator: "\n").utf8)
        func alerts(_ plan: CloudTrailPlan) -> (alerts: [[Int]], light: Int) {
            let matcher = RuleMatcher(rules)
            var found: [[Int]] = []
            var light = 0
            text.withUnsafeBufferPointer { text in
                _ = CloudTrailReader(plan).read(text) { event in
                    var alerts: [Int] = []
                    let record = copy event
                    if record.isLight {
                        light += 1
                        matcher.matchLight(record) { alerts.append($0) }
                    } else {
                        matcher.match(record) { alerts.append($0) }
                    }
                    if !alerts.isEmpty { found.append(alerts) }
                }
            }
            return (found, light)
        }
        let whole = alerts(CloudTrailPlan(fields: rules.fields))
        let split = alerts(CloudTrailPlan(fields: rules.fields, filters: rules.wholeFilters, light: rules.light))
        #expect(split.alerts == whole.alerts, "\(texts)")
        #expect(whole.light == 0 && (split.light == 0 || rules.light != nil))
    }
}
