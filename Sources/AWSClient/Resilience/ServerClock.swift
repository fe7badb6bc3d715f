import Basics
public import FoundationEssentials
import Synchronization

/// AWS's time: this machine's time, corrected by the `Date` of AWS's answers if the two differ by more than the five
/// minutes that AWS allows.
///
/// Source: AWS General Reference, "Signature Version 4", section "Handling dates".
public final class ServerClock: Sendable {
    /// This machine's time.
    public let local: @Sendable () -> Date
    private let offset = Mutex<TimeInterval>(0)

    public init(_ local: @escaping @Sendable () -> Date) {
        self.local = local
    }

    public var now: Date { local().addingTimeInterval(ahead) }

    /// Seconds by which AWS's clock is ahead of this machine's, according to the latest answer; 0 if they differ by at
    /// most five minutes, and before the first answer.
    public var ahead: TimeInterval { offset.withLock { $0 } }

    /// - Parameter response: an answer from AWS.
    func learn(from response: HTTPResponse) {
        guard let offset = offset(of: response) else { return }
        self.offset.withLock { $0 = abs(offset) > 300 ? offset : 0 }
    }

    /// Returns the seconds by which the server's clock is ahead of this machine's; `nil` if the answer has no date.
    func offset(of response: HTTPResponse) -> TimeInterval? {
        response[header: "Date"].flatMap(HTTPDate.parse)?.timeIntervalSince(local())
    }
}

/// A transport that corrects a clock by its answers.
public struct ClockedTransport: HTTPTransport {
    private let transport: any HTTPTransport
    private let clock: ServerClock

    public init(_ transport: any HTTPTransport, clock: ServerClock) {
        self.transport = transport
        self.clock = clock
    }

    public func send(
        _ request: HTTPRequest, timeout: Duration, maximumBodyBytes: Int
    ) async throws(TransportError) -> HTTPResponse {
        let response = try await transport.send(request, timeout: timeout, maximumBodyBytes: maximumBodyBytes)
        // A request that bypasses the proxy goes to a metadata service, which has this machine's clock.
        if !request.avoidsProxy { clock.learn(from: response) }
        return response
    }
}

/// Dates in HTTP headers: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110).
enum HTTPDate {
    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func parse(_ text: String) -> Date? {
        let fields = text.split(separator: " ")
        guard fields.count == 6, let month = months.firstIndex(of: fields[2]), fields[5] == "GMT" else { return nil }
        return Moment(answer: "\(fields[3])-\(month < 9 ? "0" : "")\(month + 1)-\(fields[1])T\(fields[4])Z")?.date
    }
}

extension HTTPResponse {
    /// The seconds of the header `Retry-After`, at most a day; `nil` if there is none, or it is neither a number nor a
    /// date.
    ///
    /// Source: RFC 9110, section 10.2.3.
    public func retryAfter(at now: Date) -> TimeInterval? {
        guard let text = self[header: "Retry-After"] else { return nil }
        if let seconds = Int(text), seconds >= 0 { return TimeInterval(min(seconds, 86_400)) }
        return HTTPDate.parse(text).map { min(86_400, max(0, $0.timeIntervalSince(now))) }
    }
}
