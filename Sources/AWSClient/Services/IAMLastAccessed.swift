import Basics

extension Operation {
    public static let generateServiceLastAccessedDetails = Operation(.iam, "GenerateServiceLastAccessedDetails")
    public static let getServiceLastAccessedDetails = Operation(.iam, "GetServiceLastAccessedDetails")
}

extension IAM {
    /// Starts a report on the services that a principal's policies allow and the last use of each, down to actions.
    public static func generateServiceLastAccessedDetails(
        _ arn: String
    ) -> ReadRequest<GenerateServiceLastAccessedDetailsAnswer> {
        ReadRequest(.generateServiceLastAccessedDetails, ["Arn": .string(arn), "Granularity": "ACTION_LEVEL"])
    }

    /// Returns the report, once it is complete.
    public static func getServiceLastAccessedDetails<Access>(
        job: String
    ) -> ReadRequest<GetServiceLastAccessedDetailsAnswer<Access>> {
        ReadRequest(
            .getServiceLastAccessedDetails, ["JobId": .string(job), "MaxItems": 1000],
            paging: Paging("Marker", isTruncated: { $0.isTruncated ?? false }) { $0.marker })
    }
}

public struct GenerateServiceLastAccessedDetailsAnswer: Decodable, Sendable {
    public var jobID: String
}

public struct GetServiceLastAccessedDetailsAnswer<Access: Decodable & Sendable>: Decodable, Sendable {
    /// `IN_PROGRESS`, `COMPLETED` or `FAILED`.
    public var jobStatus: String
    /// `SERVICE_LEVEL` or `ACTION_LEVEL`.
    public var jobType: String?
    /// Absent while AWS generates the report.
    public var servicesLastAccessed: [Access]?
    public var error: Failure?
    public var isTruncated: Bool?
    public var marker: String?

    public struct Failure: Decodable, Sendable {
        public var code: String
        public var message: String
    }
}
