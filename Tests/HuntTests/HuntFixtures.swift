import Basics
import Foundation
import Gzip
import TestSupport

/// A folder with logs that vanishes with the test.
final class LogsFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "parapet-hunt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    func text(_ name: String) throws -> String {
        try String(contentsOf: url.appending(path: name), encoding: .utf8)
    }
}

/// Records of CloudTrail as tests need them.
enum Trail {
    static func record(
        _ id: String, _ name: String, source: String = "cloudtrail.amazonaws.com",
        time: String = "2026-03-01T10:00:00Z",
        actor: String = "arn:aws:iam::123456789012:user/ann", more: String = ""
    ) -> String {
        """
        {"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"\(actor)","accountId":"123456789012",\
        "accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"ann"},"eventTime":"\(time)","eventSource":"\(source)",\
        "eventName":"\(name)","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.15",\
        "requestParameters":{"name":"main"},"responseElements":null,"eventID":"\(id)","eventType":"AwsApiCall",\
        "recipientAccountId":"123456789012"\(more)}
        """
    }

    static func file(_ records: [String]) -> [UInt8] {
        Gzip.compress(Array("{\"Records\":[\(records.joined(separator: ","))]}".utf8))
    }

    /// The identifier of the built-in rule that a stopped trail violates.
    static let stopped = "2389c07f-07ac-40d2-b9f1-1c09794f8bfb"
}

/// `parapet hunt` as a user runs it.
enum HuntCommand {
    static let isolated = [
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent", "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
    ]

    static func run(
        _ arguments: [String], endpoint: String? = nil, input: URL? = nil
    ) async throws -> Subprocess.Outcome {
        var environment = isolated
        environment["AWS_ENDPOINT_URL"] = endpoint
        return try await Subprocess.run(Repository.parapet, arguments, environment: environment, input: input)
    }

    static func cloudTrail(_ logs: String, _ more: [String] = []) async throws -> (Subprocess.Outcome, HuntDocument) {
        let outcome = try await run(
            ["hunt", "--source", "cloudtrail", "--logs", logs, "--format", "json"] + more)
        return (outcome, try HuntDocument(outcome.standardOutput))
    }
}

/// What a script reads of `parapet.hunt/1`.
struct HuntDocument: Decodable {
    struct Alert: Decodable {
        var rule: String
        var title: String
        var event: String?
        var time: String
        var severity: String
        var account: String?
        var region: String?
        var actor: String
        var fields: [String: JSON]
    }

    struct Group: Decodable {
        var rule: String
        var count: Int
    }

    struct Statistics: Decodable {
        var events: Int
        var files: Int
        var bytes: Int
        var skipped: Int
        var alerts: Int
        var damagedFiles: Int
    }

    var schema: String
    var alerts: [Alert]
    var groups: [Group]
    var stats: Statistics
    var doubts: [String]

    init(_ json: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(json.utf8)) }
}
