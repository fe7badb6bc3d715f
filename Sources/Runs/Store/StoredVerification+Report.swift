public import Basics
public import FoundationEssentials
public import Reports
public import Store
import TrailIntegrity

extension StoredVerification {
    public init(_ report: VerifyReport) {
        let verification = report.verification
        self.init(
            time: report.finished, from: verification.range.lowerBound, to: verification.range.upperBound,
            digestsValid: verification.digests.valid, digestsInvalid: verification.digests.invalid,
            logsValid: verification.logs.valid, logsInvalid: verification.logs.invalid)
    }
}

extension StoredCoverage {
    /// The periods that valid digests cover.
    public static func all(of report: VerifyReport) -> [StoredCoverage] {
        report.verification.coverage.map {
            StoredCoverage(trail: $0.trail, account: $0.account, region: $0.region, from: $0.from, to: $0.to)
        }
    }
}

extension StoredProblem {
    /// All problems, also those that only inform.
    public static func all(of report: VerifyReport) -> [StoredProblem] {
        report.verification.problems.map {
            StoredProblem(
                kind: $0.kind.rawValue, trail: $0.trail, account: $0.account, region: $0.region, object: $0.object,
                message: $0.message, isInformation: $0.kind.isInformation,
                from: $0.period?.lowerBound ?? $0.timeOfObject,
                to: $0.period?.upperBound)
        }
    }
}

extension Store {
    /// Stores a verification: its figures, what it proved, its problems, and an alert for each problem that does not
    /// only inform.
    /// - Parameters:
    ///   - gaps: periods that the verification left out, each of which is an alert.
    ///   - time: the time at which it is stored.
    ///   - alsoWrite: writes more in the same transaction, such as the messages about new alerts.
    /// - Returns: the alerts that were not stored before.
    @discardableResult
    public func record(
        _ report: VerifyReport, leavingOut gaps: [StoredProblem] = [], at time: Date,
        alsoWrite: ((StoreWriter, [StoredAlert]) throws -> Void)? = nil
    ) throws(Failure) -> [StoredAlert] {
        let alerts = StoredAlert.all(of: report, at: time) + gaps.map { StoredAlert.unverified($0, at: time) }
        return try change("the verification") { writer in
            try writer.add(
                StoredVerification(report), StoredCoverage.all(of: report), StoredProblem.all(of: report) + gaps)
            let new = try writer.addLinked(alerts)
            try alsoWrite?(writer, new)
            return new
        }
    }
}
