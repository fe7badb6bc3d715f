import Basics
import Foundation
import TestSupport
import Testing

/// What an analyst reads of an alert: its steps, its original record, what to do.
@Suite struct AlertContentTests {
    private static let formats = ["table", "json", "html", "markdown"]

    private func outputs(_ logs: String, _ source: String, _ more: [String] = []) async throws -> [String: String] {
        var outputs: [String: String] = [:]
        for format in Self.formats {
            outputs[format] = try await HuntCommand.run(
                ["hunt", "--source", source, "--logs", logs, "--format", format, "--verbose"] + more
            ).standardOutput
        }
        return outputs
    }

    private func alerts(_ json: String?) throws -> [JSON] { try JSON(parsing: json ?? "")["alerts"]?.elements ?? [] }

    /// CloudTrail Insights: the caller with the most calls, the call, and how unusual it is.
    @Test func anInsightNamesTheCallerAndTheCall() async throws {
        let folder = try LogsFolder()
        let caller = "arn:aws:iam::123456789012:user/kim"
        let record = #"""
            {"eventVersion":"1.08","eventTime":"2026-03-01T10:00:00Z","awsRegion":"eu-west-1","eventID":"i-1",\#
            "eventType":"AwsCloudTrailInsight","recipientAccountId":"123456789012","sharedEventID":"s",\#
            "insightDetails":{"state":"Start","eventSource":"ec2.amazonaws.com","eventName":"RunInstances",\#
            "insightType":"ApiCallRateInsight","insightContext":{"statistics":{"baseline":{"average":0.1},\#
            "insight":{"average":40}},"attributions":[{"attribute":"userAgent","insight":[{"value":"aws-cli"}]},\#
            {"attribute":"userIdentityArn","insight":[{"value":"\#(caller)","average":40}],"baseline":[]}]}},\#
            "eventCategory":"Insight"}
            """#
        let log = try folder.write("log.json.gz", Trail.file([record]))
        let outputs = try await outputs(log, "cloudtrail")
        let alert = try #require(alerts(outputs["json"]).first)
        #expect(alert["actor"]?.text == caller)
        #expect(alert["fields"]?["insightDetails.eventName"]?.text == "RunInstances")
        #expect(alert["fields"]?["insightDetails.insightContext.statistics.insight.average"]?.text == "40")
    }

    /// A user is created, gets a key and a policy: who, what, to whom, from where.
    @Test func aCorrelationShowsEachStepWithItsResource() async throws {
        let folder = try LogsFolder()
        let calls = [("1", "CreateUser"), ("2", "CreateAccessKey"), ("3", "AttachUserPolicy")]
        let records = calls.map { id, name in
            Trail.record(
                id, name, source: "iam.amazonaws.com", time: "2026-03-01T10:0\(id):00Z"
            ).replacing(
                #""requestParameters":{"name":"main"}"#,
                with: #""requestParameters":{"userName":"backup-\#(id)","policyArn":"arn:aws:iam::aws:policy/Access"}"#)
        }
        let rule = try folder.write("r.yml", Self.threeSteps)
        let log = try folder.write("log.json.gz", Trail.file(records))
        let outputs = try await outputs(log, "cloudtrail", ["--rules", rule])
        let steps = try #require(alerts(outputs["json"]).first?["evidence"]?["steps"]?.elements)
        #expect(steps.map { $0["action"]?.text } == ["CreateUser", "CreateAccessKey", "AttachUserPolicy"])
        #expect(steps.map { $0["target"]?.text } == ["backup-1", "backup-2", "backup-3"])
        #expect(steps.allSatisfy { $0["source"] == "198.51.100.7" && $0["service"] == "iam.amazonaws.com" })
        #expect(steps.allSatisfy { $0["actor"] == "arn:aws:iam::123456789012:user/ann" && $0["event"] != nil })
        let sentence = "CreateAccessKey on backup-2 by arn:aws:iam::123456789012:user/ann from 198.51.100.7"
        for format in ["table", "html", "markdown"] {
            let text = outputs[format]?.split(whereSeparator: \.isWhitespace).joined(separator: " ") ?? ""
            #expect(text.replacing("\\", with: "").contains(sentence), "\(format)")
        }
        // Without -v too, on the line of the group.
        let brief = try await HuntCommand.run(["hunt", "--source", "cloudtrail", "--logs", log, "--rules", rule])
        let line = brief.standardOutput.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(line.contains("CreateUser on backup-1, CreateAccessKey on backup-2, … (3) from 198.51.100.7"))
    }

    private static let threeSteps = """
        title: Created
        name: created
        logsource: {product: aws, service: cloudtrail}
        detection: {s: {eventName: CreateUser}, condition: s}
        ---
        title: Key
        name: key
        logsource: {product: aws, service: cloudtrail}
        detection: {s: {eventName: CreateAccessKey}, condition: s}
        ---
        title: Policy
        name: policy
        logsource: {product: aws, service: cloudtrail}
        detection: {s: {eventName: AttachUserPolicy}, condition: s}
        ---
        title: All three
        correlation: {type: temporal, rules: [created, key, policy], group-by: [userIdentity.arn], timespan: 1h}
        response: Delete the user.
        """

    /// The rule that matches last is shown, however often the first one matched before.
    @Test func theStepsShowEachRule() async throws {
        let folder = try LogsFolder()
        let many = (0..<150).map { number in
            Trail.record("c\(number)", "CreateUser", source: "iam.amazonaws.com", time: "2026-03-01T10:00:00Z")
        }
        let rest = ["CreateAccessKey", "AttachUserPolicy"].map {
            Trail.record($0, $0, source: "iam.amazonaws.com", time: "2026-03-01T10:30:00Z")
        }
        let log = try folder.write("log.json.gz", Trail.file(many + rest))
        let rule = try folder.write("r.yml", Self.threeSteps)
        let json = try await HuntCommand.run(
            ["hunt", "--source", "cloudtrail", "--logs", log, "--rules", rule, "--format", "json"]
        ).standardOutput
        let found = try #require(alerts(json).first?["evidence"])
        let steps = found["steps"]?.elements ?? []
        #expect(steps.count == 20 && found["events"] == 152)
        #expect(Set(steps.compactMap { $0["rule"]?.text }) == ["Created", "Key", "Policy"])
    }

    @Test func theOriginalRecordIsThereIfItIsWanted() async throws {
        let folder = try LogsFolder()
        let record = Trail.record("1", "StopLogging", more: #","additionalEventData":{"odd": [1,  2]}"#)
        let access =
            "owner trail-logs [02/Mar/2026:10:00:00 +0000] 203.0.113.7 arn:aws:iam::1:user/a R1 REST.DELETE.OBJECT "
            + "AWSLogs/1 \"DELETE /AWSLogs/1 HTTP/1.1\" 204 - - - 9 8 \"-\" \"aws-cli/2\" - h= SigV4 - AuthHeader h - - -"
        let flow = "2 123456789012 eni-1 10.0.0.7 198.51.100.1 40000 22 6 3 900 1772409600 1772409659 ACCEPT OK"
        for (source, service, condition, record) in [
            ("cloudtrail", "cloudtrail", "eventName: StopLogging", record),
            ("s3-access", "s3_access", "status: 204", access),
            ("vpc-flow", "vpcflow", "dstport: 22", flow),
        ] {
            let rule = try folder.write(
                "\(source).yml",
                "title: Any\nlogsource: {product: aws, service: \(service)}\ndetection: {s: {\(condition)}, condition: s}\n"
            )
            let content = source == "cloudtrail" ? Trail.file([record]) : Array((record + "\n").utf8)
            let log = try folder.write(source == "cloudtrail" ? "log.json.gz" : "\(source).log", content)
            let with = try await outputs(log, source, ["--rules", rule, "--raw"])
            #expect(try alerts(with["json"]).map { $0["raw"]?.text } == [record], "\(source)")
            let table = with["table"]?.filter { !$0.isWhitespace } ?? ""
            #expect(table.contains("record:" + record.filter { !$0.isWhitespace }), "\(source)")
            let without = try await outputs(log, source, ["--rules", rule])
            #expect(try alerts(without["json"]).map { $0["raw"] } == [nil], "\(source)")
            let lines = try await HuntCommand.run(
                ["hunt", "--source", source, "--logs", log, "--rules", rule, "--raw", "--format", "ndjson"]
            ).standardOutput.split(separator: "\n")
            #expect(try JSON(parsing: String(lines.first ?? ""))["raw"]?.text == record, "\(source)")
        }
    }

    @Test func aRuleSaysWhatToDo() async throws {
        let folder = try LogsFolder()
        let log = try folder.write("log.json.gz", Trail.file([Trail.record("1", "StopLogging")]))
        let outputs = try await outputs(log, "cloudtrail")
        let response = "Start logging again, isolate the principal"
        for (format, text) in outputs {
            #expect(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(response), "\(format)")
        }
        let rules = try JSON(parsing: outputs["json"] ?? "")["rules"]?.elements ?? []
        #expect(rules.first { $0["id"]?.text == Trail.stopped }?["response"]?.text?.hasPrefix(response) == true)
        let explained = try await HuntCommand.run(["hunt", "--explain-rule", Trail.stopped]).standardOutput
        #expect(explained.contains("Response"))
    }
}
