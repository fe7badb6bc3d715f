import Basics
import GRPCCore
import GRPCProtobuf

/// What a failed call means for the user.
enum SparkFailure {
    /// Whether the connection or the server's part in it failed, so that the same call can succeed later.
    static func isPassing(_ error: RPCError) -> Bool {
        // A query that failed is an internal error as well, but one that has details.
        guard errorID(error) == nil, !isTooLarge(error) else { return false }
        switch error.code {
        case .unavailable, .deadlineExceeded, .internalError, .aborted, .cancelled, .dataLoss, .unknown: return true
        default: return false
        }
    }

    /// Whether an answer was larger than ``SparkSession`` accepts, for which the transport has no code of its own.
    private static func isTooLarge(_ error: RPCError) -> Bool {
        error.code == .resourceExhausted || error.message.contains("maximum payload size")
    }

    /// The identifier under which the server keeps the details of an error.
    static func errorID(_ error: RPCError) -> String? { info(error)?.metadata["errorId"] }

    private static func info(_ error: RPCError) -> ErrorDetails.ErrorInfo? {
        (try? error.unpackGoogleRPCStatus())?.details.lazy.compactMap(\.errorInfo).first
    }

    /// - Parameters:
    ///   - job: what failed, as in ``Failure/what``.
    ///   - details: the server's own message, if it has one.
    static func failure(_ job: String, at url: SparkURL, _ error: RPCError, details: String? = nil) -> Failure {
        if isTooLarge(error) {
            return Failure(
                job, why: "an answer of \(url) is too large: \(short(error.message))",
                advice: "look for very large records", cause: error)
        }
        switch error.code {
        case .unauthenticated:
            return Failure(
                job, why: "\(url) does not accept the token",
                advice: "set token= in --spark, or \(SparkURL.tokenVariable)", cause: error)
        case .permissionDenied:
            return Failure(
                job, why: "\(url) denies it: \(short(details ?? error.message))",
                advice: "check the token's permissions", cause: error)
        case .unavailable:
            return Failure(
                job, why: "the Spark server \(url) cannot be reached",
                advice: "check --spark, and that the server runs" + (url.usesTLS ? " with TLS" : ""), cause: error)
        case .unimplemented:
            return Failure(
                job, why: "\(url) does not know the call", advice: "use a server with Spark Connect 4.0 or later",
                cause: error)
        default:
            return Failure(
                job, why: short(details ?? error.message),
                advice: "check --logs, --table and the server's log", cause: error)
        }
    }

    /// The first line of a server's message, which can contain plans and stack traces.
    static func short(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "no reason is given"
        return line.count > 300 ? line.prefix(300) + "…" : line
    }
}
