import AWSClient
public import FoundationEssentials
public import TrailIntegrity

/// What a verification proved, as every format shows it.
public struct VerifyReport: Sendable {
    public var verification: Verification

    public init(_ verification: Verification) {
        self.verification = verification
    }

    /// One document of schema `parapet.verify/1`, with a line feed at its end.
    public func json() throws -> Data {
        let document = Document(
            coverage: verification.coverage, digests: verification.digests, logs: verification.logs,
            problems: verification.problems.map(ProblemRecord.init), range: RangeRecord(verification.range))
        return try RecordWriter.document(document)
    }

    /// One problem a line, and as the last line the sums with what is covered.
    public func ndjson() throws -> Data {
        let last = Document(
            coverage: verification.coverage, digests: verification.digests, logs: verification.logs, problems: nil,
            range: RangeRecord(verification.range))
        return try RecordWriter.lines(verification.problems.map(ProblemRecord.init), last: last)
    }

    private struct Document: Encodable {
        var schema = "parapet.verify/1"
        var coverage: [Verification.Stretch]
        var digests: Verification.Count
        var logs: Verification.Count
        var problems: [ProblemRecord]?
        var range: RangeRecord
    }

    private struct RangeRecord: Encodable {
        var from: Date
        var to: Date

        init(_ range: ClosedRange<Date>) {
            from = range.lowerBound
            to = range.upperBound
        }
    }
}

/// A problem as `parapet.verify/1` spells it.
private struct ProblemRecord: Encodable {
    var kind: String
    var object: String
    var message: String
    var account: String
    var region: String
    var trail: String?

    init(_ problem: Problem) {
        kind = problem.kind.rawValue
        object = problem.object
        message = problem.message
        account = problem.account
        region = problem.region
        trail = problem.trail.isEmpty ? nil : problem.trail
    }
}
