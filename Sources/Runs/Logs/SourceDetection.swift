import Basics
public import LogReaders
import LogSources

extension HuntRun {
    /// Detects the type of the logs from the first readable file.
    /// - Throws: ``Failure`` if the type cannot be detected, or the locations cannot be read.
    public static func source(
        of logs: LogPlaces, _ session: SessionOptions = SessionOptions(), in environment: RunEnvironment
    ) async throws -> LogSource {
        let progress = LogProgress()
        let (pipeline, _) = try await logs.pipeline(.lines, .all, threads: 1, session, in: environment)
        let (states, account) = try await pipeline.run(progress: progress) {
            LogSource?.none
        } read: { found, piece in
            guard found == nil, let source = LogSource(beginning: piece.bytes.prefix(65_536)) else { return }
            found = source
            progress.stop()
        }
        guard let source = states.compactMap(\.self).first else {
            if let parquet = account.losses.first(where: \.isParquet) {
                throw Failure(
                    "the type of the logs cannot be detected", why: parquet.description, advice: parquetAdvice)
            }
            throw Failure(
                "the type of the logs cannot be detected", why: "no file begins with a record of a known log",
                advice: "set --source cloudtrail, s3-access or vpc-flow")
        }
        return source
    }
}

extension LogSource {
    /// Detects the type of a log from the beginning of a file; `nil` if it is unknown.
    ///
    /// Source: CloudTrail User Guide, "CloudTrail log file examples"; Amazon S3 User Guide, "Amazon S3 server access
    /// log format"; Amazon VPC User Guide, "Flow log records". Exports hold such records in JSON or in a table.
    init?(beginning bytes: some Collection<UInt8>) {
        self.init(text: String(decoding: bytes, as: UTF8.self)[...])
    }

    private init?(text: Substring) {
        guard let line = text.split(whereSeparator: \.isNewline).first(where: { $0.contains { !$0.isWhitespace } })
        else { return nil }
        let fields = line.split { $0 == " " || $0 == "," || $0 == "\t" }
        // Exports of CloudWatch Logs begin each line with its time.
        let isTimed = fields.count > 1 && Moment(fields[0]) != nil
        let content = (isTimed ? line[fields[0].endIndex...] : line).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if let first = content.first, "{[".contains(first) {
            self.init(json: text)
        } else if isTimed {
            self.init(text: content)
        } else if let source = Self.source(ofTable: line, rows: text[line.endIndex...]) {
            self = source
        } else if line.contains("srcaddr") || line.contains("account-id") || Self.isFlowRecord(fields) {
            self = .vpcFlow
        } else if fields.count > 8, fields[0].count == 64, fields[0].allSatisfy(\.isHexDigit), fields[2].first == "[" {
            self = .s3Access
        } else {
            return nil
        }
    }

    /// Detects the log by the names of its fields, or by a message in an event of CloudWatch Logs.
    private init?(json text: Substring) {
        // A message holds the record as JSON in a string.
        let plain = text.replacing("\\", with: "")
        func names(_ fields: String...) -> Bool { fields.contains { plain.contains("\"\($0)\"") } }
        if names("eventVersion", "eventSource", "QueryResultRows") {
            self = .cloudTrail
        } else if names("bucket_owner", "remote_ip") {
            self = .s3Access
        } else {
            let messages = plain.ranges(of: "\"message\"").lazy.map { name in
                plain[name.upperBound...].drop { " :\"".contains($0) }.prefix { $0 != "\"" }
            }
            guard let source = messages.compactMap({ $0.first == "{" ? nil : LogSource(text: $0) }).first else {
                return nil
            }
            self = source
        }
    }

    /// Detects the log of a table by the names of its columns, or by the message in its first row.
    private static func source(ofTable header: Substring, rows: Substring) -> LogSource? {
        let names = Set(header.split(separator: ",").map { $0.lowercased().filter { $0.isLetter || $0.isNumber } })
        let ofCloudTrail: Set = ["eventname", "eventversion", "cloudtrailevent", "eventjson"]
        if !names.isDisjoint(with: ofCloudTrail) { return .cloudTrail }
        if !names.isDisjoint(with: ["bucketowner", "requesturi"]) { return .s3Access }
        if !names.isDisjoint(with: ["srcaddr", "interfaceid", "sourceaddress"]) { return .vpcFlow }
        guard names.contains("message") else { return nil }
        // Quotes are doubled in a quoted field. The message is the first column, or follows another one.
        let row = rows.drop(while: \.isNewline).replacing("\"\"", with: "\"")
        let starts = [row[...]] + (row.firstIndex(of: ",").map { [row[$0...].dropFirst()] } ?? [])
        return starts.lazy.compactMap { LogSource(text: $0.first == "\"" ? $0.dropFirst() : $0) }.first
    }

    /// Whether the fields are a record in a default format: version, account, interface, and eleven more; or version, type
    /// of resource, account, transit gateway, and 32 more.
    ///
    /// Source: Amazon VPC User Guide, "Flow log records"; Amazon VPC Transit Gateways, "Transit Gateway Flow Log records".
    private static func isFlowRecord(_ fields: [Substring]) -> Bool {
        guard fields.count >= 14, Int(fields[0]) != nil else { return false }
        let account = fields[1] == "TransitGateway" ? fields[2] : fields[1]
        return AccountID.isValid(String(account)) || account == "unknown"
    }
}
