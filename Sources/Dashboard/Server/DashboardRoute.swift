import HTTPTypes

/// What a request asks for.
enum DashboardRoute: Hashable, Sendable {
    case health
    case style, script
    case events
    case loginForm, login, logout
    case mute(finding: String), unmute(finding: String), acknowledge(alert: String)
    case page

    /// Why a request asks for nothing that there is.
    enum Problem: Error, Hashable {
        /// The methods that the path has.
        case method(allowed: String)
        case notFound
    }

    /// - Parameters:
    ///   - assets: the first segments of the style sheet's and the script's paths, with and without their hashes.
    init(_ method: HTTPRequest.Method, _ segments: [String], style: [String], script: [String]) throws(Problem) {
        let isReading = method == .get || method == .head
        let change: DashboardRoute? =
            switch (segments.first, segments.count, segments.last) {
            case ("findings", 3, "mute"): .mute(finding: segments[1])
            case ("findings", 3, "unmute"): .unmute(finding: segments[1])
            case ("alerts", 3, "acknowledge"): .acknowledge(alert: segments[1])
            case ("logout", 1, _): .logout
            default: nil
            }
        if let change {
            guard method == .post else { throw .method(allowed: "POST") }
            self = change
            return
        }
        if segments == ["login"] {
            guard isReading || method == .post else { throw .method(allowed: "GET, HEAD, POST") }
            self = isReading ? .loginForm : .login
            return
        }
        guard isReading else { throw .method(allowed: "GET, HEAD") }
        self =
            switch segments {
            case ["healthz"], ["readyz"], ["metrics"]: .health
            case ["events"]: .events
            case _ where segments.count == 1 && style.contains(segments[0]): .style
            case _ where segments.count == 1 && script.contains(segments[0]): .script
            default: .page
            }
    }
}
