import Basics
import Foundation
import Store

/// Alerts and findings for the tests.
enum Sample {
    static let now = Date(timeIntervalSince1970: 1_767_225_600)

    static func alert(
        _ id: String, _ severity: Severity = .high, title: String = "CloudTrail logging stopped or deleted",
        source: String = "cloudtrail", practice: String = "audit-trail", account: String? = "123456789012",
        actor: String = "arn:aws:iam::123456789012:user/mallory", record: String? = nil
    ) -> StoredAlert {
        StoredAlert(
            id: id, rule: "09e2fda3-94f2-4cac-8611-30e874434cdb", title: title, source: source, severity: severity,
            practice: practice, account: account, region: "eu-central-1", actor: actor, event: "event-1",
            time: now.addingTimeInterval(-60), lastTime: now.addingTimeInterval(-30),
            record: record
                ?? #"{"id":"\#(id)","fields":{"eventName":"StopLogging","sourceIPAddress":"203.0.113.9"},"evidence":{"events":[{"eventID":"event-1"}]}}"#,
            stored: now)
    }

    static func finding(
        _ id: String, _ status: String = "fail", _ severity: Severity = .high, account: String = "123456789012",
        title: String = "Security groups should not allow SSH from the internet",
        message: String = "Port 22 is open to 0.0.0.0/0"
    ) -> StoredFinding {
        StoredFinding(
            id: id, check: "security-group-ssh", practice: "network-exposure", severity: severity, status: status,
            account: account, region: "eu-central-1", resourceType: "AWS::EC2::SecurityGroup", resource: "sg-1",
            arn: "arn:aws:ec2:eu-central-1:\(account):security-group/sg-1", name: "web", title: title,
            message: message, hasFix: true, record: #"{"id":"\#(id)","evidence":[{"fact":"IpRanges"}]}"#, seen: now)
    }

    static func change(
        _ finding: StoredFinding, from before: String?, to after: String, at time: Date = now
    ) -> FindingChange {
        FindingChange(
            finding: finding.id, time: time, scan: "scan-1", before: before, after: after, message: finding.message)
    }
}

/// A folder that is removed at the end.
final class TemporaryFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "notify-\(UUID().uuidString)").path

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: file(name)))
        return file(name)
    }
}
