public import AWSClient
public import Basics

/// Follows a query of Athena by what the service answers about it: a value, so that it can be tested without a network.
///
/// Source: Amazon Athena API Reference, `QueryExecutionStatus` and `AthenaError`. A running query can go back to the
/// queue after a transient error.
public struct QueryState: Sendable {
    /// What to do after an answer.
    public enum Step: Sendable, Equatable {
        /// Ask again after this time.
        case wait(Duration)
        case fetch
        /// Start the query again: it failed for a reason that can pass.
        case startAgain
        /// Stop the query: it has scanned more bytes than are allowed.
        case stop(Failure)
        case fail(Failure)
    }

    /// The bytes that the query has scanned so far, in all attempts.
    public private(set) var scanned = 0
    private var scannedBefore = 0
    private var attempt = 1
    private var pause = Duration.milliseconds(500)
    private let maxScan: Int?

    private static let longestPause = Duration.seconds(10)
    /// Attempts at a query that fails for reasons that can pass.
    private static let attempts = 3

    /// - Parameter maxScan: in bytes; `nil` for no limit.
    public init(maxScan: Int? = nil) {
        self.maxScan = maxScan
    }

    public mutating func take(_ execution: GetQueryExecutionAnswer.QueryExecution) -> Step {
        scanned = scannedBefore + max(0, execution.statistics?.dataScannedInBytes ?? 0)
        switch execution.status.state {
        case "QUEUED", "RUNNING":
            if let maxScan, scanned > maxScan {
                return .stop(Self.tooMuch(scanned, maxScan))
            }
            defer { pause = min(Self.longestPause, pause * 1.5) }
            return .wait(pause)
        case "SUCCEEDED": return .fetch
        case "FAILED":
            if execution.status.athenaError?.retryable == true, attempt < Self.attempts {
                attempt += 1
                scannedBefore = scanned
                return .startAgain
            }
            let why = execution.status.stateChangeReason ?? execution.status.athenaError?.errorMessage
            return .fail(
                Failure(
                    "the query failed in Athena" + (attempt > 1 ? " \(attempt) times" : ""),
                    why: why ?? "Athena gives no reason", advice: "fix the table or the permissions, and try again"))
        case "CANCELLED":
            return .fail(
                Failure(
                    "the query was cancelled",
                    why: execution.status.stateChangeReason ?? "by another user, or at the limit of the workgroup",
                    advice: "check the workgroup's limit on scanned data"))
        default:
            return .fail(
                Failure(
                    "the state of the query is not known", why: "Athena says '\(execution.status.state)'",
                    advice: "update parapet"))
        }
    }

    static func tooMuch(_ scanned: Int, _ limit: Int) -> Failure {
        Failure(
            "the query scans too much",
            why: "\(ByteCount.text(scanned)) of \(ByteCount.text(limit)) that --max-scan allows",
            advice: "shorten the time range, or raise --max-scan")
    }
}

/// Amounts of data and their price.
public enum ByteCount {
    /// Such as `1.5 GB`, in powers of a thousand.
    public static func text(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1_000, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        return unit == 0 ? "\(bytes) bytes" : "\((value * 10).rounded() / 10) \(units[unit])"
    }

    /// Bytes of a text such as `100GB`, `1.5TB` or `5000`; `nil` if it is not an amount above 0.
    public static func parse(_ text: String) -> Int? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let factors: [String: Double] = ["": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15]
        let unit = text.dropFirst(number.count).filter { $0 != " " }.uppercased()
        guard let value = Double(number), let factor = factors[unit], value > 0, value * factor < 9e18 else {
            return nil
        }
        return Int(value * factor)
    }

    /// The price of a query in US dollars: 5 USD for a TB, and at least 10 MB (Amazon Athena pricing, per query, in
    /// most regions).
    public static func price(ofScanning bytes: Int) -> Double {
        bytes == 0 ? 0 : Double(max(bytes, 10_000_000)) / 1e12 * 5
    }

    /// Such as `0.31 USD`.
    public static func priceText(ofScanning bytes: Int) -> String {
        let cents = (price(ofScanning: bytes) * 100).rounded()
        return cents < 1 ? "less than 0.01 USD" : "\(cents / 100) USD"
    }
}
