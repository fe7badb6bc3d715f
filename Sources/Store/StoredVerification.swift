public import Basics
public import Foundation
import GRDB

/// A verification of log integrity: its time range, its counts, what it proved, and the problems that it found.
public struct StoredVerification: Sendable, Hashable, Codable {
    public var number: Int64?
    public var time: Date
    public var from: Date
    public var to: Date
    public var digestsValid: Int
    public var digestsInvalid: Int
    public var logsValid: Int
    public var logsInvalid: Int

    public init(
        time: Date, from: Date, to: Date, digestsValid: Int, digestsInvalid: Int, logsValid: Int, logsInvalid: Int
    ) {
        self.time = time
        self.from = from
        self.to = to
        self.digestsValid = digestsValid
        self.digestsInvalid = digestsInvalid
        self.logsValid = logsValid
        self.logsInvalid = logsInvalid
    }
}

/// A time range of a trail in a region that a verification proved.
public struct StoredCoverage: Sendable, Hashable, Codable {
    public var verification: Int64
    public var trail: String
    public var account: String
    public var region: String
    public var from: Date
    public var to: Date

    public init(verification: Int64 = 0, trail: String, account: String, region: String, from: Date, to: Date) {
        self.verification = verification
        self.trail = trail
        self.account = account
        self.region = region
        self.from = from
        self.to = to
    }
}

/// A problem that a verification found.
public struct StoredProblem: Sendable, Hashable, Codable {
    public var verification: Int64
    /// One of the contract's kinds, such as `log-hash-mismatch`.
    public var kind: String
    public var trail: String
    public var account: String
    public var region: String
    public var object: String
    public var message: String
    public var isInformation: Bool
    /// The time range that cannot be proved, for a gap.
    public var from: Date?
    public var to: Date?

    public init(
        verification: Int64 = 0, kind: String, trail: String, account: String, region: String, object: String,
        message: String, isInformation: Bool, from: Date? = nil, to: Date? = nil
    ) {
        self.verification = verification
        self.kind = kind
        self.trail = trail
        self.account = account
        self.region = region
        self.object = object
        self.message = message
        self.isInformation = isInformation
        self.from = from
        self.to = to
    }
}

extension StoredVerification: StoreRow { static var databaseTableName: String { "verification" } }
extension StoredCoverage: StoreRow { static var databaseTableName: String { "coverage" } }
extension StoredProblem: StoreRow { static var databaseTableName: String { "problem" } }

extension StoreWriter {
    /// Stores a verification with what it proved and found.
    public func add(
        _ verification: StoredVerification, _ coverage: [StoredCoverage], _ problems: [StoredProblem]
    ) throws {
        try verification.insert(database)
        let number = database.lastInsertedRowID
        for var part in coverage {
            part.verification = number
            try part.insert(database)
        }
        for var problem in problems {
            problem.verification = number
            try problem.insert(database)
        }
    }
}

extension Store {
    /// The verifications, the latest first.
    public func verifications(limit: Int = 200) throws(Failure) -> [StoredVerification] {
        try read("the verifications") {
            try StoredVerification.readAll(
                $0, sql: "SELECT * FROM verification ORDER BY time DESC LIMIT ?", arguments: [limit])
        }
    }

    /// What was proved since a time, the earliest first.
    public func coverage(since: Date) throws(Failure) -> [StoredCoverage] {
        try read("the proved times") {
            try StoredCoverage.readAll(
                $0, sql: #"SELECT * FROM coverage WHERE "to" >= ? ORDER BY account, region, trail, "from""#,
                arguments: [since.timeIntervalSince1970])
        }
    }

    /// The problems that verifications since a time found.
    public func problems(since: Date) throws(Failure) -> [StoredProblem] {
        try read("the problems of log integrity") {
            try StoredProblem.readAll(
                $0,
                sql: """
                    SELECT problem.* FROM problem JOIN verification ON verification.number = problem.verification
                    WHERE verification.time >= ? ORDER BY verification.time DESC, problem.number
                    """, arguments: [since.timeIntervalSince1970])
        }
    }
}
