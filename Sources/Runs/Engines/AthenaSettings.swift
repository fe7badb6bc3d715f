/// How a hunt selects its records with Amazon Athena.
public struct AthenaSettings: Sendable, Hashable {
    public var workGroup: String
    public var database: String
    /// `nil` for the table's usual name.
    public var table: String?
    /// Where Athena writes results, `s3://bucket/prefix/`; `nil` for the workgroup's own place.
    public var output: String?
    /// The greatest number of records that are brought back. More are an error.
    public var maxRows = 200_000
    /// The greatest number of bytes that the query may scan; `nil` for no limit.
    public var maxScan: Int?
    /// Whether a rule whose records the query cannot select, or whose fields the table does not have, is an error.
    public var isStrict = false
    /// Whether the table is created if it does not exist.
    public var createsTable = false

    public init(workGroup: String, database: String) {
        self.workGroup = workGroup
        self.database = database
    }

    /// Checks the options before any work is done.
    /// - Throws: ``InvalidInput`` that names the option.
    public func check() throws(InvalidInput) {
        if workGroup.isEmpty { throw InvalidInput("--workgroup is empty") }
        if database.isEmpty { throw InvalidInput("--database is empty") }
        if let output, !output.hasPrefix("s3://") || output.utf8.count < 6 {
            throw InvalidInput("--output-location must be s3://bucket/prefix/")
        }
        if !(1...10_000_000).contains(maxRows) { throw InvalidInput("--max-rows must be from 1 to 10000000") }
    }
}
