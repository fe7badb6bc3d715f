public import FoundationEssentials
public import Posture

/// What a scan found, as every format shows it.
public struct ScanReport: Sendable {
    /// Which scan this was.
    public struct Scan: Sendable, Codable {
        public var id: String
        public var started: Date
        public var finished: Date
        /// The version of Parapet.
        public var parapet: String
        public var accounts: [String]
        public var regions: [String]

        public init(
            id: String, started: Date, finished: Date, parapet: String, accounts: [String], regions: [String]
        ) {
            self.id = id
            self.started = started
            self.finished = finished
            self.parapet = parapet
            self.accounts = accounts
            self.regions = regions
        }
    }

    public var scan: Scan
    /// In the evaluator's order.
    public var findings: [Finding]
    /// The checks that were made, by id, for their titles.
    public var checks: [String: About]

    public init(scan: Scan, findings: [Finding], checks: [About]) {
        self.scan = scan
        self.findings = findings
        self.checks = Dictionary(checks.map { ($0.id, $0) }) { first, _ in first }
    }

    /// How many findings have each status.
    public var summary: [Finding.Status: Int] {
        Dictionary(grouping: findings, by: \.status).mapValues(\.count)
    }
}
