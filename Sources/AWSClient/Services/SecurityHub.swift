public import Basics

extension Service {
    public static let securityHub = Service(
        endpointPrefix: "securityhub", signingName: "securityhub", environmentName: "SECURITYHUB",
        wireProtocol: .restJSON)
}

extension Operation {
    public static let batchImportFindings = Operation(.securityHub, "BatchImportFindings")
}

/// AWS Security Hub, as far as it is used. Source of the shapes and limits: the AWS Security Hub API Reference,
/// `BatchImportFindings`.
public enum SecurityHub {
    /// Maximum number of findings in one request.
    public static let findingsAtOnce = 100
    /// Longest finding, in bytes.
    public static let maximumFindingBytes = 240_000

    /// Creates findings, or updates those that are there. Some can be refused although the request succeeds.
    /// - Parameter findings: in the AWS Security Finding Format, at most ``findingsAtOnce``.
    public static func batchImport(_ findings: [JSON]) -> MessageRequest<BatchImportFindingsAnswer> {
        MessageRequest(
            .batchImportFindings, ["Findings": .array(findings)],
            binding: RESTBinding(method: "POST", path: "findings/import"), isIdempotent: true)
    }
}

public struct BatchImportFindingsAnswer: Decodable, Sendable {
    public var failedCount: Int
    public var failedFindings: [FailedFinding]?

    public struct FailedFinding: Decodable, Sendable {
        public var id: String
        public var errorCode: String?
        public var errorMessage: String?
    }
}
