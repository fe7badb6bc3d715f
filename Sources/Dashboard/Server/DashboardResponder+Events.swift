import Basics
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Store

extension DashboardResponder {
    /// Answers with server-sent events (HTML Standard, section 9.2) for as long as the page is open: `change` with the
    /// numbers of new rows since the last event.
    func events(_ request: Request, _ visitor: LoginDesk.Visitor) async -> Response {
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .connection: "close",
        ]
        if request.method == .head { return Response(status: .ok, headers: headers) }
        guard let last = try? await feed.newest() else {
            return .text("the store cannot be read\n", status: .serviceUnavailable, headers: [.retryAfter: "10"])
        }
        guard let signals = feed.listen() else {
            return .text("too many pages are open\n", status: .serviceUnavailable, headers: [.retryAfter: "30"])
        }
        // After a broken connection the browser says what it has seen last.
        let seen = ChangeEvent(id: request.headers[Self.lastEventID])?.newest ?? last
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                // The client went away, or the server stops: neither is an error.
                try? await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await writer.write(ByteBuffer(string: "retry: 5000\n\n"))
                    var seen = seen
                    if seen != last { try await send(last, since: &seen, to: &writer) }
                    for await signal in signals.cancelOnGracefulShutdown() {
                        guard desk.isAliveOrProxied(visitor, at: now()) else { break }
                        switch signal {
                        case .alive: try await writer.write(ByteBuffer(string: ": alive\n\n"))
                        case .changed(let newest): try await send(newest, since: &seen, to: &writer)
                        }
                    }
                }
                try await writer.finish(nil)
            })
    }

    private func send(
        _ newest: StoreChanges.Newest, since seen: inout StoreChanges.Newest, to writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: ChangeEvent(newest: newest).text(since: seen)))
        seen = newest
    }

    private static let lastEventID = HTTPFieldNames.name("Last-Event-ID") ?? .ifNoneMatch
}

/// A change of the store as an event.
struct ChangeEvent: Hashable, Sendable {
    var newest: StoreChanges.Newest

    init(newest: StoreChanges.Newest) { self.newest = newest }

    /// - Parameter id: the identifier of an earlier event.
    init?(id: String?) {
        let numbers = (id ?? "").split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard numbers.count == 4, let changes = numbers[0], let alerts = numbers[1], let scans = numbers[2],
            let verifications = numbers[3]
        else { return nil }
        newest = StoreChanges.Newest(
            findingChanges: changes, alerts: alerts, scans: scans, verifications: verifications)
    }

    func text(since seen: StoreChanges.Newest) -> String {
        let counts: [(String, Int64, Int64)] = [
            ("findings", newest.findingChanges, seen.findingChanges), ("alerts", newest.alerts, seen.alerts),
            ("scans", newest.scans, seen.scans), ("verifications", newest.verifications, seen.verifications),
        ]
        let members = counts.map { name, new, old in "\"\(name)\":\(max(0, new.subtractingReportingOverflow(old).0))" }
        let id = counts.map { "\($0.1)" }.joined(separator: "-")
        return "event: change\nid: \(id)\ndata: {\(members.joined(separator: ","))}\n\n"
    }
}

extension LoginDesk {
    func isAliveOrProxied(_ visitor: Visitor, at time: Date) -> Bool {
        visitor.session.map { isAlive($0, at: time, isUse: false) } ?? true
    }
}
