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
    /// log format"; Amazon VPC User Guide, "Flow log records".
    init?(beginning bytes: some Collection<UInt8>) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let line = text.split(whereSeparator: \.isNewline).first(where: { $0.contains { !$0.isWhitespace } })
        else { return nil }
        let fields = line.split { $0 == " " || $0 == "," || $0 == "\t" }
        if let first = line.first(where: { !$0.isWhitespace }), "{[".contains(first) {
            if text.contains("\"eventVersion\"") || text.contains("\"eventSource\"") {
                self = .cloudTrail
            } else if text.contains("\"bucket_owner\"") || text.contains("\"remote_ip\"") {
                self = .s3Access
            } else {
                return nil
            }
        } else if line.contains("srcaddr") || line.contains("account-id") || Self.isFlowRecord(fields) {
            self = .vpcFlow
        } else if fields.count > 8, fields[0].count == 64, fields[0].allSatisfy(\.isHexDigit), fields[2].first == "[" {
            self = .s3Access
        } else {
            return nil
        }
    }

    /// Whether the fields are a record in the default format: version, account, interface, and eleven more.
    private static func isFlowRecord(_ fields: [Substring]) -> Bool {
        fields.count >= 14 && Int(fields[0]) != nil && (AccountID.isValid(String(fields[1])) || fields[1] == "unknown")
    }
}
