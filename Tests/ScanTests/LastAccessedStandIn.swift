import Basics
import AWSClient
import Foundation
import TestSupport

/// The sample account's server, with what moto lacks in front of it: IAM's last accessed information.
func sampleAnswer(to request: HTTPRequest, from upstream: RecordingUpstream) async throws -> HTTPResponse {
    if let answer = LastAccessedStandIn.answer(to: request) { return answer }
    return try await upstream.answer(request)
}

/// Says of every user and role that it uses what it may use, and of two that they do not. It plays AWS's way of answering:
/// a job that takes a while, and a list in pages.
enum LastAccessedStandIn {
    static func answer(to request: HTTPRequest) -> HTTPResponse? {
        guard let operation = WireOperation(request), operation.service == "iam" else { return nil }
        let fields = form(request.body)
        switch operation.name {
        case "GenerateServiceLastAccessedDetails":
            // The job tells the principal, so that nothing has to be remembered.
            return result(operation.name, "<JobId>\(fields["Arn"] ?? "")</JobId>")
        case "GetServiceLastAccessedDetails":
            let name = (fields["JobId"] ?? "").split(separator: "/").last ?? ""
            return result(operation.name, details(of: String(name), after: fields["Marker"]))
        default: return nil
        }
    }

    /// One moment for all answers, so that two scans see the same.
    private static let start = Date()

    private static func details(of name: String, after marker: String?) -> String {
        let done = "<JobStatus>COMPLETED</JobStatus><JobType>ACTION_LEVEL</JobType>"
        let recent = start.addingTimeInterval(-10 * 86_400)
        let old = start.addingTimeInterval(-200 * 86_400)
        switch (name, marker) {
        // Used half a year ago.
        case ("karin.berg", _):
            return done + list(service("aws-portal", old)) + "<IsTruncated>false</IsTruncated>"
        // Never used, on a second page.
        case ("nightly-batch", nil):
            return done + list(service("s3", recent)) + "<IsTruncated>true</IsTruncated><Marker>2</Marker>"
        case ("nightly-batch", _):
            return done + list(service("glue", nil)) + "<IsTruncated>false</IsTruncated>"
        default:
            return done + list(service("s3", recent, action("GetBucketPolicy", recent)))
                + "<IsTruncated>false</IsTruncated>"
        }
    }

    private static func list(_ services: String) -> String {
        "<ServicesLastAccessed>\(services)</ServicesLastAccessed>"
    }

    private static func service(_ namespace: String, _ date: Date?, _ actions: String = "") -> String {
        let used = date.map { "<LastAuthenticated>\($0.rfc3339)</LastAuthenticated>" } ?? ""
        let tracked = actions.isEmpty ? "" : "<TrackedActionsLastAccessed>\(actions)</TrackedActionsLastAccessed>"
        return "<member><ServiceNamespace>\(namespace)</ServiceNamespace>\(used)\(tracked)</member>"
    }

    private static func action(_ name: String, _ date: Date) -> String {
        "<member><ActionName>\(name)</ActionName>"
            + "<LastAccessedTime>\(date.rfc3339)</LastAccessedTime></member>"
    }

    private static func result(_ operation: String, _ content: String) -> HTTPResponse {
        .xml("<\(operation)Response><\(operation)Result>\(content)</\(operation)Result></\(operation)Response>")
    }

    private static func form(_ body: [UInt8]) -> [String: String] {
        let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { field in
            field.split(separator: "=", maxSplits: 1).map { PercentEncoding.decode(String($0)) ?? "" }
        }
        return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
    }
}
